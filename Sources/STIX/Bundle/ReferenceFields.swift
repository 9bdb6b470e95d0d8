import JSON

/// What the specification says of reference properties: which an object cannot be without.
enum ReferenceFields {
  private static let required: [String: Set<String>] = [
    "relationship": ["source_ref", "target_ref"],
    "sighting": ["sighting_of_ref"],
    "language-content": ["object_ref"],
    "extension-definition": ["created_by_ref"],
  ]

  /// Lists that must keep at least one entry.
  private static let requiredLists: [String: Set<String>] = [
    "grouping": ["object_refs"], "note": ["object_refs"], "opinion": ["object_refs"], "report": ["object_refs"],
  ]

  /// Inside predefined extensions: what may be left out there. Of anything else that is nested we cannot know.
  private static let optionalNested: Set<[String]> = [
    ["extensions", "http-request-ext", "message_body_data_ref"],
    ["extensions", "windows-service-ext", "service_dll_refs"],
  ]

  /// Of each group an object of the type needs one.
  private static let oneOf: [String: [String]] = [
    "network-traffic": ["src_ref", "dst_ref"],
    "malware-analysis": ["result", "analysis_sco_refs"],
    "observed-data": ["objects", "object_refs"],
  ]

  /// Observables that are nothing without at least one property of their own.
  private static let needsOne: Set<String> = ["process", "windows-registry-key", "user-account", "x509-certificate"]

  private static let common: Set<String> = [
    "type", "id", "spec_version", "object_marking_refs", "granular_markings", "defanged", "extensions",
  ]

  /// Whether the single reference at this path must stay; `type` is nil for one that STIX does not define, whose own
  /// properties we must take for required.
  static func isRequired(_ path: [String], type: String?) -> Bool {
    guard path.count == 1 else { return !optionalNested.contains(path) }
    guard let type else { return path[0] != "created_by_ref" }
    return required[type]?.contains(path[0]) ?? false
  }

  /// Whether a whole list of references may go.
  static func listMayGo(_ pointer: JSONPointer, type: String) -> Bool {
    guard pointer.tokens.count == 1 else { return optionalNested.contains(pointer.tokens) }
    guard ObjectKind(type: type) != .custom else { return false }
    return !(requiredLists[type]?.contains(pointer.tokens[0]) ?? false)
  }

  /// What an object of the type would lack without these properties; nil when it can be without them.
  static func lack(_ object: STIXObject, without removed: Set<String>) -> String? {
    if let group = oneOf[object.type], !removed.isDisjoint(with: group) {
      let left = group.contains { !removed.contains($0) && object.value[$0] != nil }
      if !left { return "one of " + group.joined(separator: " and ") }
    }
    if needsOne.contains(object.type), !removed.isEmpty {
      let left = object.value.members.contains { !common.contains($0.key) && !removed.contains($0.key) }
      if !left { return "a property of its own" }
    }
    return nil
  }
}
