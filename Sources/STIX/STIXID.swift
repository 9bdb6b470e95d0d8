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
    let typeLength: Int? = copy.withUTF8 { bytes in
      guard bytes.count > 38, UUIDText.isUUID(bytes, at: bytes.count - 36) else { return nil }
      let length = bytes.count - 38
      guard bytes[length] == UInt8(ascii: "-"), bytes[length + 1] == UInt8(ascii: "-") else { return nil }
      guard UUIDText.isStandard(bytes, at: bytes.count - 36) else { return nil }
      return TypeName.isValid(bytes[..<length]) ? length : nil
    }
    guard let typeLength else { return nil }
    self.text = text
    self.type = String(decoding: text.utf8.prefix(typeLength), as: UTF8.self)
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
    guard start >= 0, start + length <= bytes.count else { return false }
    for offset in 0..<length {
      let byte = bytes[start + offset]
      switch offset {
      case 8, 13, 18, 23: if byte != UInt8(ascii: "-") { return false }
      default: if !isHex(byte) { return false }
      }
    }
    return true
  }

  /// Whether version (1 to 5) and variant are RFC 4122's.
  static func isStandard(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
    switch (bytes[start + 14], bytes[start + 19]) {
    case (0x31...0x35, 0x38...0x39), (0x31...0x35, 0x41...0x42), (0x31...0x35, 0x61...0x62): true
    default: false
    }
  }
}
