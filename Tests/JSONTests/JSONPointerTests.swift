import JSON
import Testing

struct JSONPointerTests {
  @Test(arguments: ["a", "a/b", "/a~", "/a~2", "/~/b", "#/a"])
  func `a pointer of the wrong form is refused`(_ text: String) {
    #expect(throws: JSONError.self) { try JSONPointer(text) }
  }

  @Test(arguments: ["/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/+1", "/foo/x", "/nothing", "/foo/0/a", "//"])
  func `a pointer to nothing leads nowhere`(_ text: String) throws {
    #expect(try rfc().at(JSONPointer(text)) == nil)
  }

  // RFC 6901 section 5.
  @Test(arguments: [
    ("/foo", #"["bar", "baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"),
    ("/g|h", "4"), ("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"),
  ])
  func `the examples of RFC 6901 lead where they should`(_ text: String, _ source: String) throws {
    let pointer = try JSONPointer(text)
    #expect(try rfc().at(pointer)?.description == source)
    #expect(pointer.description == text)
  }

  @Test func `pointers grow`() throws {
    #expect(JSONPointer.root.description == "")
    #expect(JSONPointer.root.appending("a/b").appending(3).description == "/a~1b/3")
    #expect(try JSONPointer("/a").contains(JSONPointer("/a/b")))
    #expect(try !JSONPointer("/a").contains(JSONPointer("/ab")))
  }

  private func rfc() throws -> JSONValue {
    try document(
      #"{"foo":["bar", "baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#
    ).root
  }
}
