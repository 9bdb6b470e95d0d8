/// Addresses of IPv4 and IPv6 as text.
package enum IPAddress {
  package static func isAddress(_ text: String) -> Bool { isV4(text) || isV6(text) }

  package static func isNetwork(_ text: String) -> Bool {
    guard let slash = text.lastIndex(of: "/"), let length = Int(text[text.index(after: slash)...]), length >= 0 else {
      return false
    }
    let address = String(text[..<slash])
    return isV4(address) ? length <= 32 : isV6(address) && length <= 128
  }

  package static func isV4(_ text: String) -> Bool {
    var parts = 1
    var digits = 0
    var number = 0
    for byte in text.utf8 {
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
    let areRight = groups.allSatisfy { (1...4).contains($0.utf8.count) && $0.allSatisfy(\.isHexDigit) }
    return areRight && (halves.count == 2 ? groups.count < 8 : groups.count == 8)
  }
}
