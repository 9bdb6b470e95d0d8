import STIX

/// Machine tags as MISP writes them: `namespace:predicate="value"`.
enum MISPTag {
  /// The longest value that we put in a tag.
  static let longest = 900

  static func tlp(_ tlp: TLP) -> String {
    switch tlp {
    case .clear: "tlp:clear"
    case .green: "tlp:green"
    case .amber: "tlp:amber"
    case .amberStrict: "tlp:amber+strict"
    case .red: "tlp:red"
    }
  }

  /// An obligation of the recipient. The Permissible Actions Protocol has a taxonomy of its own.
  static func obligation(_ obligation: OutgoingTerms.Obligation) -> String {
    if obligation.name.lowercased() == "pap", obligation.value.uppercased().hasPrefix("PAP:") {
      return obligation.value.uppercased()
    }
    return own(obligation.name, obligation.value)
  }

  /// A tag of our own namespace.
  static func own(_ predicate: String, _ value: String) -> String { "entente:\(predicate)=\"\(quotable(value))\"" }

  /// A tag of ENISA's taxonomy for NIS2.
  static func nis2(_ predicate: String, _ value: String) -> String { "nis2:\(predicate)=\"\(quotable(value))\"" }

  /// A value that can stand between the quotes of a tag: on one line, without quotes, not too long.
  static func quotable(_ value: String) -> String {
    let scalars = value.unicodeScalars.prefix(longest).map { scalar -> Unicode.Scalar in
      switch scalar.value {
      case 0x22: "'"
      case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: " "
      default: scalar
      }
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  /// Whether a tag may be as long as this one.
  static func fits(_ tag: String) -> Bool {
    !tag.isEmpty && (tag.utf8.count <= 1024 || tag.unicodeScalars.count <= 1024)
  }

  /// Whether a label would be read as terms that content cannot set. The Permissible Actions Protocol only narrows.
  static func isTerm(_ label: String) -> Bool {
    label.begins(with: "tlp:") || label.begins(with: "entente:")
  }

  /// Whether a tag says who may have what it stands on.
  static func isMarking(_ tag: String) -> Bool { tag.utf8.count > 4 && tag.begins(with: "tlp:") }

  /// Labels that would be read as markings or terms must not come in through content.
  static func isReserved(_ label: String) -> Bool {
    ["tlp:", "pap:", "entente:", "misp-galaxy:", "nis2:"].contains { label.begins(with: $0) }
  }
}
