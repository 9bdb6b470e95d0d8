/// A piece of a pattern's text.
enum PatternToken: Equatable {
  case word(String)
  case string(String)
  case literal(Pattern.Literal)
  case symbol(String)
  case end

  /// How the token is named in an error.
  var name: String {
    switch self {
    case .word(let text), .symbol(let text): "\"\(text)\""
    case .string(let text): "the text '\(text.prefix(40))'"
    case .literal: "a literal"
    case .end: "the end"
    }
  }
}

/// Cuts a pattern's text into tokens.
struct PatternLexer {
  private let text: [UInt8]
  private var at = 0

  init(_ text: String) { self.text = Array(text.utf8) }

  /// The next token and the byte where it begins.
  mutating func next() throws(PatternError) -> (token: PatternToken, start: Int) {
    try skipSpace()
    let start = at
    guard let byte = peek() else { return (.end, start) }
    switch byte {
    case UInt8(ascii: "'"):
      return (.string(try quoted()), start)
    case UInt8(ascii: "h"), UInt8(ascii: "b"), UInt8(ascii: "t"):
      if peek(1) == UInt8(ascii: "'") { return (.literal(try prefixed(byte)), start) }
      return (.word(word()), start)
    case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      if let number = try number() { return (.literal(number), start) }
      at += 1
      return (.symbol(String(UnicodeScalar(byte))), start)
    case let byte where Self.isWord(byte):
      return (.word(word()), start)
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "!"):
      at += 1
      if peek() == UInt8(ascii: "=") || (byte == UInt8(ascii: "<") && peek() == UInt8(ascii: ">")) { at += 1 }
      return (.symbol(String(decoding: text[start..<at], as: UTF8.self)), start)
    case UInt8(ascii: "="):
      at += peek(1) == UInt8(ascii: "=") ? 2 : 1
      return (.symbol("="), start)
    case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","),
      UInt8(ascii: ":"), UInt8(ascii: "*"):
      at += 1
      return (.symbol(String(UnicodeScalar(byte))), start)
    default:
      if byte == UInt8(ascii: "\"") { throw error("texts and keys stand in single quotes, '...'", at: start) }
      let character = String(decoding: text[start...], as: UTF8.self).prefix(1)
      throw error("the character \(character) has no meaning here", at: start)
    }
  }

  /// The text from a byte to the end of the last token.
  func taken(from start: Int) -> String { String(decoding: text[start..<at], as: UTF8.self) }

  /// An error at a byte, with its place counted in characters.
  func error(_ message: String, at offset: Int) -> PatternError {
    PatternError(message: message, position: String(decoding: text[..<offset], as: UTF8.self).count + 1)
  }

  private func peek(_ distance: Int = 0) -> UInt8? {
    at + distance < text.count ? text[at + distance] : nil
  }

  /// White space of Unicode, and comments as the grammar has them.
  private mutating func skipSpace() throws(PatternError) {
    while let byte = peek() {
      if byte == 0x20 || (0x09...0x0D).contains(byte) {
        at += 1
      } else if byte == 0xC2, peek(1) == 0xA0 || peek(1) == 0x85 {
        at += 2
      } else if byte >= 0xE1, byte <= 0xE3, isWideSpace() {
        at += 3
      } else if byte == UInt8(ascii: "/"), peek(1) == byte {
        while let byte = peek(), byte != 0x0A { at += 1 }
      } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        let start = at
        at += 2
        while at < text.count, !(peek() == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) { at += 1 }
        guard at < text.count else { throw error("this comment does not end", at: start) }
        at += 2
      } else {
        return
      }
    }
  }

  /// The spaces of three bytes: U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F and U+3000.
  private func isWideSpace() -> Bool {
    switch (peek(), peek(1), peek(2)) {
    case (0xE1, 0x9A, 0x80), (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80): true
    case (0xE2, 0x80, let last?): (0x80...0x8A).contains(last) || last == 0xA8 || last == 0xA9 || last == 0xAF
    default: false
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
  }

  /// Letters, digits, underscores and hyphens; where a property's name is meant, the parser refuses the hyphens.
  private mutating func word() -> String {
    let start = at
    while let byte = peek(), Self.isWord(byte) || byte == UInt8(ascii: "-") { at += 1 }
    return String(decoding: text[start..<at], as: UTF8.self)
  }

  private mutating func quoted() throws(PatternError) -> String {
    let start = at
    var content: [UInt8] = []
    at += 1
    while let byte = peek() {
      at += 1
      switch byte {
      case UInt8(ascii: "'"):
        return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let escaped = peek(), escaped == UInt8(ascii: "'") || escaped == UInt8(ascii: "\\") else {
          throw error("in a text a backslash stands before ' or another backslash", at: at - 1)
        }
        content.append(escaped)
        at += 1
      default:
        content.append(byte)
      }
    }
    throw error("this text does not end", at: start)
  }

  private mutating func prefixed(_ prefix: UInt8) throws(PatternError) -> Pattern.Literal {
    let start = at
    at += 1
    let content = try quoted()
    switch prefix {
    case UInt8(ascii: "t"):
      guard let moment = Timestamp(content) else {
        throw error("expected a moment such as t'2026-01-01T00:00:00Z'", at: start)
      }
      return .timestamp(moment)
    case UInt8(ascii: "h"):
      guard let octets = OctetText.hex(content) else {
        throw error("expected pairs of hexadecimal digits in h'...'", at: start)
      }
      return .binary(octets)
    default:
      guard let octets = OctetText.base64(content) else { throw error("expected base64 in b'...'", at: start) }
      return .binary(octets)
    }
  }

  /// A number, or nil when the sign or point begins none.
  private mutating func number() throws(PatternError) -> Pattern.Literal? {
    let start = at
    var end = at
    if text[end] == UInt8(ascii: "+") || text[end] == UInt8(ascii: "-") { end += 1 }
    let digits = end
    while end < text.count, (0x30...0x39).contains(text[end]) { end += 1 }
    var isFloat = false
    if end < text.count, text[end] == UInt8(ascii: "."), end + 1 < text.count, (0x30...0x39).contains(text[end + 1]) {
      isFloat = true
      end += 1
      while end < text.count, (0x30...0x39).contains(text[end]) { end += 1 }
    }
    guard end > digits else { return nil }
    at = end
    let number = String(decoding: text[start..<end], as: UTF8.self)
    if let byte = peek(), Self.isWord(byte) { throw error("this is neither a number nor a word", at: start) }
    if isFloat {
      guard let value = Double(number), value.isFinite else { throw error("this number is too large", at: start) }
      return .float(value)
    }
    let isZeroFilled = end - digits > 1 && text[digits] == UInt8(ascii: "0")
    guard !isZeroFilled else { throw error("an integer has no leading zeros", at: start) }
    guard let value = Int64(number) else { throw error("this number does not fit 64 bits", at: start) }
    return .integer(value)
  }
}

/// Octets written as text.
enum OctetText {
  static func hex(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2), digits.allSatisfy(UUIDText.isHex) else { return nil }
    func value(_ digit: UInt8) -> UInt8 { digit <= 0x39 ? digit - 0x30 : (digit | 0x20) - 0x61 + 10 }
    return stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
  }

  static func base64(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 4) else { return nil }
    let padding = digits.suffix(2).count { $0 == UInt8(ascii: "=") }
    var octets: [UInt8] = []
    var bits: UInt32 = 0
    for (place, digit) in digits.enumerated() {
      let value: UInt8
      switch digit {
      case 0x41...0x5A: value = digit - 0x41
      case 0x61...0x7A: value = digit - 0x61 + 26
      case 0x30...0x39: value = digit - 0x30 + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      case UInt8(ascii: "=") where place >= digits.count - padding: value = 0
      default: return nil
      }
      bits = bits << 6 | UInt32(value)
      if place % 4 == 3 { octets += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)] }
    }
    return Array(octets.dropLast(padding))
  }
}
