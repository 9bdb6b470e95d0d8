import JSON

/// What `contentEncoding` and `contentMediaType` ask of a string, as far as it is asserted.
struct Content: OptionSet, Sendable {
  let rawValue: UInt8

  static let base64 = Content(rawValue: 1)
  static let json = Content(rawValue: 2)

  func accepts(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var bytes = Array(text)
    if contains(.base64) {
      guard let decoded = Self.decoded(text) else { return false }
      bytes = decoded
    }
    return !contains(.json) || (try? JSONDocument(bytes)) != nil
  }

  /// The content in words, for a sentence.
  var words: String {
    switch (contains(.base64), contains(.json)) {
    case (true, true): "JSON in base64"
    case (true, false): "base64"
    default: "a JSON text"
    }
  }

  /// RFC 4648 section 4, with its padding.
  private static func decoded(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard padding <= 2 else { return nil }
    var bytes: [UInt8] = []
    var group: UInt32 = 0
    for (place, byte) in text.enumerated() {
      let value: UInt32
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte - UInt8(ascii: "A"))
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte - UInt8(ascii: "a")) + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte - UInt8(ascii: "0")) + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      case UInt8(ascii: "=") where place >= text.count - padding: value = 0
      default: return nil
      }
      group = group << 6 | value
      guard place % 4 == 3 else { continue }
      bytes += [
        UInt8(truncatingIfNeeded: group >> 16), UInt8(truncatingIfNeeded: group >> 8), UInt8(truncatingIfNeeded: group),
      ]
      group = 0
    }
    bytes.removeLast(padding)
    return bytes
  }
}
