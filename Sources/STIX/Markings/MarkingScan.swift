import JSON

/// Reads `object_marking_refs` and `granular_markings`; whatever has the wrong form is unknown, never nothing.
enum MarkingScan {
  static func bundleMarkings(_ bundle: JSONValue, definitions: MarkingDefinitions) -> ObjectMarkings {
    var markings = ObjectMarkings()
    for key in ["object_marking_refs", "granular_markings"] {
      if let value = bundle[key] { markings.add(Self.markings(member: key, value, definitions: definitions)) }
    }
    return markings
  }

  static func markings(member key: String, _ value: JSONValue, definitions: MarkingDefinitions) -> ObjectMarkings {
    guard value.kind == .array else { return unknown(value) }
    var markings = ObjectMarkings()
    for element in value.elements {
      markings.add(
        key == "object_marking_refs"
          ? reference(element, definitions: definitions) : granular(element, definitions: definitions))
    }
    return markings
  }

  /// Tags that stand among an object's labels; what is no tag of ours says nothing.
  static func labels(_ value: JSONValue) -> ObjectMarkings {
    var markings = ObjectMarkings()
    for label in value.elements {
      guard let text = label.string else { continue }
      markings.add(ObjectMarkings(tag: text, id: String(text.prefix(80))))
    }
    return markings
  }

  private static func reference(_ value: JSONValue, definitions: MarkingDefinitions) -> ObjectMarkings {
    guard let id = value.string else { return unknown(value) }
    return definitions.meaning(of: id)
  }

  /// The strictest granular marking counts for the whole object.
  private static func granular(_ value: JSONValue, definitions: MarkingDefinitions) -> ObjectMarkings {
    guard value.kind == .object, let selectors = value["selectors"], selectors.kind == .array, selectors.count > 0,
      selectors.elements.allSatisfy({ $0.kind == .string })
    else { return unknown(value) }
    if let marking = value["marking_ref"] { return reference(marking, definitions: definitions) }
    guard value["lang"]?.kind == .string else { return unknown(value) }
    return ObjectMarkings()
  }

  private static func unknown(_ value: JSONValue) -> ObjectMarkings {
    ObjectMarkings(unknown: String(decoding: value.source.prefix(80), as: UTF8.self))
  }
}
