import JSON
import Testing

@Suite struct KeyIndexTests {
  private func place(of key: String, in index: KeyIndex) -> Int? {
    var key = key
    return key.withUTF8 { index.place(of: $0) }
  }

  @Test func `each name is found at its place, and no other key at any`() {
    let names = (0..<300).map { "field.\($0)" } + ["", "a", "ab", "abcdefgh", "abcdefghi", "h\u{e9}", "source.ip"]
    let index = KeyIndex(names)
    for (number, name) in names.enumerated() { #expect(place(of: name, in: index) == number) }
    for other in ["field.300", "field.", "b", "ba", "abcdefg", "source.ipx", "source.i", "Source.ip", "he"] {
      #expect(place(of: other, in: index) == nil)
    }
  }

  @Test func `nothing is found among no names`() {
    #expect(place(of: "", in: KeyIndex([])) == nil)
    #expect(place(of: "x", in: KeyIndex([])) == nil)
  }

  @Test(arguments: [
    #"{"a" : [ 1 , "x  y" , { } ] , "\u0062" :"\"\\ \/\n" }"#, #" "a \\" "#, " -1.50e+03 ",
    "\t[ \"\\\\\" , \"\\\"\" ]\n",
    #"["\\\\\\","\\\"","a\\","héllo","😀\ud83d\ude00",""]"#, "{}", "[ ]", "true",
  ])
  func `a value is written in its own spelling without the space around tokens`(_ text: String) throws {
    var expected: [UInt8] = []
    var inString = false
    var isEscaped = false
    for byte in text.utf8 {
      if inString {
        inString = isEscaped || byte != 0x22
        isEscaped = !isEscaped && byte == 0x5C
      } else if byte == 0x20 || byte == 0x09 || byte == 0x0A {
        continue
      } else {
        inString = byte == 0x22
      }
      expected.append(byte)
    }
    let root = try JSONDocument(Array(text.utf8)).root
    var writer = JSONWriter()
    writer.value(root)
    #expect(writer.bytes == expected)
    // Each string for itself, too: where it ends is found in another way.
    var whole = JSONWriter()
    copy(root, to: &whole)
    #expect(try JSONDocument(whole.bytes).root == root)
    #expect(root.isObject || whole.bytes == expected)
  }

  private func copy(_ value: JSONValue, to writer: inout JSONWriter) {
    if value.isObject {
      writer.object { writer in for (key, member) in value.members { writer.member(key) { copy(member, to: &$0) } } }
    } else if value.isArray {
      writer.array { writer in for element in value.elements { copy(element, to: &writer) } }
    } else {
      writer.value(value)
    }
  }
}
