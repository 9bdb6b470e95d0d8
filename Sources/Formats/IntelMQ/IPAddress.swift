/// Addresses of IPv4 and IPv6 as text.
package enum IPAddress {
  package static func isAddress(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    isV4(text[...]) || isV6(String(decoding: text, as: UTF8.self))
  }

  package static func isNetwork(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let slash = text.lastIndex(of: UInt8(ascii: "/")), let length = number(text[(slash + 1)...]) else {
      return false
    }
    let address = text[..<slash]
    return isV4(address) ? length <= 32 : isV6(String(decoding: address, as: UTF8.self)) && length <= 128
  }

  package static func isAddress(_ text: String) -> Bool { with(text) { isAddress($0) } }
  package static func isNetwork(_ text: String) -> Bool { with(text) { isNetwork($0) } }
  package static func isV4(_ text: String) -> Bool { with(text) { isV4($0[...]) } }

  private static func with(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool {
    var text = text
    return text.withUTF8(body)
  }

  /// One to three digits.
  private static func number(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    guard (1...3).contains(text.count), text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static func isV4(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var parts = 1
    var digits = 0
    var number = 0
    for byte in text {
      switch byte {
      case UInt8(ascii: "."):
        guard digits > 0 else { return false }
        parts += 1
        (digits, number) = (0, 0)
      case 0x30...0x39:
        // No part begins with a zero, unless it is one.
        guard digits == 0 || number > 0 else { return false }
        number = number * 10 + Int(byte - 0x30)
        digits += 1
        guard number < 256 else { return false }
      default: return false
      }
    }
    return parts == 4 && digits > 0
  }

  package static func isV6(_ text: String) -> Bool {
    var text = Substring(text)
    guard text.contains(":"), !text.contains(":::") else { return false }
    if let colon = text.lastIndex(of: ":"), text[colon...].contains(".") {
      guard isV4(String(text[text.index(after: colon)...])) else { return false }
      text = text[...colon] + "0:0"
    }
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    guard halves.count <= 2 else { return false }
    let groups = halves.flatMap { half in
      half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false)
    }
    let areRight = groups.allSatisfy {
      (1...4).contains($0.utf8.count) && $0.allSatisfy { $0.isASCII && $0.isHexDigit }
    }
    return areRight && (halves.count == 2 ? groups.count < 8 : groups.count == 8)
  }
}
