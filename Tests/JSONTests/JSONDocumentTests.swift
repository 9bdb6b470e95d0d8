import JSON
import Testing

func document(_ text: String, limits: JSONLimits = .init()) throws(JSONError) -> JSONDocument {
  try JSONDocument(Array(text.utf8), limits: limits)
}

/// The refusal of a text, which must be one.
func refusal(_ text: [UInt8], limits: JSONLimits = .init()) throws -> JSONError {
  try #require(throws: JSONError.self) { _ = try JSONDocument(text, limits: limits) }
}

struct JSONDocumentTests {
  struct Refused: Sendable, CustomTestStringConvertible {
    var text: [UInt8]
    var code: JSONError.Code
    var line: Int
    var column: Int
    var message: String

    init(_ text: String, _ code: JSONError.Code, _ line: Int, _ column: Int, _ message: String) {
      (self.text, self.code, self.line, self.column, self.message) = (Array(text.utf8), code, line, column, message)
    }

    init(_ text: [UInt8], _ code: JSONError.Code, _ line: Int, _ column: Int, _ message: String) {
      (self.text, self.code, self.line, self.column, self.message) = (text, code, line, column, message)
    }

    var testDescription: String { String(decoding: text.prefix(60), as: UTF8.self) }
  }

  static let refused: [Refused] = [
    Refused("", .empty, 1, 1, "the text is empty"),
    Refused(" \n\t ", .empty, 1, 1, "the text is empty"),
    Refused(
      [0xEF, 0xBB, 0xBF] + Array("{}".utf8), .syntax, 1, 1,
      "the text begins with a byte order mark, which JSON does not allow"),
    Refused([0x22, 0xFF, 0x22], .utf8, 1, 2, "the byte 0xFF here is not UTF-8"),
    Refused([0x22, 0xC0, 0x80, 0x22], .utf8, 1, 2, "the byte 0xC0 here is not UTF-8"),
    Refused([0x22, 0xED, 0xA0, 0x80, 0x22], .utf8, 1, 2, "the byte 0xED here is not UTF-8"),
    Refused([0x5B, 0xFE, 0x5D], .utf8, 1, 2, "the byte 0xFE here is not UTF-8"),
    Refused("{\"a\":1", .syntax, 1, 7, "the text ends where a comma or \"}\" should stand"),
    Refused("{\n  \"ä\": 1,\n  \"ö\": nul }", .syntax, 3, 8, "\"n\" stands where a value should stand"),
    Refused("[1,]", .syntax, 1, 4, "\"]\" stands where a value should stand"),
    Refused("{\"a\":1,}", .syntax, 1, 8, "\"}\" stands where a key in double quotes should stand"),
    Refused("{\"a\" 1}", .syntax, 1, 6, "\"1\" stands where a colon should stand"),
    Refused("{a:1}", .syntax, 1, 2, "\"a\" stands where a key in double quotes should stand"),
    Refused("[1}", .syntax, 1, 3, "\"}\" stands where a comma or \"]\" should stand"),
    Refused("1 2", .syntax, 1, 3, "\"2\" stands where the end of the text should stand"),
    Refused("[\"a", .syntax, 1, 2, "the string that begins here does not end"),
    Refused("[\"a\tb\"]", .syntax, 1, 4, "the control character 0x09 stands unescaped in a string"),
    Refused(#"["\x"]"#, .syntax, 1, 3, "a backslash is followed by none of \"\\/bfnrtu"),
    Refused(#"["\u12G4"]"#, .syntax, 1, 3, "\\u is not followed by four hexadecimal digits"),
    Refused("[01]", .syntax, 1, 2, "a number begins with a zero too many"),
    Refused("[1.]", .syntax, 1, 4, "\"]\" stands where a digit should stand"),
    Refused("[.5]", .syntax, 1, 2, "\".\" stands where a value should stand"),
    Refused("[1e]", .syntax, 1, 4, "\"]\" stands where a digit should stand"),
    Refused("[NaN]", .syntax, 1, 2, "\"N\" stands where a value should stand"),
    Refused("[1/*x*/]", .syntax, 1, 3, "\"/\" stands where a comma or \"]\" should stand"),
    Refused(#"["\ud800"]"#, .surrogate, 1, 3, "\\ud800 is half of a surrogate pair without its other half"),
    Refused(#"["\udc00"]"#, .surrogate, 1, 3, "\\udc00 is half of a surrogate pair without its other half"),
    Refused(#"["\ud800\u0041"]"#, .surrogate, 1, 3, "\\ud800 is half of a surrogate pair without its other half"),
    Refused(#"{"\uD83D":1}"#, .surrogate, 1, 3, "\\uD83D is half of a surrogate pair without its other half"),
    Refused(
      #"{"a":1,"b":2,"a":3}"#, .duplicateKey, 1, 14,
      "the key \"a\" stands twice in one object, first at line 1, column 2"),
    Refused(
      "{\"a\":1,\n\"\\u0061\":3}", .duplicateKey, 2, 1,
      "the key \"a\" stands twice in one object, first at line 1, column 2"),
    Refused(
      #"[{"":1,"":1}]"#, .duplicateKey, 1, 8,
      "the key \"\" stands twice in one object, first at line 1, column 3"),
    Refused(
      "[\(String(repeating: "9", count: 309))]", .number, 1, 2,
      "the number \"999999999999999999999999999999\"... is beyond what a double can hold"),
    Refused("{\"a\": 1e400}", .number, 1, 7, "the number \"1e400\" is beyond what a double can hold"),
    Refused(
      "[-1e99999999999999999999]", .number, 1, 2,
      "the number \"-1e99999999999999999999\" is beyond what a double can hold"),
    Refused("[1.8e308]", .number, 1, 2, "the number \"1.8e308\" is beyond what a double can hold"),
  ]

  @Test(arguments: refused)
  func `a text that is not for us is refused with its place`(_ case: Refused) throws {
    let error = try refusal(`case`.text)
    #expect(error.code == `case`.code)
    #expect(error.message == `case`.message)
    #expect([error.line, error.column] == [`case`.line, `case`.column])
  }

  @Test func `a text over the limit is refused before it is read`() throws {
    let error = try refusal(Array("[1,2,3]".utf8), limits: .init(maximumBytes: 6))
    #expect(error.code == .size)
    #expect(error.message == "the text has 7 bytes, more than the 6 allowed")
  }

  @Test func `levels are counted up to the limit and no further`() throws {
    let limits = JSONLimits(maximumDepth: 5)
    _ = try document("[[{\"a\":[[1]]}]]", limits: limits)
    _ = try document("[[[[{\"a\":[]}]]]]", limits: limits)
    #expect(try refusal(Array("[[[[{\"a\":[0]}]]]]".utf8), limits: limits).code == .depth)
    #expect(try refusal(Array("[[[[[{\"a\":0}]]]]]".utf8), limits: limits).code == .depth)
    let error = try refusal(Array("[[{\"a\":[[[1]]]}]]".utf8), limits: limits)
    #expect(error.code == .depth)
    #expect(error.column == 10)
    #expect(error.message == "more than 5 levels inside one another")
  }

  @Test func `ten million open brackets are an error at the limit`() throws {
    let error = try refusal([UInt8](repeating: UInt8(ascii: "["), count: 10_000_000))
    #expect(error.code == .depth)
    #expect(error.offset == 100)
  }

  @Test func `a number of a gigabyte is an error`() throws {
    let error = try refusal([UInt8](unsafeUninitializedCapacity: 1 << 30) { $1 = 1 << 30 })
    #expect(error.code == .size)
  }

  @Test func `a number as long as a message may be is an error`() throws {
    let error = try refusal([UInt8](repeating: UInt8(ascii: "9"), count: 1 << 20))
    #expect(error.code == .number)
    #expect(error.message == "the number \"999999999999999999999999999999\"... is beyond what a double can hold")
  }

  @Test func `a whole number beyond 64 bits is the nearest double and keeps its digits`() throws {
    let spellings = [
      "18446744073709551616", "-9223372036854775809", "270558628254433870000", "99999999999999999999",
      "123456789012345678901234567890", "\(String(repeating: "9", count: 308))",
      "1\(String(repeating: "0", count: 308))",
      "-1234567890\(String(repeating: "5", count: 200))",
    ]
    let root = try document("[\(spellings.joined(separator: " , ")), 7]").root
    for (value, spelling) in zip(root.elements, spellings) {
      #expect(value.kind == .double)
      #expect(value.number == Double(spelling))
      #expect(value.description == spelling)
    }
    #expect(root[8]?.description == "7")
    #expect(try refusal(Array("[18446744073709551616, 18446744073709551616, x]".utf8)).column == 46)
  }

  @Test func `a key twice among many is found, the last one too`() throws {
    var text = "{"
    for place in 0..<50_000 { text += "\"key-\(place)\":{\"x\":[\(place)]}," }
    _ = try document(text + "\"last\":0}")
    let error = try refusal(Array((text + "\"key-0\":0}").utf8))
    #expect(error.code == .duplicateKey)
  }

  @Test(arguments: [2, 7, 31, 32, 33, 34, 100])
  func `every pair of equal keys is found in objects of any size`(_ count: Int) throws {
    for first in stride(from: 0, to: count - 1, by: max(1, count / 7)) {
      for second in stride(from: first + 1, to: count, by: max(1, count / 9)) {
        let keys = (0..<count).map { $0 == second ? "k\(first)" : "k\($0)" }
        let text = "[{\(keys.map { "\"\($0)\":null" }.joined(separator: ","))}]"
        #expect(try refusal(Array(text.utf8)).code == .duplicateKey)
      }
    }
  }

  @Test func `the same key in different objects is no repetition`() throws {
    _ = try document(#"{"a":{"a":{"a":1},"b":{"a":2}},"b":[{"a":1},{"a":1}]}"#)
  }

  @Test func `values are read`() throws {
    let text = #"{"a":1,"b":[true,null,"x\u0041\u0000",1.5,18446744073709551615,-9223372036854775808,1.0],"c":{}}"#
    let root = try document(text).root
    #expect(root.kind == .object)
    #expect(root.count == 3)
    #expect(root["a"]?.integer == 1)
    #expect(root["a"]?.unsigned == 1)
    #expect(root["a"]?.number == 1)
    #expect(root["a"]?.string == nil)
    #expect(root["missing"] == nil)
    #expect(root[0] == nil)
    let list = try #require(root["b"])
    #expect(list.kind == .array)
    #expect(list[0]?.bool == true)
    #expect(list[1]?.isNull == true)
    #expect(list[2]?.string == "xA\0")
    #expect(list[2]?.isString("xA\0") == true)
    #expect(list[2]?.isString("xA") == false)
    #expect(list[3]?.number == 1.5)
    #expect(list[3]?.integer == nil)
    #expect(list[4]?.kind == .unsigned)
    #expect(list[4]?.unsigned == .max)
    #expect(list[4]?.integer == nil)
    #expect(list[5]?.integer == .min)
    #expect(list[5]?.unsigned == nil)
    #expect(list[6]?.kind == .double)
    #expect(list[6]?.integer == 1)
    #expect(list[7] == nil)
    #expect(list[-1] == nil)
    #expect(list["a"] == nil)
    #expect(root.members.map(\.key) == ["a", "b", "c"])
    #expect(Array(list.elements).count == 7)
    #expect(Array(root.elements).isEmpty)
    #expect(Array(list.members).isEmpty)
    let key = "c"
    #expect(root[key]?.count == 0)
  }

  @Test(arguments: ["0", "\"\"", "true", "null", "[]", "{}", " 1 ", "-0", "1e-400"])
  func `a scalar or an empty container is a text`(_ text: String) throws {
    _ = try document(text)
  }

  @Test func `texts with room behind them are parsed in place and texts without are copied`() throws {
    var roomy = [UInt8]()
    roomy.reserveCapacity(1_000)
    roomy += Array(#"{"a":[1,2]}"#.utf8)
    #expect(try JSONDocument(roomy).root["a"]?[1]?.integer == 2)
    let tight = Array(#"{"a":[1,2]}"#.utf8)
    #expect(try JSONDocument(tight).root["a"]?[1]?.integer == 2)
  }

  @Test func `documents side by side do not disturb one another`() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        group.addTask {
          var kept: [JSONDocument] = []
          for round in 0..<200 {
            kept.append(
              try document(
                "{\"task\":\(task),\"round\":[\(round)],\"pad\":\"\(String(repeating: "x", count: round * 7))\"}"))
            if round % 3 == 0 { kept.removeFirst() }
            _ = try? document("{\"task\":")
          }
          return kept.allSatisfy { $0.root["task"]?.integer == Int64(task) && $0.root["round"]?.span.count ?? 0 > 2 }
        }
      }
      for try await right in group { #expect(right) }
    }
  }
}
