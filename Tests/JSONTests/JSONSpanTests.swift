import JSON
import Testing

struct JSONSpanTests {
  /// Makes random texts, and notes where each value in them stands, in the order in which they begin.
  struct Author {
    var random: SystemRandomNumberGenerator = .init()
    var text = ""
    var spans: [Range<Int>] = []
    var keys = 0

    mutating func space() {
      for _ in 0..<Int.random(in: 0...2) { text += [" ", "\n", "\t", "\r", "  "].randomElement(using: &random) ?? "" }
    }

    mutating func string(_ tail: String = "") {
      let pieces = [#"\""#, #"\\"#, #"\\\""#, "ä", "😀", #"\ud83d\ude00"#, "{", "]", ":", ",", "a", #"\u0000"#, "\\/"]
      text += "\""
      for _ in 0..<Int.random(in: 0...6) { text += pieces.randomElement(using: &random) ?? "" }
      text += tail + "\""
    }

    mutating func value(_ depth: Int) {
      let place = spans.count
      let start = text.utf8.count
      spans.append(0..<0)
      switch Int.random(in: 0...(depth > 0 ? 9 : 6)) {
      case 0: text += ["true", "false", "null"].randomElement(using: &random) ?? ""
      case 1:
        text +=
          ["0", "-1", "123456789", "18446744073709551615", "270558628254433870000", "-9223372036854775808"]
          .randomElement() ?? ""
      case 2: text += ["1.5", "1e10", "-0.0", "1E-7", "0.1e+3", "1e-400"].randomElement(using: &random) ?? ""
      case 3...5: string()
      case 6: text += ["[]", "{}", "[ ]", "{\n}"].randomElement(using: &random) ?? ""
      case 7, 8:
        text += "{"
        for place in 0..<Int.random(in: 0...5) {
          if place > 0 { text += "," }
          space()
          keys += 1
          string("k\(keys)")
          space()
          text += ":"
          space()
          value(depth - 1)
          space()
        }
        text += "}"
      default:
        text += "["
        for place in 0..<Int.random(in: 0...5) {
          if place > 0 { text += "," }
          space()
          value(depth - 1)
          space()
        }
        text += "]"
      }
      spans[place] = start..<text.utf8.count
    }
  }

  static func spans(_ value: JSONValue) -> [Range<Int>] {
    [value.span] + value.members.flatMap { spans($0.value) } + value.elements.flatMap { spans($0) }
  }

  @Test func `each value of a thousand random texts knows its bytes`() throws {
    for _ in 0..<1_000 {
      var author = Author()
      author.space()
      author.value(5)
      author.space()
      let document = try document(author.text)
      let spans = Self.spans(document.root)
      #expect(spans == author.spans, "\(author.text)")
    }
  }

  @Test func `a value's source is what stands in the text`() throws {
    let root = try document(#" { "a" : [ 1.50 , "\u0041\"" ] , "b":{ "c" : -0 } } "#).root
    #expect(root["a"]?.description == #"[ 1.50 , "\u0041\"" ]"#)
    #expect(root["a"]?[0]?.description == "1.50")
    #expect(root["a"]?[1]?.description == #""\u0041\"""#)
    #expect(root["b"]?["c"]?.description == "-0")
    #expect(try document("7").root.description == "7")
  }

  @Test func `a position is a line and a character`() throws {
    let document = try document("{\n \"ä\": 1}")
    let value = try #require(document.root["ä"])
    #expect(document.position(of: value.span.lowerBound) == (2, 7))
    #expect(document.position(of: 0) == (1, 1))
  }
}
