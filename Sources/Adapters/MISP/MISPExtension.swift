import JSON

/// Our property extension for what MISP says and STIX has no property for; on the objects that a MISP event became.
///
/// Its schema is `Schemas/entente/1/misp-extension.json`. Its properties have the names of MISP's core format.
enum MISPExtension {
  static let id = "extension-definition--2f6d5b0e-8a41-4f7c-b3de-90c1a7e45d12"

  /// Types of our own making, with the properties that converters of MISP commonly give them.
  static let customAttribute = "x-misp-attribute"
  static let customObject = "x-misp-object"
  static let customCluster = "x-misp-galaxy-cluster"
  static let customProposal = "x-misp-proposal"

  /// The extension of an object; nil where it has none.
  static func on(_ object: JSONValue) -> JSONValue? { object["extensions"]?[id] }

  /// A machine tag that keeps a word of MISP beside an object: `misp:type="hostname"`.
  static func label(_ name: String, _ value: String) -> String { "misp:\(name)=\"\(value)\"" }

  static let own: Set<String> = [
    "type", "category", "to_ids", "name", "meta-category", "galaxy-name", "galaxy-type",
  ]

  /// Whether a label is one of these, and no tag of the event.
  static func isOwn(_ label: String) -> Bool {
    guard label.hasPrefix("misp:"), let equals = label.utf8.firstIndex(of: UInt8(ascii: "=")) else { return false }
    return own.contains(String(label[..<equals].dropFirst(5)))
  }
}
