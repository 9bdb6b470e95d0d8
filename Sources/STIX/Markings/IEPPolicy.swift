import JSON

/// FIRST's Information Exchange Policy 2.0, as a marking extension
/// (extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a) and as tags.
enum IEPPolicy {
  static let extensionID = "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a"

  /// Members that say nothing of how something is to be handled.
  private static let silent: Set<String> = [
    "extension_type", "iep_id", "id", "iep_version", "name", "description", "start_date", "end_date",
    "external_references", "external_reference", "encrypt_in_transit", "affected_party_notifications",
    "unmodified_resale",
  ]

  static func read(_ value: JSONValue) -> ObjectMarkings? {
    guard value.kind == .object else { return nil }
    var sum = ObjectMarkings()
    for (key, part) in value.members where !silent.contains(key) {
      guard let word = part.string, let found = read(field: key, word: word) else { return nil }
      sum.add(found)
    }
    return sum
  }

  /// One field; nil for a word that is none of its own.
  static func read(field: String, word: String) -> ObjectMarkings? {
    var markings = ObjectMarkings()
    switch field {
    case "tlp":
      guard let tlp = TLP(label: word) else { return nil }
      // IEP 2.0 is older than TLP 2.0.
      return ObjectMarkings(tlp, generation: .one)
    case "permitted_actions":
      switch word.lowercased() {
      case "none", "contact-for-instruction", "internally-visible-actions": markings.pap = .red
      case "externally-visible-indirect-actions": markings.pap = .amber
      case "externally-visible-direct-actions": markings.pap = .green
      default: return nil
      }
    case "attribution", "provider_attribution":
      guard ["may", "must", "must-not"].contains(word.lowercased()) else { return nil }
      markings.hidesSource = word.lowercased() == "must-not"
    case let field where silent.contains(field): break
    default: return nil
    }
    return markings
  }
}
