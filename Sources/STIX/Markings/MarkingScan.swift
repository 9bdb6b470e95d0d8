import JSON

/// Reads `object_marking_refs` and `granular_markings`; whatever has the wrong form is unknown, never nothing.
enum MarkingScan {
  static func bundleMarkings(_ bundle: JSONValue, definitions: MarkingDefinitions) -> ObjectMarkings {
    var markings = ObjectMarkings()
    if let value = bundle["object_marking_refs"] { markings.add(references(value, definitions: definitions)) }
    if let value = bundle["granular_markings"] { markings.add(granular(value, definitions: definitions)) }
    return markings
  }

  /// What `object_marking_refs` say.
  static func references(_ value: JSONValue, definitions: MarkingDefinitions) -> ObjectMarkings {
    guard value.kind == .array else { return unknown(value) }
    var markings = ObjectMarkings()
    for element in value.elements { markings.add(reference(element, definitions: definitions)) }
    return markings
  }

  /// What `granular_markings` say: the strictest of them counts for the whole object.
  static func granular(_ value: JSONValue, definitions: MarkingDefinitions) -> ObjectMarkings {
    guard value.kind == .array else { return unknown(value) }
    var markings = ObjectMarkings()
    for element in value.elements { markings.add(part(element, definitions: definitions)) }
    return markings
  }

  private static func reference(_ value: JSONValue, definitions: MarkingDefinitions) -> ObjectMarkings {
    guard let id = value.string else { return unknown(value) }
    return definitions.meaning(of: id)
  }

  private static func part(_ value: JSONValue, definitions: MarkingDefinitions) -> ObjectMarkings {
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
