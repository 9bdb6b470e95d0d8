import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// The eighty types of attributes that have a place in STIX, each read and written back.
@Suite struct AttributeTypesTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var type: String
    var value: String
    /// The pattern, or the rule; nil for what is known and not detected.
    var pattern: String?
    /// The types of observables; none for what a pattern alone can say.
    var observables: [String]

    init(_ type: String, _ value: String, _ pattern: String?, _ observables: String...) {
      self.type = type
      self.value = value
      self.pattern = pattern
      self.observables = observables
    }

    var testDescription: String { type }
  }

  private static func digits(_ count: Int) -> String { String(repeating: "0a", count: count / 2) }

  /// MISP's name, STIX's name and a value of each kind of hash.
  private static let hashes: [(type: String, path: String, value: String)] = [
    ("md5", "MD5", digits(32)), ("sha1", "'SHA-1'", digits(40)), ("sha224", "'SHA-224'", digits(56)),
    ("sha256", "'SHA-256'", digits(64)), ("sha384", "'SHA-384'", digits(96)), ("sha512", "'SHA-512'", digits(128)),
    ("sha512/224", "'SHA-512-224'", digits(56)), ("sha512/256", "'SHA-512-256'", digits(64)),
    ("sha3-224", "'SHA3-224'", digits(56)), ("sha3-256", "'SHA3-256'", digits(64)),
    ("sha3-384", "'SHA3-384'", digits(96)), ("sha3-512", "'SHA3-512'", digits(128)),
    ("ssdeep", "SSDEEP", "96:QRWkwoBevsL:QRWkwoBevsL"), ("tlsh", "TLSH", digits(70)),
    ("imphash", "IMPHASH", digits(32)), ("pehash", "PEHASH", digits(40)), ("authentihash", "AUTHENTIHASH", digits(64)),
    ("vhash", "VHASH", "115056655d15151138z66hz1021z55z66z3"),
  ]

  private static let telfhash = digits(70)

  static let rows: [Row] =
    hashes.flatMap { type, path, value in
      [
        Row(type, value, "[file:hashes.\(path) = '\(value)']", "file"),
        Row(
          "filename|" + type, "a b.exe|" + value, "[file:name = 'a b.exe' AND file:hashes.\(path) = '\(value)']", "file"
        ),
      ]
    } + [
      Row("telfhash", telfhash, "[file:hashes.TELFHASH = '\(telfhash)']", "file"),
      Row("malware-sample", "x|" + digits(32), "[file:name = 'x' AND file:hashes.MD5 = '\(digits(32))']", "file"),
      Row("attachment", "report.pdf", "[file:name = 'report.pdf']", "file"),
      Row("filename", #"it's\here"#, #"[file:name = 'it\'s\\here']"#, "file"),
      Row("size-in-bytes", "1234", "[file:size = 1234]"),
      Row("AS", "AS174", "[autonomous-system:number = 174]", "autonomous-system"),
      Row("domain", "circl.lu", "[domain-name:value = 'circl.lu']", "domain-name"),
      Row("hostname", "www.circl.lu", "[domain-name:value = 'www.circl.lu']", "domain-name"),
      Row(
        "domain|ip", "circl.lu|149.13.33.14",
        "[domain-name:value = 'circl.lu' AND domain-name:resolves_to_refs[*].value = '149.13.33.14']", "domain-name",
        "ipv4-addr"),
      Row(
        "hostname|port", "circl.lu|8443",
        "[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'circl.lu'"
          + " AND network-traffic:dst_port = 8443]", "domain-name", "network-traffic"),
      Row(
        "ip-dst", "2001:db8::1",
        "[network-traffic:dst_ref.type = 'ipv6-addr' AND network-traffic:dst_ref.value = '2001:db8::1']", "ipv6-addr",
        "network-traffic"),
      Row(
        "ip-src", "198.51.100.7",
        "[network-traffic:src_ref.type = 'ipv4-addr' AND network-traffic:src_ref.value = '198.51.100.7']", "ipv4-addr",
        "network-traffic"),
      Row(
        "ip-dst|port", "198.51.100.7|443",
        "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '198.51.100.7'"
          + " AND network-traffic:dst_port = 443]", "ipv4-addr", "network-traffic"),
      Row(
        "ip-src|port", "198.51.100.7|1024",
        "[network-traffic:src_ref.type = 'ipv4-addr' AND network-traffic:src_ref.value = '198.51.100.7'"
          + " AND network-traffic:src_port = 1024]", "ipv4-addr", "network-traffic"),
      Row("port", "8443", "[network-traffic:dst_port = 8443]"),
      Row("mac-address", "12:34:56:78:90:ab", "[mac-addr:value = '12:34:56:78:90:ab']", "mac-addr"),
      Row("url", "https://a.example/x?y=1", "[url:value = 'https://a.example/x?y=1']", "url"),
      Row("uri", "https://a.example/x", "[url:value = 'https://a.example/x']", "url"),
      Row("link", "https://a.example/report", "[url:value = 'https://a.example/report']", "url"),
      Row("http-method", "POST", "[network-traffic:extensions.'http-request-ext'.request_method = 'POST']"),
      Row(
        "user-agent", "Mozilla/5.0",
        "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Mozilla/5.0']"),
      Row("email", "a@b.example", "[email-addr:value = 'a@b.example']", "email-addr"),
      Row("email-src", "a@b.example", "[email-message:from_ref.value = 'a@b.example']", "email-addr", "email-message"),
      Row(
        "email-dst", "a@b.example", "[email-message:to_refs[*].value = 'a@b.example']", "email-addr", "email-message"),
      Row("email-subject", "Test Subject", "[email-message:subject = 'Test Subject']", "email-message"),
      Row("email-body", "Email body", "[email-message:body = 'Email body']", "email-message"),
      Row("email-message-id", "<1@a>", "[email-message:message_id = '<1@a>']", "email-message"),
      Row("email-header", "from mail", "[email-message:received_lines[*] = 'from mail']", "email-message"),
      Row(
        "email-reply-to", "r@b.example", "[email-message:additional_header_fields.reply_to = 'r@b.example']",
        "email-message"),
      Row(
        "email-x-mailer", "Mailer 1", "[email-message:additional_header_fields.x_mailer = 'Mailer 1']",
        "email-message"),
      Row(
        "email-attachment", "x.zip", "[email-message:body_multipart[*].body_raw_ref.name = 'x.zip']", "file",
        "email-message"),
      Row(
        "github-username", "octocat",
        "[user-account:account_login = 'octocat' AND user-account:account_type = 'github']", "user-account"),
      Row("mutex", "Global\\m", #"[mutex:name = 'Global\\m']"#, "mutex"),
      Row(
        "regkey", #"HKLM\Software\x"#, #"[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\Software\\x']"#,
        "windows-registry-key"),
      Row(
        "regkey|value", #"HKEY_CURRENT_USER\x|1|2"#,
        #"[windows-registry-key:key = 'HKEY_CURRENT_USER\\x' AND windows-registry-key:values[*].data = '1|2']"#,
        "windows-registry-key"),
      Row("x509-fingerprint-md5", digits(32), "[x509-certificate:hashes.MD5 = '\(digits(32))']", "x509-certificate"),
      Row(
        "x509-fingerprint-sha1", digits(40), "[x509-certificate:hashes.'SHA-1' = '\(digits(40))']", "x509-certificate"),
      Row(
        "x509-fingerprint-sha256", digits(64), "[x509-certificate:hashes.'SHA-256' = '\(digits(64))']",
        "x509-certificate"),
      Row("sigma", "title: x", "title: x"),
      Row("snort", "alert tcp any any -> any any", "alert tcp any any -> any any"),
      Row("suricata", "alert http any any -> any any", "alert http any any -> any any"),
      Row("yara", "rule r { condition: true }", "rule r { condition: true }"),
      Row("vulnerability", "CVE-2026-12345", nil, "vulnerability"),
      Row("campaign-name", "Operation X", nil, "campaign"),
    ]

  @Test func `the table has the eighty types`() { #expect(Set(Self.rows.map(\.type)).count == 80) }

  private func event(_ row: Row, isForDetection: Bool) throws -> JSONDocument {
    var writer = JSONWriter()
    writer.object { message in
      message.member("Event") { event in
        event.object { event in
          event.member("uuid", "00000002-0000-4000-8000-000000000000")
          event.member("info", "One attribute")
          event.member("date", "2026-11-20")
          event.member("timestamp", "1795161600")
          event.member("Attribute") { list in
            list.array { list in
              list.object { attribute in
                attribute.member("uuid", "00000003-0000-4000-8000-000000000000")
                attribute.member("type", row.type)
                attribute.member("category", "Other")
                attribute.member("to_ids", isForDetection)
                attribute.member("timestamp", "1795161600")
                attribute.member("value", row.value)
              }
            }
          }
        }
      }
    }
    return try JSONDocument(writer.bytes)
  }

  private func written(_ bundle: STIXBundle) throws -> JSONValue {
    let written = try JSONDocument(try MISPAdapter().write(bundle, terms: Given.terms()).output)
    #expect(MISPFormat().errors(written) == [])
    let list = try #require(written.root["Event"]?["Attribute"])
    #expect(list.count == 1, "\(list)")
    return try #require(list[0])
  }

  @Test(arguments: rows) func `a value fit for detection is a pattern, and comes back as it was`(_ row: Row) throws {
    let bundle = try MISPAdapter().read(try event(row, isForDetection: true), origin: Given.origin()).output
    #expect(STIXFormat().errors(bundle.document) == [])
    if let pattern = row.pattern {
      let indicator = try #require(bundle.objects.first { $0.type == "indicator" })
      #expect(indicator.value["pattern"]?.string == pattern)
    }
    let attribute = try written(bundle)
    #expect(attribute["type"]?.string == row.type)
    #expect(attribute["value"]?.string == row.value)
    #expect(attribute["category"]?.string == "Other")
    #expect(attribute["to_ids"]?.bool == true)
  }

  @Test(arguments: rows) func `any other value is observed or kept, and comes back as it was`(_ row: Row) throws {
    let bundle = try MISPAdapter().read(try event(row, isForDetection: false), origin: Given.origin()).output
    #expect(STIXFormat().errors(bundle.document) == [])
    let types = Set(bundle.objects.map(\.type))
    let isRule = AttributeShape.ruleLanguages.contains(row.type)
    if row.observables.isEmpty {
      #expect(types.contains(isRule ? "indicator" : MISPExtension.customAttribute), "\(types)")
    } else {
      #expect(types.isSuperset(of: row.observables), "\(types)")
      #expect(types.contains("observed-data") == (row.pattern != nil))
    }
    let attribute = try written(bundle)
    #expect(attribute["type"]?.string == row.type)
    #expect(attribute["value"]?.string == row.value)
    #expect(attribute["to_ids"]?.bool == false)
  }

  @Test(arguments: rows.filter { $0.pattern != nil && !AttributeShape.ruleLanguages.contains($0.type) })
  func `a pattern of somebody else becomes an attribute of a type that says the same`(_ row: Row) throws {
    let indicator =
      #"{"type":"indicator","spec_version":"2.1","id":"indicator--00000001-0000-4000-8000-000000000000","#
      + #""created":"2026-11-20T08:00:00.000Z","modified":"2026-11-20T08:00:00.000Z","pattern_type":"stix","#
      + #""pattern":\#(JSONString.of(row.pattern ?? "")),"valid_from":"2026-11-20T08:00:00Z"}"#
    let bundle = try Given.bundle(indicator)
    #expect(STIXFormat().errors(bundle.document) == [])
    let translation = try MISPAdapter().write(bundle, terms: Given.terms())
    let event = try JSONDocument(translation.output)
    #expect(MISPFormat().errors(event) == [])
    let attributes = event.root["Event"]?["Attribute"]?.elements.map { $0 } ?? []
    #expect(!attributes.contains { $0["type"]?.isString("stix2-pattern") ?? true }, "\(attributes)")
    // What is read of it again says the same.
    let again = try MISPAdapter().read(event, origin: Given.origin()).output
    let patterns = again.objects.compactMap { $0.value["pattern"]?.string }
    #expect(patterns == [row.pattern ?? ""])
  }
}

private enum JSONString {
  static func of(_ text: String) -> String {
    var writer = JSONWriter()
    writer.string(text)
    return writer.text
  }
}
