/// A STIX identifier, `type--uuid` (STIX 2.1 section 2.9).
///
/// Parsing is strict: a type name of the specification's form and a UUID of RFC 4122 shape (versions 1 to 5, its
/// variant). Letters of the UUID may be of either case; `text` keeps what was written, `canonical` is lower case and
/// is what ids are compared by.
package struct STIXID: Sendable, Hashable, CustomStringConvertible {
  package let text: String
  package let type: String

  /// Nil unless the whole text is an identifier.
  package init?(_ text: String) {
    var copy = text
    guard let typeLength = copy.withUTF8({ Self.typeLength(of: $0) }) else { return nil }
    self.text = text
    self.type = String(decoding: text.utf8.prefix(typeLength), as: UTF8.self)
  }

  /// The UUID of an identifier, in lower case; nil where the text is none.
  package static func uuid(of id: String) -> String? {
    var id = id
    return id.withUTF8 { bytes in
      guard typeLength(of: bytes) != nil else { return nil }
      return String(unsafeUninitializedCapacity: UUIDText.length) { text in
        for (at, byte) in bytes.suffix(UUIDText.length).enumerated() {
          text.initializeElement(at: at, to: UUIDText.lowercased(byte))
        }
        return UUIDText.length
      }
    }
  }

  private static func typeLength(of bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard bytes.count > 38, UUIDText.isUUID(bytes, at: bytes.count - 36) else { return nil }
    let length = bytes.count - 38
    guard bytes[length] == UInt8(ascii: "-"), bytes[length + 1] == UInt8(ascii: "-") else { return nil }
    guard UUIDText.isStandard(bytes, at: bytes.count - 36) else { return nil }
    return TypeName.isValid(bytes[..<length]) ? length : nil
  }

  /// The UUID as it was written.
  package var uuid: String { String(decoding: text.utf8.suffix(36), as: UTF8.self) }

  /// The version digit of the UUID: 4 for random, 5 for derived from a name.
  package var version: Int { Int(text.utf8[text.utf8.index(text.utf8.endIndex, offsetBy: -22)]) - 0x30 }

  /// The form that ids are compared by.
  package var canonical: String { text.lowercased() }

  package var description: String { text }

  package static func == (left: STIXID, right: STIXID) -> Bool { left.canonical == right.canonical }

  package func hash(into hasher: inout Hasher) { hasher.combine(canonical) }
}

/// Names of object types: lower-case letters, digits and single hyphens, 3 to 250 of them (STIX 2.1 section 3.1).
package enum TypeName {
  package static func isValid(_ name: some StringProtocol) -> Bool { isValid(Array(name.utf8)) }

  static func isValid(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
    guard (3...250).contains(bytes.count), let first = bytes.first, let last = bytes.last else { return false }
    guard (0x61...0x7A).contains(first), last != UInt8(ascii: "-") else { return false }
    var previous: UInt8 = 0
    for byte in bytes {
      switch byte {
      case 0x61...0x7A, 0x30...0x39: break
      case UInt8(ascii: "-") where previous != byte: break
      default: return false
      }
      previous = byte
    }
    return true
  }
}

/// UUIDs in text: 36 characters, hyphens at 8, 13, 18 and 23.
enum UUIDText {
  static let length = 36

  static func isHex(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }

  static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  /// Whether the 36 bytes from `start` have a UUID's shape, whatever its version.
  static func isUUID(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
    guard start >= 0, start + length <= bytes.count, let base = UnsafeRawPointer(bytes.baseAddress) else {
      return false
    }
    let hyphen = UInt8(ascii: "-")
    guard bytes[start + 8] == hyphen, bytes[start + 13] == hyphen, bytes[start + 18] == hyphen,
      bytes[start + 23] == hyphen
    else { return false }
    let words = digits(base + start)
    return areHex(words.0) && areHex(words.1) && areHex(words.2) && areHex(words.3)
  }

  /// The 32 digits of the UUID that begins here, eight in each word, as they are written.
  static func digits(_ start: UnsafeRawPointer) -> (UInt64, UInt64, UInt64, UInt64) {
    func half(_ offset: Int) -> UInt64 { UInt64((start + offset).loadUnaligned(as: UInt32.self)) }
    return (
      start.loadUnaligned(as: UInt64.self), half(9) | half(14) &<< 32, half(19) | half(24) &<< 32,
      (start + 28).loadUnaligned(as: UInt64.self)
    )
  }

  /// Whether each of the eight bytes is a digit of base 16, of either case: all of them compared at once, by a bit that
  /// is carried into the highest one of each byte.
  private static func areHex(_ word: UInt64) -> Bool {
    let each: UInt64 = 0x0101_0101_0101_0101
    let highest = each &* 0x80
    func atLeast(_ word: UInt64, _ byte: UInt64) -> UInt64 { word &+ each &* (0x80 - byte) }
    let lower = word | each &* 0x20
    let numbers = atLeast(word, 0x30) & ~atLeast(word, 0x3A)
    let letters = atLeast(lower, 0x61) & ~atLeast(lower, 0x67)
    return word & highest == 0 && (numbers | letters) & highest == highest
  }

  /// Whether version (1 to 5) and variant are RFC 4122's.
  static func isStandard(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
    switch (bytes[start + 14], bytes[start + 19]) {
    case (0x31...0x35, 0x38...0x39), (0x31...0x35, 0x41...0x42), (0x31...0x35, 0x61...0x62): true
    default: false
    }
  }
}
