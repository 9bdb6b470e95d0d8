/// What the specification calls a type: domain object, relationship object, observable, or meta object.
package enum ObjectKind: Sendable, Equatable {
  case domain, relationship, observable, meta, bundle
  /// A type that STIX 2.1 does not define.
  case custom

  package init(type: String) { self = Self.known[type] ?? .custom }

  private static let known: [String: ObjectKind] = {
    var kinds: [String: ObjectKind] = ["bundle": .bundle]
    for type in domainTypes { kinds[type] = .domain }
    for type in relationshipTypes { kinds[type] = .relationship }
    for type in observableTypes { kinds[type] = .observable }
    for type in metaTypes { kinds[type] = .meta }
    return kinds
  }()

  package static let domainTypes = [
    "attack-pattern", "campaign", "course-of-action", "grouping", "identity", "incident", "indicator",
    "infrastructure", "intrusion-set", "location", "malware", "malware-analysis", "note", "observed-data", "opinion",
    "report", "threat-actor", "tool", "vulnerability",
  ]
  package static let relationshipTypes = ["relationship", "sighting"]
  package static let observableTypes = [
    "artifact", "autonomous-system", "directory", "domain-name", "email-addr", "email-message", "file", "ipv4-addr",
    "ipv6-addr", "mac-addr", "mutex", "network-traffic", "process", "software", "url", "user-account",
    "windows-registry-key", "x509-certificate",
  ]
  package static let metaTypes = ["extension-definition", "language-content", "marking-definition"]
}
