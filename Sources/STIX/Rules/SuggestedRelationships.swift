/// The relationships that the specification suggests (STIX 2.1 section 4, the tables of each type, and appendix B):
/// others are allowed.
enum SuggestedRelationships {
  /// Any two objects of one or of different types can have these.
  static let common: Set<String> = ["derived-from", "duplicate-of", "related-to"]

  /// The types that a relationship of this kind leads to from a type; empty when none is suggested.
  static func targets(from source: String, _ kind: String) -> Set<String> { table[source]?[kind] ?? [] }

  /// The kinds that are suggested from a type.
  static func kinds(from source: String) -> [String] { table[source].map { $0.keys.sorted() } ?? [] }

  private static let table: [String: [String: Set<String>]] = {
    var table: [String: [String: Set<String>]] = [:]
    for line in lines.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      var targets = Set(words.dropFirst(2))
      if targets.remove("observables") != nil { targets.formUnion(ObjectKind.observableTypes) }
      table[words[0], default: [:]][words[1]] = targets
    }
    return table
  }()

  /// Source, kind, targets.
  private static let lines = """
    attack-pattern delivers malware
    attack-pattern targets identity location vulnerability
    attack-pattern uses malware tool
    campaign attributed-to intrusion-set threat-actor
    campaign compromises infrastructure
    campaign originates-from location
    campaign targets identity location vulnerability
    campaign uses attack-pattern infrastructure malware tool
    course-of-action investigates indicator
    course-of-action mitigates attack-pattern indicator malware tool vulnerability
    course-of-action remediates malware vulnerability
    domain-name resolves-to domain-name ipv4-addr ipv6-addr
    identity located-at location
    indicator based-on observed-data
    indicator indicates attack-pattern campaign infrastructure intrusion-set malware threat-actor tool
    infrastructure communicates-with infrastructure ipv4-addr ipv6-addr domain-name url
    infrastructure consists-of infrastructure observed-data observables
    infrastructure controls infrastructure malware
    infrastructure delivers malware
    infrastructure has vulnerability
    infrastructure hosts tool malware
    infrastructure located-at location
    infrastructure uses infrastructure
    intrusion-set attributed-to threat-actor
    intrusion-set compromises infrastructure
    intrusion-set hosts infrastructure
    intrusion-set originates-from location
    intrusion-set owns infrastructure
    intrusion-set targets identity location vulnerability
    intrusion-set uses attack-pattern infrastructure malware tool
    ipv4-addr belongs-to autonomous-system
    ipv4-addr resolves-to mac-addr
    ipv6-addr belongs-to autonomous-system
    ipv6-addr resolves-to mac-addr
    malware authored-by intrusion-set threat-actor
    malware beacons-to infrastructure
    malware communicates-with ipv4-addr ipv6-addr domain-name url
    malware controls malware
    malware downloads file malware tool
    malware drops file malware tool
    malware exfiltrates-to infrastructure
    malware exploits vulnerability
    malware originates-from location
    malware targets identity infrastructure location vulnerability
    malware uses attack-pattern infrastructure malware tool
    malware variant-of malware
    malware-analysis analysis-of malware
    malware-analysis characterizes malware
    malware-analysis dynamic-analysis-of malware
    malware-analysis static-analysis-of malware
    threat-actor attributed-to identity
    threat-actor compromises infrastructure
    threat-actor hosts infrastructure
    threat-actor impersonates identity
    threat-actor located-at location
    threat-actor owns infrastructure
    threat-actor targets identity location vulnerability
    threat-actor uses attack-pattern infrastructure malware tool
    tool delivers malware
    tool drops malware
    tool has vulnerability
    tool targets identity infrastructure location vulnerability
    tool uses infrastructure
    """
}
