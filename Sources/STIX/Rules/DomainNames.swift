/// Domain names of RFC 1034, with labels of RFC 5890: letters, digits and hyphens, or letters of other scripts.
enum DomainNames {
  /// What is wrong with a name, in words that go after "the name"; nil when nothing is.
  static func fault(_ name: String) -> String? {
    if name.utf8.count > 254 { return "has \(name.utf8.count) octets, more than 253" }
    var labels = name.split(separator: ".", omittingEmptySubsequences: false)
    // The root may be written.
    if labels.count > 1, labels.last == "" { labels.removeLast() }
    for label in labels {
      if let fault = fault(ofLabel: label) { return fault }
    }
    return nil
  }

  private static func fault(ofLabel label: Substring) -> String? {
    if label.isEmpty { return "has an empty label" }
    if label.utf8.count > 63 { return "has a label of \(label.utf8.count) octets, more than 63" }
    if label.hasPrefix("-") || label.hasSuffix("-") { return "has a label with a hyphen at its end, \"\(label)\"" }
    let start = label.prefix(4).lowercased()
    if start.hasSuffix("--"), start.utf8.count == 4, start != "xn--" {
      return "has hyphens in the third and fourth place of \"\(label)\", which are for xn-- only"
    }
    for scalar in label.unicodeScalars where !isAllowed(scalar) {
      return "has the character \"\(scalar)\", which no domain name has"
    }
    return nil
  }

  /// Letters, digits and hyphens; beyond ASCII what scripts are written with.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-": return true
    case let scalar where scalar.isASCII: return false
    default:
      switch scalar.properties.generalCategory {
      case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
        .spacingMark, .decimalNumber:
        return true
      default: return scalar == "\u{B7}" || scalar == "\u{200C}" || scalar == "\u{200D}" || scalar == "\u{30FB}"
      }
    }
  }
}
