/// The forms that STIX asks of values: what has not the form of its type is kept as MISP has it, and no observable.
enum ValueForm {
  /// Whether an observable of a type may have this value.
  static func fits(_ type: String, _ value: String) -> Bool {
    switch type {
    case "ipv4-addr": isIPv4(value)
    case "ipv6-addr": isIPv6(value)
    case "domain-name": isDomainName(value)
    case "email-addr": isMailAddress(value)
    case "url": GalaxyTypes.isURL(value)
    default: !value.isEmpty
    }
  }

  /// Whether a hash has the form of its algorithm, where that is no number of digits.
  static func isHash(_ algorithm: String, _ value: String) -> Bool {
    switch algorithm {
    case "SSDEEP":
      let parts = value.prefix { $0 != "," }.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 3, !parts[0].isEmpty, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return false
      }
      return parts[1...].allSatisfy { $0.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2F || $0 == 0x2B } }
    case "TLSH":
      let digits = value.hasPrefix("T1") ? value.dropFirst(2) : value[...]
      return digits.utf8.count == 70 && digits.utf8.allSatisfy(isHex)
    default: return true
    }
  }

  private static func isIPv4(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      let cut = bytes.firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
      guard cut == bytes.count || isNumber(bytes[(cut + 1)...], upTo: 32) else { return false }
      var start = 0
      var octets = 0
      for at in 0...cut where at == cut || bytes[at] == UInt8(ascii: ".") {
        guard isNumber(bytes[start..<at], upTo: 255) else { return false }
        octets += 1
        start = at + 1
      }
      return octets == 4
    }
  }

  private static func isIPv6(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let prefix = checkedPrefix(parts, 128), prefix else { return false }
    let halves = parts[0].split(separator: ":", omittingEmptySubsequences: false)
    var groups = halves[...]
    var empty = 0
    if groups.first == "", groups.dropFirst().first == "" { groups = groups.dropFirst() }
    if groups.last == "", groups.dropLast().last == "" { groups = groups.dropLast() }
    for group in groups {
      if group.isEmpty {
        empty += 1
      } else if group.utf8.count > 4 || !group.utf8.allSatisfy(isHex) {
        return false
      }
    }
    let full = groups.count - empty
    return empty == 0 ? full == 8 : empty == 1 && full <= 7
  }

  /// True where there is no prefix length, or one that fits; nil where there are several.
  private static func checkedPrefix(_ parts: [Substring], _ longest: Int) -> Bool? {
    guard parts.count <= 2 else { return nil }
    return parts.count == 1 || isNumber(parts[1], upTo: longest)
  }

  private static func isNumber(_ text: Substring, upTo longest: Int) -> Bool {
    var text = text
    return text.withUTF8 { isNumber($0[...], upTo: longest) }
  }

  /// One to three digits, and none that begin with a zero but zero.
  private static func isNumber(_ text: Slice<UnsafeBufferPointer<UInt8>>, upTo longest: Int) -> Bool {
    guard (1...3).contains(text.count), text.count == 1 || text.first != UInt8(ascii: "0") else { return false }
    var number = 0
    for byte in text {
      guard (0x30...0x39).contains(byte) else { return false }
      number = number * 10 + Int(byte - 0x30)
    }
    return number <= longest
  }

  private static func isDomainName(_ name: String) -> Bool {
    guard !name.isEmpty, name.utf8.count <= 253 else { return false }
    var copy = name
    if let verdict = copy.withUTF8({ isPlainDomainName($0) }) { return verdict }
    return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      guard (1...63).contains(label.utf8.count), !label.hasPrefix("-"), !label.hasSuffix("-") else { return false }
      let start = label.prefix(4).lowercased()
      if start.hasSuffix("--"), start.utf8.count == 4, start != "xn--" { return false }
      return label.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
          ? isAlphanumeric(UInt8(scalar.value)) || scalar == "-"
          : scalar.properties.isAlphabetic && scalar.properties.generalCategory != .letterNumber
      }
    }
  }

  /// The same of a name in ASCII; nil for any other.
  private static func isPlainDomainName(_ name: UnsafeBufferPointer<UInt8>) -> Bool? {
    guard !name.contains(where: { $0 >= 0x80 }) else { return nil }
    let hyphen = UInt8(ascii: "-")
    var start = 0
    for at in 0...name.count where at == name.count || name[at] == UInt8(ascii: ".") {
      let label = name[start..<at]
      guard (1...63).contains(label.count), label.first != hyphen, label.last != hyphen,
        label.allSatisfy({ isAlphanumeric($0) || $0 == hyphen })
      else { return false }
      // Two hyphens behind two letters are for names of other alphabets.
      if label.count >= 4, name[start + 2] == hyphen, name[start + 3] == hyphen {
        guard name[start] | 0x20 == UInt8(ascii: "x"), name[start + 1] | 0x20 == UInt8(ascii: "n") else { return false }
      }
      start = at + 1
    }
    return true
  }

  private static func isMailAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return false }
    return parts.allSatisfy { part in
      let atoms = part.split(separator: ".", omittingEmptySubsequences: false)
      return atoms.allSatisfy { atom in
        !atom.isEmpty && atom.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !specials.contains($0) }
      }
    }
  }

  private static let specials = Set("()<>@,;:\\\"[].".utf8)

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
  }
}
