import JSON

/// Advice on what the specification does not define.
extension ObjectAdvice {
  mutating func adviseOnCustomContent() {
    if object.kind == .custom {
      if !usesExtension(["new-sdo", "new-sco", "new-sro"]) {
        add(
          .customObject, at: ["type"],
          "the type \(object.type) is not of STIX 2.1; define it by an extension (new-sdo, new-sco or new-sro)")
      }
      return
    }
    if !usesExtension(["toplevel-property-extension"]) {
      for (name, _) in value.members where !KnownProperties.holds(object.type, name) {
        add(
          .customProperty, at: [name],
          "\(name) is no property of \(object.type) in STIX 2.1; define it by an extension")
      }
    }
    for name in ["body_multipart", "values", "x509_v3_extensions"] {
      guard KnownProperties.own[object.type]?.contains(name) ?? false, let part = value[name] else { continue }
      adviseOnPart(part, of: name, at: [name])
    }
    adviseOnExtensions()
  }

  /// Whether an extension of one of these kinds is applied.
  func usesExtension(_ kinds: Set<String>) -> Bool {
    guard let extensions = value["extensions"] else { return false }
    return extensions.members.contains { _, content in content["extension_type"]?.string.map(kinds.contains) ?? false }
  }

  private mutating func adviseOnExtensions() {
    guard let extensions = value["extensions"] else { return }
    let predefined = KnownProperties.extensions[object.type] ?? [:]
    for (key, content) in extensions.members where !key.hasPrefix("extension-definition--") {
      guard let known = predefined[key] else {
        add(
          .customExtension, at: ["extensions", key],
          "\(key) is no extension of \(object.type) in STIX 2.1; name extensions by their definition's id")
        continue
      }
      for (name, part) in content.members {
        if !known.contains(name) {
          add(
            .customProperty, at: ["extensions", key, name],
            "\(name) is no property of \(key) in STIX 2.1; define it by an extension")
        } else if KnownProperties.embedded[name] != nil {
          adviseOnPart(part, of: name, at: ["extensions", key, name])
        }
      }
    }
  }

  /// An object, or a list of them, whose properties the specification defines.
  private mutating func adviseOnPart(_ part: JSONValue, of name: String, at tokens: [String]) {
    guard let known = KnownProperties.embedded[name] else { return }
    if part.isArray {
      for (place, element) in part.elements.enumerated() {
        adviseOnPart(element, of: name, at: tokens + [String(place)])
      }
    }
    for (member, _) in part.members where !known.contains(member) {
      add(
        .customProperty, at: tokens + [member],
        "\(member) is no property of \(name) in STIX 2.1; define it by an extension")
    }
  }
}
