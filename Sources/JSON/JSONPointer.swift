/// Where a value stands in a document (RFC 6901): the keys and places that lead to it.
package struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
  package let tokens: [String]

  /// The whole document.
  package static let root = JSONPointer(tokens: [])

  package init(tokens: [String]) { self.tokens = tokens }

  /// Reads `/a/0/b~1c`. Refuses a text that begins with anything but `/`, and `~` without `0` or `1`.
  package init(_ text: String) throws(JSONError) {
    if text.isEmpty {
      tokens = []
      return
    }
    guard text.utf8.first == UInt8(ascii: "/") else {
      throw Self.error("a JSON Pointer is empty or begins with \"/\"", at: 0)
    }
    var tokens: [String] = []
    var token: [UInt8] = []
    var escaped = false
    for (offset, byte) in text.utf8.enumerated().dropFirst() {
      switch (byte, escaped) {
      case (UInt8(ascii: "0"), true): token.append(UInt8(ascii: "~"))
      case (UInt8(ascii: "1"), true): token.append(UInt8(ascii: "/"))
      case (_, true): throw Self.error("in a JSON Pointer \"~\" is followed by 0 or 1", at: offset)
      case (UInt8(ascii: "~"), false):
        escaped = true
        continue
      case (UInt8(ascii: "/"), false):
        tokens.append(String(decoding: token, as: UTF8.self))
        token = []
      default: token.append(byte)
      }
      escaped = false
    }
    guard !escaped else { throw Self.error("in a JSON Pointer \"~\" is followed by 0 or 1", at: text.utf8.count) }
    self.tokens = tokens + [String(decoding: token, as: UTF8.self)]
  }

  package func appending(_ key: String) -> JSONPointer { JSONPointer(tokens: tokens + [key]) }
  package func appending(_ place: Int) -> JSONPointer { JSONPointer(tokens: tokens + [String(place)]) }
  package func appending(_ other: JSONPointer) -> JSONPointer { JSONPointer(tokens: tokens + other.tokens) }

  /// Whether this pointer leads to `other` or to a value that holds it.
  package func contains(_ other: JSONPointer) -> Bool { other.tokens.starts(with: tokens) }

  package var description: String {
    var text: [UInt8] = []
    for token in tokens {
      text.append(UInt8(ascii: "/"))
      for byte in token.utf8 {
        switch byte {
        case UInt8(ascii: "~"): text += [UInt8(ascii: "~"), UInt8(ascii: "0")]
        case UInt8(ascii: "/"): text += [UInt8(ascii: "~"), UInt8(ascii: "1")]
        default: text.append(byte)
        }
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// A token as the place of an array's element: digits without a leading zero.
  static func place(_ token: String) -> Int? {
    guard token.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    guard token == "0" || token.utf8.first != 0x30 else { return nil }
    return Int(token)
  }

  private static func error(_ message: String, at offset: Int) -> JSONError {
    JSONError(code: .syntax, message: message, offset: offset, line: 1, column: offset + 1)
  }
}
