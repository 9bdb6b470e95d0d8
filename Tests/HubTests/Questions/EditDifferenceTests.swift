import Testing

@testable import Hub

/// What an operator changed in a message, as it is shown and kept.
@Suite struct EditDifferenceTests {
  private func changes(_ before: String, _ after: String) -> [EditDifference.Change] {
    EditDifference(from: Array(before.utf8), to: Array(after.utf8)).changes
  }

  @Test func `equal texts have none`() {
    let difference = EditDifference(from: Array("{}".utf8), to: Array("{}".utf8))
    #expect(difference.changes.isEmpty)
    #expect(difference.isSpelling == false)
    #expect(difference.lines().isEmpty)
  }

  @Test func `spaces and the order of members are told as that`() {
    let difference = EditDifference(from: Array(#"{"a":1,"b":[2]}"#.utf8), to: Array("{ \"b\": [2], \"a\": 1 }".utf8))
    #expect(difference.changes.isEmpty)
    #expect(difference.isSpelling)
    #expect(difference.lines() == ["  Only its spelling: spaces, or the order of members."])
  }

  @Test func `what was replaced, taken out and put in is named by place`() {
    #expect(
      changes(#"{"a":"x","b":{"c":1,"d":true}}"#, #"{"a":"y","b":{"c":1,"e":null}}"#) == [
        .init(place: "/a", before: #""x""#, after: #""y""#),
        .init(place: "/b/d", before: "true", after: nil),
        .init(place: "/b/e", before: nil, after: "null"),
      ])
  }

  @Test func `names with slashes and tildes are places that a pointer finds`() {
    #expect(changes(#"{"a/b":1,"c~d":1}"#, #"{"a/b":2,"c~d":2}"#).map(\.place) == ["/a~1b", "/c~0d"])
  }

  @Test func `a value of another kind is one change, and the whole text is a place too`() {
    #expect(changes(#"{"a":[1,2]}"#, #"{"a":{"b":1}}"#) == [.init(place: "/a", before: "[1,2]", after: #"{"b":1}"#)])
    let whole = EditDifference(from: Array("[1]".utf8), to: Array("{}".utf8))
    #expect(whole.lines() == ["  the whole", "    - [1]", "    + {}"])
  }

  @Test func `one element put into the middle of a list is one change`() {
    #expect(changes("[1,2,4,5]", "[1,2,3,4,5]") == [.init(place: "/2", before: nil, after: "3")])
    #expect(changes("[1,2,3,4,5]", "[1,2,4,5]") == [.init(place: "/2", before: "3", after: nil)])
    #expect(changes(#"[{"a":1},{"a":2}]"#, #"[{"a":1},{"a":3}]"#) == [.init(place: "/1/a", before: "2", after: "3")])
    #expect(changes("[1,1,1]", "[1]").count == 2)
  }

  @Test func `a text that is no JSON is compared by lines`() {
    #expect(
      changes("ip,seen\n1.2.3.4,today\nend", "ip,seen\n1.2.3.5,today\nend") == [
        .init(place: "line 2", before: "1.2.3.4,today", after: "1.2.3.5,today")
      ])
    #expect(changes("{", "{\n}").map(\.place) == ["line 2"])
  }

  @Test func `what is shown has an end, and nothing that moves a cursor`() {
    let before = "[\(Array(repeating: "1", count: 40).joined(separator: ","))]"
    let after = "[\(Array(repeating: "2", count: 40).joined(separator: ","))]"
    let lines = EditDifference(from: Array(before.utf8), to: Array(after.utf8)).lines()
    #expect(lines.count == 12 * 3 + 1)
    #expect(lines.last == "  and 28 more places")
    let long = String(repeating: "x", count: 10_000)
    let shown = EditDifference(
      from: Array(#"{"a":"\#u{1b}[2J"}"#.utf8), to: Array(#"{"a":"\#(long)"}"#.utf8)
    ).lines(width: 100)
    #expect(shown.allSatisfy { $0.count <= 100 })
    #expect(shown.joined().unicodeScalars.allSatisfy { $0.value >= 0x20 })
  }
}
