/// What values of MISP's attribute types look like.
///
/// MISP itself refuses to store what is an error here; what it takes from older instances and corrects is a warning.
package enum MISPValues {
  /// Whether an attribute may have this type with this value, by all that is asked of the two: whoever writes attributes
  /// is held to the same as whoever sends them.
  package static func accepts(_ type: String, _ value: String) -> Bool {
    guard !value.isEmpty, !type.isEmpty else { return false }
    guard type.utf8.count <= 100 || type.unicodeScalars.count <= 100 else { return false }
    if type.utf8.contains(UInt8(ascii: "|")), !value.utf8.contains(UInt8(ascii: "|")) { return false }
    guard HashLengths.fits(type, value) else { return false }
    guard let forms = forms[type], forms.contains(where: \.isBinding) else { return true }
    return fault(type, value).map { !isError($0.form, $0.piece) } ?? true
  }

  /// What a piece of a value must be or should be.
  enum Form: String {
    case address = "an IP address, or a block of them such as 198.51.100.0/24"
    case port = "a port, 0 to 65535"
    case system = "the number of an autonomous system, 0 to 4294967295, after AS or not"
    case hardware = "twelve hexadecimal digits in pairs, such as d2:fb:49:24:37:18"
    case longHardware = "sixteen hexadecimal digits in pairs, such as d2:fb:49:ff:fe:24:37:18"
    case count = "a whole number in digits"
    case yesOrNo = "one of 0, 1, true and false"
    case digits = "hexadecimal digits"
    case name = "the name of a host, such as www.example.com"
    case mail = "an e-mail address such as jane@example.com"
    case link = "a URL with its scheme, such as https://example.com/"
    case vulnerability = "a number such as CVE-2026-12345"
    case weakness = "a number such as CWE-79"
    case fuzzy = "a block size and the parts of a fuzzy hash, with colons between them"
    case any

    /// Whether a value of another form is an error, and not merely odd.
    var isBinding: Bool {
      switch self {
      case .address, .port, .system, .hardware, .longHardware, .count, .yesOrNo, .digits: true
      case .name, .mail, .link, .vulnerability, .weakness, .fuzzy, .any: false
      }
    }
  }

  /// The first form of the type that the value has not, and the piece of the value that should have it.
  static func fault(_ type: String, _ value: String) -> (form: Form, piece: String)? {
    guard let forms = forms[type] else { return nil }
    guard forms.count > 1 else { return accepts(forms[0], value) ? nil : (forms[0], value) }
    // The last bar separates: no second piece has one.
    guard let bar = value.lastIndex(of: "|") else { return nil }
    let pieces = [String(value[..<bar]), String(value[value.index(after: bar)...])]
    for (form, piece) in zip(forms, pieces) where !accepts(form, piece) { return (form, piece) }
    return nil
  }

  /// Whether such a fault is an error. A name where an address should be is what older instances hold, and is only odd.
  static func isError(_ form: Form, _ piece: String) -> Bool {
    form.isBinding
      && !(form == .address
        && piece.unicodeScalars.contains { $0.properties.isAlphabetic && !$0.properties.isASCIIHexDigit })
  }

  private static let forms: [String: [Form]] = [
    "ip-src": [.address], "ip-dst": [.address], "ip-src|port": [.address, .port], "ip-dst|port": [.address, .port],
    "port": [.port], "hostname|port": [.name, .port], "domain|ip": [.name, .address], "hostname": [.name],
    "domain": [.name], "AS": [.system], "mac-address": [.hardware], "mac-eui-64": [.longHardware],
    "size-in-bytes": [.count], "counter": [.count], "boolean": [.yesOrNo], "hex": [.digits], "email": [.mail],
    "email-src": [.mail], "email-dst": [.mail], "email-reply-to": [.mail], "target-email": [.mail],
    "whois-registrant-email": [.mail], "dns-soa-email": [.mail], "eppn": [.mail], "jabber-id": [.mail],
    "link": [.link], "url": [.link], "vulnerability": [.vulnerability], "weakness": [.weakness], "ssdeep": [.fuzzy],
    "filename|ssdeep": [.any, .fuzzy],
  ]

  private static func accepts(_ form: Form, _ text: String) -> Bool {
    switch form {
    case .any: true
    case .address: IPAddress.isAddress(text) || IPAddress.isNetwork(text)
    case .port: isDigits(text) && (Int(text) ?? .max) <= 65_535
    case .system: isSystem(text)
    case .hardware: isHardware(text, digits: 12)
    case .longHardware: isHardware(text, digits: 16)
    case .count: isDigits(text)
    case .yesOrNo: ["0", "1", "true", "false"].contains(text.lowercased())
    case .digits: text.utf8.allSatisfy(isHex)
    case .name: isName(text)
    case .mail: isMail(text)
    case .link: hasScheme(text)
    case .vulnerability: isNumbered(text, ["CVE", "GCVE", "GHSA", "EUVD"])
    case .weakness: isNumbered(text, ["CWE"])
    case .fuzzy: text.contains(":") && text.utf8.first.map(isDigit) ?? false
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }

  private static func isDigits(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isDigit) }

  /// 64496, AS64496, or the older 0.64496.
  private static func isSystem(_ text: String) -> Bool {
    let number = text.uppercased().hasPrefix("AS") ? text.dropFirst(2) : text[...]
    let parts = number.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 { return parts.allSatisfy { isDigits($0) && UInt16($0) != nil } }
    return isDigits(String(number)) && UInt32(number) != nil
  }

  private static func isHardware(_ text: String, digits: Int) -> Bool {
    let marks: [UInt8] = [UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: ".")]
    return text.utf8.count(where: isHex) == digits && text.utf8.allSatisfy { isHex($0) || marks.contains($0) }
  }

  /// Names as they are in the wild, with underscores and letters of any script; a dot at least, as MISP asks.
  private static func isName(_ text: String) -> Bool {
    text.contains(".") && !text.unicodeScalars.contains { $0.value <= 0x20 || noName.contains($0) }
  }

  private static let noName: Set<Unicode.Scalar> = [
    "/", ":", "@", "\\", "\"", "'", "<", ">", "(", ")", "[", "]", ",", ";", "?",
  ]

  private static func isMail(_ text: String) -> Bool {
    guard let at = text.lastIndex(of: "@") else { return false }
    return text[text.index(after: at)...].contains(".") && !text.contains(where: \.isNewline)
  }

  private static func hasScheme(_ text: String) -> Bool {
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return false }
    return text[..<colon].utf8.allSatisfy { byte in
      isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
    } && !text.unicodeScalars.contains { $0.value <= 0x20 }
  }

  private static func isNumbered(_ text: String, _ registries: [String]) -> Bool {
    let parts = text.uppercased().split(separator: "-", omittingEmptySubsequences: false)
    return parts.count >= 2 && registries.contains(String(parts[0])) && parts.allSatisfy { !$0.isEmpty }
  }
}
