import Testing

@testable import JSONSchema

struct PatternTests {
  @Test(arguments: [
    ("(", "a group does not end", 0), (")", "a \")\" closes nothing", 0),
    ("[a", "a set does not end", 0),
    ("a**", "a quantifier follows nothing", 2), ("*a", "a quantifier follows nothing", 0),
    ("^*", "a quantifier follows nothing that can repeat", 1),
    ("a{2,1}", "a quantifier's bounds are out of order", 1),
    ("a{x}", "a \"{\" begins no quantifier", 2), ("a{1", "a \"{\" begins no quantifier", 3),
    ("[z-a]", "a range in a set is out of order", 2),
    ("[\\d-z]", "a range in a set has a class as its end", 3),
    ("\\", "the pattern ends in a backslash", 0), ("\\a", "\\a is no escape of ECMA-262", 0),
    ("\\xg0", "an escape lacks hexadecimal digits", 0),
    ("\\u12", "an escape lacks hexadecimal digits", 0),
    ("\\u{110000}", "\\u{ is not a code point", 0), ("\\c1", "\\c is not followed by a letter", 0),
    ("\\p{Nonsense}", "\\p{Nonsense} names no property that is known", 0),
    ("a]", "a bracket or brace stands alone; escape it", 1),
    ("(?=a)*", "a quantifier follows nothing that can repeat", 5),
    ("(?<=a+b+)c", "this pattern needs a look-behind of no bounded length, which is not supported", 0),
    ("(a)\\2", "\\2 refers to a group that is not there", 3), ("\\1", "\\1 refers to a group that is not there", 0),
    ("(?<n>a)\\k<m>", "\\k names no group: m", 7), ("\\k<n>", "\\k names no group: n", 0),
    ("(?<n>a)\\k", "\\k is not followed by a name", 7),
    ("(?<n>a)(?<n>b)", "two groups have the name n", 3), ("(?<1>a)", "a group's name is no name", 3),
    ("\\p{Script=greek}", "\\p{Script=greek} names no property that is known", 0),
    ("\\p{lu}", "\\p{lu} names no property that is known", 0),
    ("\\p{Block=Basic_Latin}", "\\p{Block=Basic_Latin} names no property that is known", 0),
    ("(?i:a)", "a group begins with \"(?\" and nothing known", 0),
  ])
  func `what is no pattern for us is refused with its place`(
    _ source: String, _ message: String, _ offset: Int
  ) throws {
    let error = try #require(throws: PatternError.self) { _ = try Pattern(source) }
    #expect(error == PatternError(message: message, offset: offset))
  }

  @Test func `repetitions that multiply to too much are refused`() throws {
    let error = try #require(throws: PatternError.self) {
      _ = try Pattern("((a{1000}){1000}){1000}")
    }
    #expect(error.message == "the pattern is too large: its repetitions multiply to too much")
    #expect(throws: PatternError.self) { _ = try Pattern(String(repeating: "(", count: 100_000)) }
  }

  static let rejected: [(String, String)] = [
    ("^a$", "a\n"), ("^a$", "ab"), ("^a$", "ba"), ("^a$", ""), ("^$", "a"), ("^\\d$", "٣"),
    ("^\\w$", "ä"),
    ("^.$", "\n"), ("^.$", "\r"), ("^.$", "\u{2028}"), ("^.$", "ab"), ("^[^a]$", "a"),
    ("^(ab|cd)$", "ad"),
    ("^a{2,3}$", "a"), ("^a{2,3}$", "aaaa"), ("^a{2}$", "aaa"), ("^a{2,}$", "a"), ("a$b", "ab"),
    ("a^b", "ab"),
    ("[]", "a"), ("\\bfoo\\b", "food"), ("\\Boo\\B", "foo"), ("^\\p{Lu}$", "a"), ("^\\P{L}$", "é"),
    ("^(a+)+$", String(repeating: "a", count: 40) + "!"), ("^[\\u4e00-\\u9fff]+$", "abc"),
    ("^\\S$", "\u{FEFF}"),
    ("^[a-c-]$", "d"), ("^x*y{0}$", "y"), ("^(a|bb)--[0-9]{3}$", "a--12"), ("^(a|bb)--[0-9]{3}$", "--123"),
    ("^(a|bb)--[0-9]{3}$", "a--123 "), ("^(a|bb)--[0-9]{3}$", "a--12é"), ("x\\b-a$", "xx-"), ("^a.b$", "a\nb"),
    ("^é$", "e\u{301}"), ("^\\p{Script=Greek}+$", "αb"), ("^\\P{sc=Cyrillic}+$", "абв"), ("^\\p{Lowercase}$", "A"),
    ("^\\p{C}$", "a"),
    // Not regular.
    ("^(?!.*secret).*$", "a secret b"), ("^(?=.*\\d)(?=.*[a-z]).{8,}$", "abcdefgh"), ("^(a|b)\\1$", "ab"),
    ("(?<!-)\\bfoo", "-foo"), ("(?<=a{1,3}b)c", "bc"), ("^(?<q>['\"]).*\\k<q>$", "'a\""), ("^(?:(?!ab).)*$", "xaby"),
    ("(?<=^|,)x", "ax"), ("(?!)", "a"), ("^(?!a)[^]$", "a"), ("^(.)\\1$", "😀a"), ("^(?=é)..$", "e\u{301}"),
  ]

  @Test(arguments: rejected)
  func `a text that a pattern does not match is rejected`(_ source: String, _ text: String) throws {
    #expect(try Pattern(source).verdict(text) == false)
  }

  static let accepted: [(String, String)] = [
    ("", ""), ("", "a"), ("a", "bab"), ("^a", "ab"), ("b$", "ab"), ("^$", ""), ("^|x", "y"),
    ("$", "abc"),
    ("^\\d+$", "0123456789"), ("^\\w+$", "aZ_9"), ("^\\s+$", " \t\n\u{A0}\u{FEFF}\u{2029}\u{3000}"),
    ("^.$", "ä"),
    ("^.$", "😀"), ("^[^a]$", "😀"), ("^[ä-ü]+$", "äöü"), ("^(ab|cd)+$", "abcdab"),
    ("^(?:ab|cd)$", "cd"),
    ("^(?<year>\\d{4})$", "2026"), ("^a{2,3}$", "aaa"), ("^a{0}$", ""), ("^(a?){3}$", "aa"),
    ("^a+?b*?$", "aab"),
    ("^\\u0041\\x42\\u{43}\\cJ\\0$", "ABC\n\0"), ("^\\ud83d\\ude00$", "😀"),
    ("^[\\u{1F600}-\\u{1F64F}]$", "😀"),
    ("^\\/\\-\\_\\.\\@\\\"$", "/-_.@\""), ("^[\\]\\-\\\\]+$", "]-\\"), ("^[\\b]$", "\u{8}"),
    ("^[a-c-]+$", "a-c"),
    ("^[-a]+$", "a-"), ("^[\\d\\-x]+$", "1-x"), ("\\bfoo\\b", "a foo."), ("\\bfoo", "foo"),
    ("foo\\b", "foo"),
    ("\\Boo", "foo"), ("^\\p{L}+$", "éßЖ中"), ("^\\p{Letter}$", "é"), ("^\\p{gc=Nd}$", "٣"),
    ("^[\\p{Lu}\\d]+$", "Ä9"),
    ("^[^]$", "\n"), ("(^a|b)c$", "xbc"), ("(^a|b)c$", "ac"), ("^(a|b|)*c$", "ababc"),
    ("^(a*)*$", "aaa"),
    ("^(a+)+$", String(repeating: "a", count: 5_000)),
    ("^\\p{Script=Greek}+$", "αβγ"), ("^\\p{sc=Grek}$", "ω"), ("^[\\p{Script_Extensions=Hiragana}]+$", "あー"),
    ("^\\p{Alphabetic}\\p{White_Space}\\p{Emoji_Presentation}$", "a 😀"), ("^\\p{ID_Start}\\p{IDC}*$", "a1"),
    ("^\\p{Co}\\p{Cn}$", "\u{E000}\u{378}"), ("^\\P{Script=Latin}$", "я"),
    // Not regular.
    ("^(?!.*secret).*$", "a public b"), ("^(?=.*\\d)(?=.*[a-z]).{8,}$", "abcdefg1"), ("^(a|b)\\1$", "bb"),
    ("(?<!-)\\bfoo", "a foo"), ("(?<=a{1,3}b)c", "xaabc"), ("(?<=a+b)c", "aaabc"), ("(?<=^|,)x", "a,x"),
    ("^(?<q>['\"]).*\\k<q>$", "'a'"), ("^(?:(?!ab).)*$", "xayb"), ("\\1(a)", "a"), ("^(a)?b\\1$", "b"),
    ("^(?:(x)|(y))\\2z$", "yyz"), ("^(.)\\1$", "😀😀"), ("^(?=(a+?))\\1b|aab$", "aab"), ("^(?<!a)b", "b"),
    ("^((a)|(b))\\2$", "aa"), ("(?=[ä-ü])ö", "xö"), ("^(?:(?!foo)[^])*$", String(repeating: "a", count: 50_000)),
    (
      "^[a-z][a-z0-9-]*--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
      "indicator--0123abcd-0123-0123-0123-0123456789ab"
    ),
  ]

  @Test(arguments: accepted)
  func `a text that a pattern matches is accepted`(_ source: String, _ text: String) throws {
    #expect(try Pattern(source).verdict(text) == true)
  }

  @Test func `table and graph agree`() throws {
    for (source, text) in Self.accepted + Self.rejected {
      let pattern = try Pattern(source)
      guard let tree = try PatternParser.parse(source).regular else { continue }
      let walk = PatternWalk(try PatternGraph(tree))
      var copy = text
      #expect(copy.withUTF8 { walk.matches($0) } == pattern.verdict(text), "\(source)")
    }
  }

  @Test func `the automaton and PCRE2 agree`() throws {
    for (source, text) in Self.accepted + Self.rejected where !source.contains("+)+") {
      let translated = try BacktrackingPattern(PatternParser.parse(source))
      var copy = text
      #expect(try copy.withUTF8 { translated.verdict($0) } == Pattern(source).verdict(text), "\(source)")
    }
  }

  @Test func `a pattern whose table would be too large is walked as a graph`() throws {
    let pattern = try Pattern("a.{14}b")
    #expect(!pattern.isTabulated)
    #expect(pattern.verdict("xxa12345678901234bxx") == true)
    #expect(pattern.verdict("xxa1234567890123bxx") == false)
  }

  @Test func `a pattern whose table would take too much work is walked as a graph`() throws {
    let pattern = try Pattern("^h.(a....tru..*.....,.......Ia+...a...+...........&..Iaa.a+)+$")
    #expect(!pattern.isTabulated)
    #expect(pattern.verdict("h" + String(repeating: "a", count: 10_000)) == false)
  }

  @Test(arguments: [
    ("^(?=a)(a+)+$", String(repeating: "a", count: 40) + "!"),
    ("^(?!x)(a|aa)+$", String(repeating: "a", count: 60) + "!"),
    ("(x+x+)+[yz](?!z)", String(repeating: "x", count: 10_000)),
    ("(a*)*\\1[bc]", String(repeating: "a", count: 1_000_000)),
    ("(.*)(.*)(.*)(.*)(.*)\\5[!?]", String(repeating: "ab", count: 20_000)),
    ("[ab]*a[ab]{8000}c", String(repeating: "ab", count: 20_000)),
  ])
  func `a match that costs too much is left undecided`(_ source: String, _ text: String) throws {
    #expect(try Pattern(source).verdict(text) == nil)
  }

  @Test func `a long text is judged by a pattern that looks ahead`() throws {
    let pattern = try Pattern("^(?!.*secret).*$")
    let text = String(repeating: "a", count: 1_000_000)
    #expect(pattern.verdict(text) == true)
    #expect(pattern.verdict(text + "secret") == false)
  }

  @Test func `one pattern that is not regular matches from many tasks`() async throws {
    let pattern = try Pattern("^(.+),\\1$")
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        group.addTask {
          (0..<200).allSatisfy { pattern.verdict("\($0),\(task % 2 == 0 ? "\($0)" : "x")") == (task % 2 == 0) }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test func `every character has one spelling in bytes`() {
    let sequences = UTF8Sequences.of(CharacterSet([0...0x10FFFF]))
    for value in stride(from: UInt32(0), through: 0x10FFFF, by: 7) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let bytes = Array(String(Character(scalar)).utf8)
      let fitting = sequences.filter {
        $0.count == bytes.count && zip($0, bytes).allSatisfy { $0.contains($1) }
      }
      #expect(fitting.count == 1)
    }
  }
}
