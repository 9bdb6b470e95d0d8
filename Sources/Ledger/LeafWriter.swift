/// Writes the members of one flat JSON object in JCS form; they must come in ascending order.
struct LeafWriter {
  private var bytes: [UInt8] = []
  private var last = ""

  init() {
    bytes.reserveCapacity(512)
    bytes.append(UInt8(ascii: "{"))
  }

  mutating func member(_ key: String, _ value: Int64?) {
    guard let value else { return }
    begin(key)
    bytes.append(contentsOf: String(value).utf8)
  }

  mutating func member(_ key: String, _ value: Bool) {
    begin(key)
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  mutating func member(_ key: String, _ value: String?) {
    guard let value else { return }
    begin(key)
    text(value)
  }

  mutating func member(_ key: String, hex value: [UInt8]) {
    begin(key)
    bytes.append(UInt8(ascii: "\""))
    for byte in value {
      bytes.append(Self.digits[Int(byte >> 4)])
      bytes.append(Self.digits[Int(byte & 15)])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static let digits = Array("0123456789abcdef".utf8)

  func finished() -> [UInt8] { bytes + [UInt8(ascii: "}")] }

  private mutating func begin(_ key: String) {
    assert(last < key, "the members of a leaf stand in ascending order")
    last = key
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    text(key)
    bytes.append(UInt8(ascii: ":"))
  }

  /// A JSON string as RFC 8785 section 3.2.2.2 has it: short escapes, `\u00xx` for the other controls, all else as is.
  private mutating func text(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    let needsEscape = value.utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    guard needsEscape else { return bytes.append(contentsOf: value.utf8) }
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x08: bytes.append(contentsOf: "\\b".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case 0x0A: bytes.append(contentsOf: "\\n".utf8)
      case 0x0C: bytes.append(contentsOf: "\\f".utf8)
      case 0x0D: bytes.append(contentsOf: "\\r".utf8)
      case 0..<0x20: bytes.append(contentsOf: "\\u00\([byte].hex)".utf8)
      default: bytes.append(byte)
      }
    }
  }
}
