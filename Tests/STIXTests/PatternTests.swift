import JSON
import Testing

@testable import STIX

@Suite struct PatternTests {
  @Test(arguments: [
    ("", 1), ("file:name = 'a'", 1), ("[]", 2), ("[file:name = 'a'", 17), ("[file:name = 'a']]", 18),
    ("[file:name 'a']", 12), ("[file:name = a]", 14), ("[file:name == ]", 15), ("[file name = 'a']", 7),
    ("[file: = 'a']", 8), ("[file:name = 'a' and file:size = 1]", 18), ("[file:name = 'a\\b']", 16),
    ("[file:name = 'a]", 14), ("[file:a-b = 1]", 7), ("[file:hashes.SHA-256 = 'a']", 14), ("[file:name LIKE 5]", 17),
    ("[file:size > true]", 14), ("[file:name = 'a' AND url:value = 'b']", 2), ("[file:name IN 'a']", 15),
    ("[file:name IN ('a',)]", 20), ("[NOT file:name = 'a']", 6), ("[file:name = 'a'] WITHIN 5", 27),
    ("[file:name = 'a'] WITHIN 0 SECONDS", 26), ("[file:name = 'a'] REPEATS 1.5 TIMES", 27),
    ("[file:name = 'a'] REPEATS 0 TIMES", 27), ("[file:name = 'a'] START t'2026-01-01T00:00:00Z'", 48),
    ("[file:name = 'a'] START t'2026-01-02T00:00:00Z' STOP t'2026-01-01T00:00:00Z'", 54),
    ("[file:created = t'2026-02-30T00:00:00Z']", 17), ("[file:a = h'abc']", 11), ("[file:a = b'abc']", 11),
    ("[file:size = 99999999999999999999]", 14), ("[file:size = 007]", 14), ("[file:size = 7x]", 14),
    ("[file:name = 'a'] FOLLOWEDBY", 29), ("([file:name = 'a']", 19), ("[FILE:name = 'a']", 2), ("[AND:name = 'a']", 2),
    ("[file:name = \"a\"]", 14), ("[file:name = 'é' é]", 18), ("[file:refs[-1].name = 'a']", 12),
    ("[file:name = 'a'] /* open", 19), ("[file:name = 'a'] REPEATS 2 TIMES REPEATS 3 TIMES", 35),
  ])
  func `what breaks the grammar is refused with its place`(text: String, position: Int) throws {
    let error = try #require(throws: PatternError.self) { try Pattern(text) }
    #expect(error.position == position, "\(error)")
  }

  @Test func `nesting is bounded`() throws {
    for (open, close) in [("(", ")"), ("[", "]")] {
      let inner = open == "(" ? "[file:name = 'a']" : String(repeating: "(", count: 100_000) + "file:name = 'a'"
      let text = String(repeating: open, count: open == "(" ? 100_000 : 1) + inner + close
      let error = try #require(throws: PatternError.self) { try Pattern(text) }
      #expect(error.message == "more than 64 levels of nesting")
    }
    let many = "[file:name = 'a']" + String(repeating: " REPEATS 2 TIMES", count: 1000)
    #expect(throws: PatternError.self) { try Pattern(many) }
  }

  static let path = Pattern.ObjectPath(type: "file", steps: [.property("name")])
  static func test(_ value: String) -> Pattern.Comparison { .test(path, .equal, isNegated: false, [.string(value)]) }

  @Test func `OR binds looser than AND, and groups bind as written`() throws {
    #expect(
      try Pattern("[file:name = 'a' OR file:name = 'b' AND file:name = 'c']")
        == .observation(.or([Self.test("a"), .and([Self.test("b"), Self.test("c")])])))
    #expect(
      try Pattern("[(file:name = 'a' OR file:name = 'b') AND file:name = 'c']")
        == .observation(.and([.or([Self.test("a"), Self.test("b")]), Self.test("c")])))
    let a = Pattern.observation(Self.test("a"))
    #expect(
      try Pattern("[file:name = 'a'] FOLLOWEDBY [file:name = 'a'] OR [file:name = 'a'] AND [file:name='a']")
        == .followedBy([a, .or([a, .and([a, a])])]))
    #expect(
      try Pattern("([file:name='a'] AND [file:name='a']) WITHIN 1.5 SECONDS REPEATS 2 TIMES")
        == .qualified(.qualified(.and([a, a]), .within(seconds: 1.5)), .repeats(2)))
  }

  @Test(arguments: [
    (
      "[a-b:c IN (1,2.5,'x',true)]", Pattern.Operator.isIn,
      [Pattern.Literal.integer(1), .float(2.5), .string("x"), .boolean(true)]
    ),
    ("[a-b:c NOT LIKE 'it\\'s \\\\ %']", .like, [.string("it's \\ %")]), ("[a-b:c <> -7]", .notEqual, [.integer(-7)]),
    ("[a-b:c >= t'2026-01-01T00:00:00.5Z']", .greaterOrEqual, [.timestamp(Timestamp("2026-01-01T00:00:00.5Z")!)]),
    ("[a-b:c = h'ffD8']", .equal, [.binary([0xFF, 0xD8])]), ("[a-b:c != b'aGk=']", .notEqual, [.binary([0x68, 0x69])]),
    ("[a-b:c ISSUBSET '10.0.0.0/8']", .isSubset, [.string("10.0.0.0/8")]), ("[a-b:c < .5]", .less, [.float(0.5)]),
    ("[a-b:c /* why */ MATCHES'^a$' // so\n]", .matches, [.string("^a$")]), ("[a-b:c IN ()]", .isIn, []),
    ("[a-b:c\u{A0}=\u{2003}'x'\u{1680}\u{2028}\u{3000}]\u{205F}", .equal, [.string("x")]),
  ])
  func `literals and operators are read`(text: String, op: Pattern.Operator, literals: [Pattern.Literal]) throws {
    let path = Pattern.ObjectPath(type: "a-b", steps: [.property("c")])
    #expect(
      try Pattern(text) == .observation(.test(path, op, isNegated: text.contains("NOT"), literals)))
  }

  @Test(arguments: [
    "[file:AND = 'a']", "[file:name.NOT = 'a']", "[file:name = 'a'] WITHIN 0 SECONDS",
    "[file:name = 'a'] REPEATS 0 TIMES", "[file:name = 'a'] REPEATS 1.5 TIMES", "[file:size = 00]",
    "[file:name = \"a\"]", "[file:name = 'a\\n']", "[file:hashes.SHA-256 = 'a']", "[file:name like 'a']",
    "[file:name = h'0']", "[file:name = b'YWJ']", "[file:mtime = t'2026-13-01T00:00:00Z']",
    "[file:name = 'a'] START '2026-01-01T00:00:00Z' STOP '2026-01-02T00:00:00Z'", "[file:name EXISTS]",
  ])
  func `odd forms that are none of the grammar are refused`(text: String) {
    #expect(throws: PatternError.self) { try Pattern(text) }
  }

  @Test(arguments: [
    "[file:'name' = 'a']", "[ file:name='a' ]", "[file:size = -0.0]", "[file:size = +5]", "[NOT EXISTS file:size]",
    "[process:arguments[*] LIKE '%x_']", "[file:name NOT IN ('a','b')]", "([file:name = 'a'])", "[file:name = '']",
    "[file:name = 'a'] WITHIN 0.5 SECONDS", "[file:name MATCHES '\\\\d+']",
  ])
  func `odd forms of the grammar are taken`(text: String) throws { _ = try Pattern(text) }

  @Test(arguments: [
    "[email-message:body_multipart[*].body_raw_ref.name = 'a']", "[file:hashes.'SHA-256' = 'a']",
    "[file:extensions.'windows-pebinary-ext'.sections[0].'it\\'s' = 'a']",
  ])
  func `a path is written as it is read`(text: String) throws {
    guard case .observation(.test(let path, _, _, _)) = try Pattern(text) else {
      Issue.record("no test")
      return
    }
    #expect(text == "[\(path) = 'a']")
  }

  @Test(arguments: [
    "[file:name != 'a']", "[file:name NOT = 'a']", "[file:name LIKE 'a']", "[EXISTS file:name]",
    "[file:name = 'a'] AND [file:name = 'a']", "[file:name = 'a'] WITHIN 5 SECONDS",
    "[file:name = 'a' OR file:size > 5]", "[file:name = 'a'] FOLLOWEDBY [file:name = 'b']",
  ])
  func `what is more than equalities has none`(text: String) throws {
    #expect(try Pattern(text).equalities() == nil)
  }

  @Test func `alternatives of equalities are told apart`() throws {
    let pattern = try Pattern(
      "[(file:name = 'a' OR file:name IN ('b','c')) AND file:size = 5] OR [url:value = 'u']")
    let alternatives = try #require(pattern.equalities())
    #expect(alternatives.map { $0.map { "\($0.path)" } }.map(\.count) == [2, 2, 2, 1])
    #expect(alternatives.map { $0[0].value } == [.string("a"), .string("b"), .string("c"), .string("u")])
    #expect(pattern.equalities(limit: 3) == nil)
  }
}
