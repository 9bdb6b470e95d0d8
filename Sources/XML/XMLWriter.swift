/// Writes an XML text, element by element.
package struct XMLWriter: Sendable {
  package private(set) var bytes: [UInt8] = Array(#"<?xml version="1.0" encoding="UTF-8"?>"#.utf8)

  package init() {}

  /// An element with its attributes; `body` writes what is inside.
  package mutating func element(
    _ name: String, _ attributes: [(String, String)] = [], _ body: (inout XMLWriter) -> Void = { _ in }
  ) {
    bytes.append(UInt8(ascii: "<"))
    bytes.append(contentsOf: name.utf8)
    for (name, value) in attributes {
      bytes.append(UInt8(ascii: " "))
      bytes.append(contentsOf: name.utf8)
      bytes.append(contentsOf: "=\"".utf8)
      append(value, isAttribute: true)
      bytes.append(UInt8(ascii: "\""))
    }
    let start = bytes.count
    bytes.append(UInt8(ascii: ">"))
    body(&self)
    if bytes.count == start + 1 {
      bytes[start] = UInt8(ascii: "/")
      bytes.append(UInt8(ascii: ">"))
    } else {
      bytes.append(contentsOf: "</".utf8)
      bytes.append(contentsOf: name.utf8)
      bytes.append(UInt8(ascii: ">"))
    }
  }

  package mutating func text(_ text: String) { append(text, isAttribute: false) }

  /// XML that is well-formed already.
  package mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Characters that XML has no way to write become a replacement character.
  private mutating func append(_ text: String, isAttribute: Bool) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
      case UInt8(ascii: "\"") where isAttribute: bytes.append(contentsOf: "&quot;".utf8)
      case 0x09 where isAttribute: bytes.append(contentsOf: "&#9;".utf8)
      case 0x0A where isAttribute: bytes.append(contentsOf: "&#10;".utf8)
      case 0x0D: bytes.append(contentsOf: "&#13;".utf8)
      case 0x00..<0x09, 0x0B, 0x0C, 0x0E..<0x20: bytes.append(contentsOf: "\u{FFFD}".utf8)
      default: bytes.append(byte)
      }
    }
  }
}
