import JSON

/// Reads marking-definition objects (STIX 2.1 section 7.2) and resolves ids to what they mean.
struct MarkingDefinitions {
  /// The marking-definitions of the bundle, by canonical id; several with one id count together.
  private var defined: [String: ObjectMarkings] = [:]

  mutating func add(_ object: JSONValue, id: String) {
    defined[id.lowercased(), default: ObjectMarkings()].add(Self.read(object, id: id))
  }

  /// What a reference to a marking means. A published TLP id keeps its meaning whatever the bundle says of it: an
  /// object that says a different label makes it the stricter of both, one that says none makes it unknown.
  func meaning(of id: String) -> ObjectMarkings {
    let inBundle = defined[id.lowercased()]
    guard let (tlp, generation) = TLP.known(id) else { return inBundle ?? ObjectMarkings(unknown: id) }
    var meaning = ObjectMarkings(tlp, generation: generation)
    guard let inBundle else { return meaning }
    // The private alias is published as a statement, so its object need not say a label.
    if inBundle.strictest == nil, generation != .alias { meaning.add(ObjectMarkings(unknown: id)) }
    if generation != .alias || inBundle.strictest != nil || !inBundle.unknown.isEmpty { meaning.add(inBundle) }
    return meaning
  }

  /// What one marking-definition says. A value of the wrong JSON type is unknown, never nothing.
  static func read(_ object: JSONValue, id: String) -> ObjectMarkings {
    var markings = ObjectMarkings()
    let unknown = ObjectMarkings(unknown: id)
    if let type = object["definition_type"] {
      markings.add(read(definition: object["definition"], type: type, id: id))
    } else if object["definition"] != nil {
      markings.add(unknown)
    }
    if let extensions = object["extensions"] {
      if extensions.kind != .object || extensions.count == 0 { markings.add(unknown) }
      for (key, value) in extensions.members { markings.add(read(extension: key, value: value, id: id)) }
    }
    if let name = object["name"] {
      if let text = name.string {
        markings.add(ObjectMarkings(tag: text, id: id))
      } else {
        markings.add(unknown)
      }
    }
    return markings.isEmpty ? unknown : markings
  }

  private static func read(definition: JSONValue?, type: JSONValue, id: String) -> ObjectMarkings {
    let unknown = ObjectMarkings(unknown: id)
    guard let definition, definition.kind == .object else { return unknown }
    switch type.string?.lowercased() {
    case "tlp":
      // TLP 1 has no AMBER+STRICT; a sender that writes it here means what it says.
      guard let word = definition["tlp"]?.string, let tlp = TLP(label: word) else { return unknown }
      return ObjectMarkings(tlp, generation: .one)
    case "statement":
      guard let statement = definition["statement"]?.string else { return unknown }
      var markings = ObjectMarkings(additional: id)
      markings.add(ObjectMarkings(tag: statement, id: id))
      return markings
    default:
      return unknown
    }
  }

  private static func read(extension key: String, value: JSONValue, id: String) -> ObjectMarkings {
    switch key.lowercased() {
    case TLP.extensionID:
      guard let word = value["tlp_2_0"]?.string, let tlp = TLP(label: word) else { return ObjectMarkings(unknown: id) }
      return ObjectMarkings(tlp, generation: .two)
    case ACSMarking.extensionID: return ACSMarking.read(value).map { $0.joined(id) } ?? ObjectMarkings(unknown: id)
    case IEPPolicy.extensionID: return IEPPolicy.read(value).map { $0.joined(id) } ?? ObjectMarkings(unknown: id)
    default: return ObjectMarkings(unknown: id)
    }
  }
}

extension ObjectMarkings {
  /// With the id of the marking that says it, which travels on with the object.
  fileprivate func joined(_ id: String) -> ObjectMarkings {
    var markings = self
    markings.add(ObjectMarkings(additional: id))
    return markings
  }
}
