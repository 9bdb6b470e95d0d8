import Testing

@testable import JSONSchema

struct FormatTests {
  static let rejected: [(Format, [String])] = [
    (
      .dateTime,
      [
        "", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z", "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z", "2026-01-31T12:00:61Z",
        "2026-01-31T12:00:60Z",
        "2026-01-31T12:00:00+24:00", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00Zx",
        "26-01-31T12:00:00Z",
        "2026-1-31T12:00:00Z", "2026-01-31T12:00:00+0100",
      ]
    ),
    (.date, ["2026-02-30", "2026-00-01", "2026-01-00", "20260131", "2026-01-31T", "٢٠٢٦-01-31"]),
    (.time, ["12:00", "12:00:00", "25:00:00Z", "12:00:00 Z", "22:59:60Z", "23:59:60+01:00"]),
    (
      .duration,
      [
        "", "P", "PT", "P1", "1D", "P1D2H", "P1S", "PT1D", "P1W2D", "P1Y1D", "P1M1Y", "P1DT",
        "P-1D", "P1.5D",
      ]
    ),
    (
      .email,
      [
        "", "a", "@b", "a@", "a@b@c", ".a@b", "a.@b", "a..b@c", "a b@c", "a@-b", "a@b..c",
        "a@[1.2.3.256]", "ä@b.example", "\"a\\é\"@b", "\"a\\\n\"@b", "\"a\"b@c", "a@b(c)", "a@[]",
      ]
    ),
    (
      .hostname,
      [
        "", ".", "a.", ".a", "-a", "a-", "a_b", "a b", "ä.example",
        String(repeating: "a", count: 64), "xn--", "ab--c",
        Array(repeating: "a", count: 128).joined(separator: "."),
      ]
    ),
    (
      .ipv4,
      [
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "1.2.3.x", "0x1.2.3.4",
        "1..2.3",
      ]
    ),
    (
      .ipv6,
      [
        "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::g",
        ":1::", "1:2:3:4:5:6:7:",
        "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", "fe80::1%eth0", "::/64",
        "1:2:3:4:5:6:7:8::",
      ]
    ),
    (
      .uri,
      [
        "", "a", "/a", "//a", "http", "1a:b", "http://a b", "http://a/%g0", "http://a/\\",
        "http://[::1", "http://a/{}",
        "http://ä.example", "http://a:b/", "http://a@b@c/", "://a",
      ]
    ),
    (.uriReference, ["\\a", "a b", "#a#b", "%", "1:b", "a\"b"]),
    (.iri, ["/a", "http://a b", "http://ä/<>", "http://a/\u{E000}", "http://a/\u{FFFF}", "http://a/\u{85}"]),
    (.idnEmail, ["ä@-ö", "ä@ö..b", "ä b@ö", "ä@"]),
    (
      .idnHostname,
      [
        "", ".", "\u{3002}", "a.", "-ä", "ä-", "ä b", "Ä", "ü_b", "xn--X", "xn--", "ab--ü", "\u{300}a", "\u{640}",
        "a\u{B7}l", "\u{375}b", "a\u{5F3}\u{5D1}", "\u{30FB}", "\u{628}\u{660}\u{6F0}", "\u{915}\u{200D}\u{937}",
        "a\u{200C}b", "e\u{301}", "א1א\u{660}", "אa", "1א", "１", "Ⅷ", "\u{378}", "a\u{AD}b",
        String(repeating: "παράδειγμα", count: 7),
      ]
    ),
    (
      .uriTemplate,
      ["{", "}", "{}", "{a", "{a:0}", "{a:12345}", "a b", "{a b}", "%g", "{a..b}", "{.}", "{%4}", "{a,}", "a\u{85}"]
    ),
    (
      .uuid,
      [
        "", "0123abcd-0123-0123-0123-0123456789a", "0123abcd-0123-0123-0123-0123456789abc",
        "0123abcg-0123-0123-0123-0123456789ab", "0123abcd_0123-0123-0123-0123456789ab",
        "{0123abcd-0123-0123-0123-012345678}",
      ]
    ),
    (.jsonPointer, ["a", "/~", "/~2", "#/a", "/a~"]),
    (.relativeJSONPointer, ["", "/a", "-1/a", "01/a", "1a", "1##", "1#/a"]),
    (.regex, ["(", "[a", "a**", "\\a", "(?<n>", "\\1", "\\k<a>", "\\p{X}", "(?=a)+"]),
  ]

  @Test(arguments: rejected)
  func `a string without the format is rejected`(_ format: Format, _ texts: [String]) {
    for text in texts {
      var copy = text
      #expect(!copy.withUTF8 { format.accepts($0) }, "\(format.rawValue): \(text)")
    }
  }

  static let accepted: [(Format, [String])] = [
    (
      .dateTime,
      [
        "2026-01-31T12:00:00Z", "2024-02-29t12:00:00z", "2026-01-31T12:00:00.123456789+05:30",
        "2016-12-31T23:59:60Z",
        "1998-12-31T15:59:60.123-08:00",
      ]
    ),
    (.date, ["2026-01-31", "2000-02-29"]),
    (.time, ["00:00:00Z", "23:59:60Z", "01:29:60+01:30", "12:00:00.5-23:59"]),
    (.duration, ["P1Y", "P1Y2M3DT4H5M6S", "P2W", "PT0S", "P1DT1H", "PT36H", "P1M"]),
    (.email, ["a@b", "a.b+c@x.example", "\"a b\"@c", "a@[127.0.0.1]", "a@[IPv6:::1]", "!#$%@b"]),
    (.idnEmail, ["ä@ö.example", "실례@실례.테스트", "a@[ipv6:::1]", "\"ä ö\"@b"]),
    (
      .idnHostname,
      [
        "a", "A.B", "ä.example", "실례.테스트", "a\u{3002}b", "xn--4gbwdl.xn--wgbh1c", "xn--ihqwcrb4cv8a8dqg056pqjye", "ß",
        "l\u{B7}l", "α\u{375}β", "\u{5D0}\u{5F3}\u{5D1}", "\u{30FB}\u{30A1}", "\u{628}\u{660}\u{628}",
        "\u{915}\u{94D}\u{200D}\u{937}", "\u{628}\u{64A}\u{200C}\u{628}\u{64A}", "אב1", "é",
      ]
    ),
    (.hostname, ["a", "a.b", "1.2", "a-b.c", "xn--4gbwdl.xn--wgbh1c", "A.B"]),
    (.ipv4, ["0.0.0.0", "255.255.255.255"]),
    (
      .ipv6,
      [
        "::", "::1", "1::", "1:2:3:4:5:6:7:8", "1::8", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7::",
        "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "ABCD::",
      ]
    ),
    (
      .uri,
      [
        "http://a", "urn:x:y", "mailto:a@b", "http://a:80/b?c=d#e", "http://[::1]:8/",
        "http://u:p@h/", "ftp://a/%20",
        "tel:+1", "http://a?b/c?d", "x:", "http://[v1.a:b]/",
      ]
    ),
    (.uriReference, ["", "a", "/a", "//a/b", "?q", "#f", "a/b:c", "http://a"]),
    (.iri, ["http://ä/ö?ü#é"]),
    (.iriReference, ["ä"]), (.uriTemplate, ["", "http://a/{b}{?c,d*}{/e:3}", "{+a}", "ä{b.c}", "a'b", "{%41}"]),
    (.uuid, ["0123abcd-0123-0123-0123-0123456789AB"]),
    (.jsonPointer, ["", "/", "/a~0b~1c", "//", "/ä"]),
    (.relativeJSONPointer, ["0", "1/a", "10#", "0/~0"]),
    (.regex, ["", "^a(b|c)*$", "\\p{L}", "(?<=a*)b", "(a)\\1", "(?!x)"]),
  ]

  @Test(arguments: accepted)
  func `a string with the format is accepted`(_ format: Format, _ texts: [String]) {
    for text in texts {
      var copy = text
      #expect(copy.withUTF8 { format.accepts($0) }, "\(format.rawValue): \(text)")
    }
  }

  @Test(arguments: [
    ("ü", "tda"), ("bücher", "bcher-kva"), ("실례", "9n2bp8q"), ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
  ])
  func `a label is written in ASCII and read again`(_ label: String, _ text: String) {
    #expect(String(decoding: Punycode.encoded(Array(label.unicodeScalars)), as: UTF8.self) == text)
    #expect(Punycode.decoded(Array(text.utf8)) == Array(label.unicodeScalars))
  }

  @Test(arguments: ["9", "99999999", "a-\u{E9}", "é", "-99999999999", "!"])
  func `what is no label in ASCII is not read`(_ text: String) {
    #expect(Punycode.decoded(Array(text.utf8)) == nil)
  }

  @Test func `content is judged where the catalogue is told so`() throws {
    let text = #"{"contentEncoding":"base64","contentMediaType":"application/json"}"#
    #expect(try schema(text).isValid(value(#""!""#)))
    let asserted = try schema(text, options: .init(assertsContent: true))
    #expect(try asserted.isValid(value(#""eyJhIjoxfQ==""#)))
    for wrong in ["eyJhIjoxfQ=", "eyJhIjox", "{}", "ey=hIjoxfQ==", ""] {
      let findings = try asserted.findings(in: value("\"\(wrong)\""))
      #expect(findings.map(\.rule) == ["contentMediaType"], "\(wrong)")
    }
    #expect(
      try asserted.findings(in: value(#""!""#)).map(\.message) == ["the value is \"!\"; expected JSON in base64"])
  }

  @Test func `a format is judged for strings only`() throws {
    #expect(try schema(#"{"format":"uuid"}"#).isValid(value("1")))
  }
}
