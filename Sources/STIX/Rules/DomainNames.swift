/// Domain names of RFC 1034, with labels of RFC 5890: letters, digits and hyphens, or letters of other scripts.
///
/// RFC 5890 section 2.3.1 knows labels with underscores and labels with hyphens in the third and fourth place as well,
/// which no registry hands out: `_dmarc.example.com` and `r3---sn-a5.example.com` are resolved every day.
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

  /// What is odd about a name that is one, in words that go after "the name"; nil when nothing is.
  static func oddity(_ name: String) -> String? {
    for label in name.split(separator: ".") {
      if label.utf8.contains(UInt8(ascii: "_")) {
        return "has the label \"\(label)\"; names of hosts have letters, digits and hyphens"
      }
      let start = label.prefix(4).lowercased()
      if start.hasSuffix("--"), start.utf8.count == 4, start != "xn--" {
        return "has hyphens in the third and fourth place of \"\(label)\", which are for xn--"
      }
    }
    return nil
  }

  private static func fault(ofLabel label: Substring) -> String? {
    if label.isEmpty { return "has an empty label" }
    if label.utf8.count > 63 { return "has a label of \(label.utf8.count) octets, more than 63" }
    if label.hasPrefix("-") || label.hasSuffix("-") { return "has a label with a hyphen at its end, \"\(label)\"" }
    for scalar in label.unicodeScalars where !isAllowed(scalar) {
      return "has the character \"\(scalar)\", which no domain name has"
    }
    return nil
  }

  /// Letters, digits and hyphens; beyond ASCII what scripts are written with.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_": return true
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
