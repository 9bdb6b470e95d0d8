package import Contract
package import STIX

/// One line of an arrangement: what one party may pass to others.
package struct Grant: Sendable, Equatable {
  /// Whether exercises pass. Exercise and real traffic are never mixed.
  package enum Exercises: String, Sendable, CaseIterable {
    case refused
    case allowed
    /// Nothing but exercises.
    case only
  }

  package let id: String
  package var from: AgencyID
  package var to: [AgencyID]
  package var kinds: Set<MessageKind>
  package var objectTypes: ObjectTypes
  package var maximumTLP: TLP
  /// The strictest permissible action that objects may carry; nil for any.
  package var maximumPAP: Obligations.PAP?
  /// The message must be about one of these sectors; nil for any.
  package var sectors: Set<String>?
  /// The recipient must belong to one of these; nil for any of ``to``.
  package var groups: Set<String>?
  /// The handling controls beyond TLP that it covers by name.
  package var handling: Set<HandlingControl>
  /// A message must state one of these; nil where the arrangement's purposes do.
  package var purposes: [String]?
  /// Passes only what names the recipient.
  package var mustBeNamed: Bool
  package var exercises: Exercises
  /// What passes waits until an operator approves it.
  package var needsApproval: Bool
  /// Other reasons to let what passes wait.
  package var holds: [Hold]
  package var obligations: Obligations

  package init(
    id: String, from: AgencyID, to: [AgencyID], kinds: Set<MessageKind>, objectTypes: ObjectTypes = .standard,
    maximumTLP: TLP, maximumPAP: Obligations.PAP? = nil, sectors: Set<String>? = nil, groups: Set<String>? = nil,
    handling: Set<HandlingControl> = [], purposes: [String]? = nil, mustBeNamed: Bool = false,
    exercises: Exercises = .refused, needsApproval: Bool = false, holds: [Hold] = [],
    obligations: Obligations = Obligations()
  ) {
    self.maximumPAP = maximumPAP
    self.sectors = sectors
    self.groups = groups
    self.handling = handling
    self.holds = holds
    self.id = id
    self.from = from
    self.to = to
    self.kinds = kinds
    self.objectTypes = objectTypes
    self.maximumTLP = maximumTLP
    self.purposes = purposes
    self.mustBeNamed = mustBeNamed
    self.exercises = exercises
    self.needsApproval = needsApproval
    self.obligations = obligations
  }
}

/// Types of objects, by name, as all that STIX 2.1 defines, or as all custom ones.
package struct ObjectTypes: Sendable, Equatable {
  package var names: Set<String>
  /// Every type that STIX 2.1 defines.
  package var includesStandard: Bool
  /// Every type whose name begins with `x-`.
  package var includesCustom: Bool

  package init(names: Set<String> = [], includesStandard: Bool = false, includesCustom: Bool = false) {
    self.names = names
    self.includesStandard = includesStandard
    self.includesCustom = includesCustom
  }

  /// Takes type names, `all` for those of STIX 2.1, and `x-*` for custom ones.
  package init(_ words: [String]) {
    names = Set(words).subtracting(["all", "x-*"])
    includesStandard = words.contains("all")
    includesCustom = words.contains("x-*")
  }

  package static let standard = ObjectTypes(includesStandard: true)

  package func contains(_ type: String) -> Bool {
    names.contains(type) || (includesStandard && Self.standardTypes.contains(type))
      || (includesCustom && type.hasPrefix("x-"))
  }

  /// The types of STIX 2.1, its meta types among them.
  static let standardTypes: Set<String> = [
    "artifact", "attack-pattern", "autonomous-system", "campaign", "course-of-action", "directory", "domain-name",
    "email-addr", "email-message", "extension-definition", "file", "grouping", "identity", "incident", "indicator",
    "infrastructure", "intrusion-set", "ipv4-addr", "ipv6-addr", "language-content", "location", "mac-addr",
    "malware", "malware-analysis", "marking-definition", "mutex", "network-traffic", "note", "observed-data",
    "opinion", "process", "relationship", "report", "sighting", "software", "threat-actor", "tool", "url",
    "user-account", "vulnerability", "windows-registry-key", "x509-certificate",
  ]
}
