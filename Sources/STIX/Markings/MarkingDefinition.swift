import JSON

/// Reads marking-definition objects (STIX 2.1 section 7.2) and resolves ids to what they mean.
struct MarkingDefinitions {
  /// The marking-definitions of the bundle, by canonical id; several with one id count together.
  private var defined: [String: ObjectMarkings] = [:]

  mutating func add(_ object: JSONValue, id: String) {
    defined[Self.canonical(id), default: ObjectMarkings()].add(Self.read(object, id: id))
  }

  /// What a reference to a marking means. A published TLP id keeps its meaning whatever the bundle says of it: an
  /// object that says a different label makes it the stricter of both, one that says none makes it unknown.
  func meaning(of id: String) -> ObjectMarkings {
    let lower = id.lowercased()
    let canonical = TLP.known(lower) != nil || defined[lower] != nil ? lower : Self.canonical(id)
    let inBundle = defined[canonical]
    guard let (tlp, generation) = TLP.known(canonical) else { return inBundle ?? ObjectMarkings(unknown: id) }
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

extension MarkingDefinitions {
  /// CISA's controlled unclassified information, which nobody here can read.
  private static let cuiExtensionID = "extension-definition--dff17fb3-edcb-4f99-ad1b-4b751c95738a"

  private static let markingExtensions: Set<String> = [
    TLP.extensionID, ACSMarking.extensionID, IEPPolicy.extensionID, cuiExtensionID,
  ]

  /// What an extension of an object says that belongs into a marking-definition; nil for any other extension.
  ///
  /// - Parameter object: may have the property for TLP 2.0 beside its own, where the extension says so.
  static func misplaced(extension key: String, value: JSONValue, beside object: JSONValue) -> ObjectMarkings? {
    let id = canonical(key)
    guard markingExtensions.contains(id) else { return nil }
    if id == TLP.extensionID, value["tlp_2_0"] == nil, object["tlp_2_0"] != nil { return nil }
    return read(extension: id, value: value, id: id)
  }

  /// An id as it is compared: in lower case, with the hyphens that a UUID has, and without what some write around it.
  static func canonical(_ id: String) -> String {
    if isCanonical(id) { return id }
    var text = id.lowercased()
    text.removeAll { $0.isWhitespace || $0 == "{" || $0 == "}" }
    if text.hasPrefix("urn:uuid:") { text.removeFirst(9) }
    let type: Substring
    var digits: Substring
    if let cut = text.firstRange(of: "--") {
      type = text[..<cut.lowerBound]
      digits = text[cut.upperBound...]
    } else {
      type = "marking-definition"
      digits = text[...]
    }
    digits.removeAll { $0 == "-" }
    guard digits.utf8.count == 32, digits.allSatisfy(\.isHexDigit) else { return id.lowercased() }
    var uuid = ""
    for (place, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(place) { uuid.append("-") }
      uuid.append(digit)
    }
    return "\(type)--\(uuid)"
  }

  /// Whether an id is written as most are: a type, two hyphens, and a UUID in lower case with its hyphens.
  private static func isCanonical(_ id: String) -> Bool {
    let end = id.utf8.count - 38
    guard end > 0 else { return false }
    var place = 0
    var wasHyphen = false
    for byte in id.utf8 {
      let isHyphen = byte == UInt8(ascii: "-")
      let isDigit = (0x30...0x39).contains(byte)
      switch place - end {
      // The first two hyphens in a row end the type, wherever they stand.
      case ..<0: if isHyphen ? wasHyphen : !isDigit && !(0x61...0x7A).contains(byte) { return false }
      case 0: if !isHyphen || wasHyphen { return false }
      case 1, 10, 15, 20, 25: if !isHyphen { return false }
      default: if !isDigit, !(0x61...0x66).contains(byte) { return false }
      }
      wasHyphen = isHyphen
      place += 1
    }
    return true
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
