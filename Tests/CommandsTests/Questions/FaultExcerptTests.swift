import Hub
import Testing

@Suite struct FaultExcerptTests {
  private func excerpt(_ text: String, at location: String?, context: Int? = 5, width: Int = 100) -> [String] {
    FaultExcerpt(of: Array(text.utf8), at: location, context: context).text(width: width)
  }

  @Test func `a body that is empty is said to be`() {
    #expect(excerpt("", at: nil) == ["       The message has no body."])
  }

  @Test func `a fault beside the body is named`() {
    let lines = excerpt("{}", at: "content_type")
    #expect(lines == ["   1 │ {}", "       The fault lies beside the body, in content_type."])
  }

  @Test func `a place in a text that is no JSON is marked by line and column`() {
    let lines = excerpt("{\n  \"a\": 1,\n  \"ü\": x\n}", at: "3:8")
    #expect(
      lines == [
        "   1 │ {", "   2 │   \"a\": 1,", "   3 │   \"ü\": x", "     │        ^", "   4 │ }", "       line 3, column 8",
      ])
  }

  @Test func `a text that ends too early is marked at its end`() {
    #expect(excerpt("{\"a\":", at: "1:6")[1] == "     │     ^")
  }

  @Test func `a value is marked from its first to its last character`() {
    let lines = excerpt("{\n  \"a\": {\"b\": [1, \"two\"]}\n}", at: "/a/b/1")
    #expect(lines[1] == "   2 │   \"a\": {\"b\": [1, \"two\"]}")
    #expect(lines[2] == "     │                  ^^^^^")
    #expect(lines.last == "       /a/b/1")
  }

  @Test func `a value that is missing is looked for where it belongs`() {
    let lines = excerpt("{\n  \"a\": {\n    \"b\": 1\n  }\n}", at: "/a/c/d")
    #expect(lines[2] == "     │        ^")
    #expect(lines.last == "       /a/c/d is not there; it belongs in here")
  }

  @Test func `a text on one line is laid out, with numbers of its own`() throws {
    let flat = try Papers.flat(Papers.bundle())
    let lines = excerpt(flat, at: "/objects/1/pattern", context: 2)
    #expect(lines.count == 9)
    #expect(lines.first?.hasSuffix("⋮") == true && lines[7].hasSuffix("⋮"))
    #expect(lines[3].hasSuffix("│       \"pattern\": \"[ipv4-addr:value = '203.0.113.9']\","))
    #expect(lines[4].hasSuffix("│                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"))
    #expect(excerpt(flat, at: nil, context: nil).count == Papers.lines(of: Papers.bundle()).count + 6)
  }

  @Test func `empty containers, and brackets in texts, are laid out right`() {
    let filler = String(repeating: "x", count: 200)
    let lines = excerpt("{\"a\":[],\"b\":{ },\"c\":\"[{\\\"\",\"d\":\"\(filler)\"}", at: nil, context: nil, width: 60)
    #expect(
      lines.prefix(4) == ["   1 │ {", "   2 │   \"a\": [],", "   3 │   \"b\": {},", "   4 │   \"c\": \"[{\\\"\","])
    #expect(lines.count == 6)
  }

  @Test func `a long line is cut around the mark`() {
    let text = "{\"a\": \"" + String(repeating: "x", count: 5000) + "\n\"}"
    let lines = excerpt(text, at: "1:3000", width: 80)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines[0].contains("…") && lines[1].contains("^"))
  }

  @Test func `no more than a screenful is shown, however large the text`() {
    let text = "{\n" + String(repeating: "  \"k\": 1,\n", count: 50_000) + "}"
    #expect(excerpt(text, at: nil).count == 12)
    #expect(excerpt(text, at: "25000:3").count == 15)
  }

  @Test func `what could command a terminal is made harmless`() {
    let lines = excerpt("{\u{1B}[2J\u{202E}\r\n\u{0}", at: "1:2")
    #expect(!lines.joined().unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
  }

  @Test func `bytes that are no text are shown as such`() {
    let lines = FaultExcerpt(of: [0xFF, 0xFE, 0x0A, 0x80], at: "1:1").text()
    #expect(lines.first == "   1 │ \u{FFFD}\u{FFFD}")
  }
}
