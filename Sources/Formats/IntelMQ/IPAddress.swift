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
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
          && Int(part) ?? 256 < 256
          && (part.count == 1 || part.first != "0")
      }
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
