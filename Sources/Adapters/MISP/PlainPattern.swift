/// Patterns that say only that some values stand together, as nearly all that are made of attributes do: read without
/// a tree. `[file:name = 'a' AND file:hashes.'SHA-256' = '…']`.
enum PlainPattern {
  /// What the pattern says; nil where it has any other form, which the parser of the language reads.
  static func facts(_ text: String) -> [Fact]? {
    var text = text
    return text.withUTF8 { bytes in
      var reader = Reader(bytes: bytes)
      return reader.facts()
    }
  }

  private struct Reader {
    let bytes: UnsafeBufferPointer<UInt8>
    var at = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func facts() -> [Fact]? {
      guard skip("[") else { return nil }
      var facts: [Fact] = []
      while true {
        guard let fact = fact() else { return nil }
        facts.append(fact.normalised)
        if skip("]") { break }
        guard skip(" AND ") else { return nil }
      }
      // Inside of one observation, comparisons are of one type.
      guard at == bytes.count, facts.allSatisfy({ $0.type == facts[0].type }) else { return nil }
      return facts
    }

    private mutating func fact() -> Fact? {
      let start = at
      while at < bytes.count, Self.isOfName(bytes[at]) || bytes[at] == UInt8(ascii: "-") { at += 1 }
      guard at > start, at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return nil }
      let type = String(decoding: bytes[start..<at], as: UTF8.self)
      at += 1
      guard let path = path(), skip(" = ") else { return nil }
      if let text = literal() { return Fact(type: type, path: path, value: text) }
      let digits = at
      while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
      // Numbers with a sign, a fraction or leading zeros are the parser's.
      guard at > digits, at - digits <= 18, at < bytes.count, bytes[at] == UInt8(ascii: "]") || bytes[at] == 0x20,
        bytes[digits] != 0x30 || at == digits + 1
      else { return nil }
      let number = String(decoding: bytes[digits..<at], as: UTF8.self)
      return Fact(type: type, path: path, value: number, isNumber: true)
    }

    /// Steps of letters, digits and underscores, or in quotes; no indexes.
    private mutating func path() -> String? {
      var text: [UInt8] = []
      while true {
        if at < bytes.count, bytes[at] == UInt8(ascii: "'") {
          at += 1
          let start = at
          while at < bytes.count, Self.isOfName(bytes[at]) || bytes[at] == UInt8(ascii: "-") { at += 1 }
          guard at > start, at < bytes.count, bytes[at] == UInt8(ascii: "'") else { return nil }
          text.append(contentsOf: bytes[start..<at])
          at += 1
        } else {
          let start = at
          while at < bytes.count, Self.isOfName(bytes[at]) { at += 1 }
          guard at > start else { return nil }
          text.append(contentsOf: bytes[start..<at])
        }
        guard at < bytes.count, bytes[at] == UInt8(ascii: ".") else { break }
        text.append(UInt8(ascii: "."))
        at += 1
      }
      return String(decoding: text, as: UTF8.self)
    }

    private mutating func literal() -> String? {
      guard at < bytes.count, bytes[at] == UInt8(ascii: "'") else { return nil }
      let start = at + 1
      var end = start
      while end < bytes.count, bytes[end] != UInt8(ascii: "'") {
        // What is escaped is the parser's.
        if bytes[end] == UInt8(ascii: "\\") { return nil }
        end += 1
      }
      guard end < bytes.count else { return nil }
      at = end + 1
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func skip(_ text: StaticString) -> Bool {
      text.withUTF8Buffer { expected in
        guard at + expected.count <= bytes.count else { return false }
        for offset in 0..<expected.count where bytes[at + offset] != expected[offset] { return false }
        at += expected.count
        return true
      }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
  }
}
