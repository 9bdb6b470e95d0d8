import JSON

/// What the specification calls a type: domain object, relationship object, observable, or meta object.
package enum ObjectKind: Sendable, Equatable {
  case domain, relationship, observable, meta, bundle
  /// A type that STIX 2.1 does not define.
  case custom

  package init(type: String) {
    var type = type
    self = type.withUTF8 { Self.known($0)?.kind } ?? .custom
  }

  /// The type of this name, as a text that is there already; nil for one that STIX 2.1 does not define.
  static func known(_ name: UnsafeBufferPointer<UInt8>) -> (type: String, kind: ObjectKind)? {
    guard name.count < byLength.count else { return nil }
    for entry in byLength[name.count] where entry.bytes.withUnsafeBufferPointer({ sameBytes($0, name) }) {
      return (entry.type, entry.kind)
    }
    return nil
  }

  /// Few types share a length.
  private static let byLength: [[(bytes: [UInt8], type: String, kind: ObjectKind)]] = {
    var table: [[(bytes: [UInt8], type: String, kind: ObjectKind)]] = Array(repeating: [], count: 32)
    let all: [([String], ObjectKind)] = [
      (["bundle"], .bundle), (domainTypes, .domain), (relationshipTypes, .relationship), (observableTypes, .observable),
      (metaTypes, .meta),
    ]
    for (types, kind) in all { for type in types { table[type.utf8.count].append((Array(type.utf8), type, kind)) } }
    return table
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
