import Contract
import JSON
import STIX

/// What a set of STIX objects is about, by the types in it.
///
/// Types that only explain others (identities, markings, relationships, places, notes) do not count. What is left:
///
/// | objects                                                                             | kind                   |
/// |-------------------------------------------------------------------------------------|------------------------|
/// | an incident that carries a stage of ours                                            | the kind of that stage |
/// | an incident without, or several of different stages                                 | alert                  |
/// | indicators, observed data, observables, and nothing else                            | indicators             |
/// | these and sightings                                                                 | sighting               |
/// | vulnerabilities, and nothing else                                                   | vulnerability          |
/// | malware or its analysis, with indicators, techniques, tools, infrastructure         | malware                |
/// | campaigns, intrusion sets or actors, with any of the above but vulnerabilities      | campaign               |
/// | anything else, reports and types that STIX does not define among it                 | bundle                 |
enum STIXKind {
  static func kind(of root: JSONValue) -> MessageKind? {
    guard root["type"]?.isString("bundle") ?? false else { return kind(ofObjects: [root]) }
    guard let objects = root["objects"], objects.isArray else { return .bundle }
    return kind(ofObjects: objects.elements)
  }

  static func kind(ofObjects objects: some Sequence<JSONValue>) -> MessageKind {
    var present: Present = []
    var stages: Set<MessageKind?> = []
    for object in objects {
      let type = object["type"]?.string ?? ""
      present.formUnion(Present(type: type))
      if type == "incident" { stages.insert(RegulatoryExtension.kind(of: object)) }
    }
    if present.contains(.incident) {
      // Incidents without a stage do not change what the ones with a stage are.
      let staged = stages.compactMap(\.self)
      return staged.count == 1 ? staged[0] : .alert
    }
    return present.kind
  }

  /// The groups of types that occur.
  private struct Present: OptionSet {
    let rawValue: Int

    static let evidence = Present(rawValue: 1)
    static let sighting = Present(rawValue: 2)
    static let vulnerability = Present(rawValue: 4)
    static let malware = Present(rawValue: 8)
    static let actor = Present(rawValue: 16)
    static let means = Present(rawValue: 32)
    static let incident = Present(rawValue: 64)
    static let other = Present(rawValue: 128)

    init(rawValue: Int) { self.rawValue = rawValue }

    init(type: String) {
      switch type {
      case "identity", "marking-definition", "extension-definition", "language-content", "relationship", "location",
        "note", "opinion":
        self = []
      case "indicator", "observed-data": self = .evidence
      case "sighting": self = .sighting
      case "vulnerability": self = .vulnerability
      case "malware", "malware-analysis": self = .malware
      case "campaign", "intrusion-set", "threat-actor": self = .actor
      case "attack-pattern", "infrastructure", "tool": self = .means
      case "incident": self = .incident
      default: self = ObjectKind(type: type) == .observable ? .evidence : .other
      }
    }

    var kind: MessageKind {
      if isEmpty || contains(.other) { return .bundle }
      if self == .vulnerability { return .vulnerability }
      if contains(.vulnerability) { return .bundle }
      if contains(.actor) { return .campaign }
      if contains(.malware) { return .malware }
      if contains(.means) { return .bundle }
      return contains(.sighting) ? .sighting : .indicators
    }
  }
}
