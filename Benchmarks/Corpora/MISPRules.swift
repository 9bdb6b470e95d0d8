/// Why the reference says something that we do not: each rule has a name, and says which of the two is right.
enum MISPRules {
  typealias Fact = MISPComparison.Fact

  /// For STIX made from MISP; `said` are all texts of ours.
  static func reading(_ fact: Fact, _ said: [String]) -> String? {
    switch (fact.type, fact.name) {
    case (_, "labels") where fact.value == "Threat-Report" || fact.value.hasPrefix("misp:tool="):
      return "reference carries more: the name of the converter, as labels"
    case (_, "kill_chain_phases") where fact.value.contains("misp-category"):
      return "reference wrong: a category of MISP is no phase of a kill chain"
    case ("observed-data", _), ("relationship", "type"), ("relationship", "relationship_type"):
      return "reference wrong: it claims an observation beside each indicator, which the event does not"
    case ("indicator", _), ("pattern", _):
      if fact.name.hasPrefix("file:content_ref") || fact.name.contains("payload_bin") { return payloads }
      return fact.name == "network-traffic:dst_port" || fact.name.hasPrefix("domain-name")
        ? "reference wrong: one observation with two types of object is no pattern of STIX 2.1"
        : "reference wrong: it takes objects for detection whose attributes do not say to_ids"
    case ("artifact", _): return payloads
    case (_, "protocols"): return "reference carries more: protocols by their layers; ours says tcp"
    case ("note", _): return "reference wrong: a note that the event is empty is nobody's"
    case ("malware", "is_family"): return "reference wrong: clusters of malware are families"
    case (_, "confidence"): return "ours carries the confidence of the parts, the reference that of the event"
    case (_, "x_misp_original_names"): return "same: original names stand in our extension"
    case ("x-misp-galaxy-cluster", "x_misp_description"), ("location", "description"):
      return "same: the descriptions of galaxy and cluster apart"
    case ("x-misp-object", "x_misp_attributes"):
      return "same: attributes stand in our extension, with the categories that the event gives them and no others"
    case (_, let name) where name.hasPrefix("x_misp_") && fact.value.contains(#""data":"#): return payloads
    case ("location", "precision"): return "reference carries more: a radius as the precision of a place"
    case ("mac-addr", _), ("url", _), ("email-message", "body_multipart"):
      return "ours keeps values that have not the form of their type as they are"
    default: break
    }
    let leaves = fact.leaves.isEmpty ? [fact.value] : fact.leaves
    if leaves.allSatisfy({ leaf in said.contains { $0 == leaf || $0.contains(leaf) || sameBut(leaf, $0) } }) {
      return "same: kept in our extension, or under another property"
    }
    switch fact.name {
    case "contact_information", "roles":
      return "reference carries more: contacts in one line; ours keeps each in our extension"
    case "region": return "reference carries more: regions by name"
    case "hashes": return "reference wrong: SHA-512/224 and SHA-512/256 under the names of other algorithms"
    case "type", "name": return "reference carries more: an object of STIX for a template that ours keeps as it is"
    default: return nil
    }
  }

  private static let payloads = "ours tells payloads by hash and size, and keeps other artifacts as they are"

  /// Times and numbers in another spelling.
  private static func sameBut(_ leaf: String, _ other: String) -> Bool {
    if leaf.lowercased() == other.lowercased() { return true }
    if let one = Double(leaf), let two = Double(other) { return one == two }
    let isTime = leaf.utf8.count >= 19 && leaf.dropFirst(10).first == "T"
    return isTime ? other.contains(leaf.prefix(19)) : plain(other).contains(plain(leaf))
  }

  /// Without quotes and backslashes, which patterns and machine texts add.
  private static func plain(_ text: String) -> String {
    text.lowercased().filter { $0 != "\\" && $0 != "'" && $0 != "\"" }
  }

  /// For MISP made from STIX; `lost` are all texts that stand where a loss of ours points to.
  static func writing(_ fact: Fact, _ said: [String], lost: [String]) -> String? {
    if fact.type == "Tag" {
      if fact.value.hasPrefix("misp-galaxy:producer=") {
        return "reference carries more: the creator as a tag; ours has Orgc"
      }
      if fact.value.hasPrefix("acs-marking:") {
        return "ours refuses markings that it cannot carry: an obligation lost"
      }
      if fact.value.hasPrefix("misp-galaxy:") { return "same: clusters stand under the types of STIX" }
      if fact.value.hasPrefix("tlp:") { return "ours has the strictest label, in TLP 2.0" }
    }
    if fact.type == "Object" {
      return "reference carries more: an object around values that ours writes as attributes, or names as lost"
    }
    if fact.type == "Event" { return "another name where the bundle has none" }
    if fact.type == "Cluster" { return "same: a cluster for what ours keeps as a marking, or names as lost" }
    let value = fact.name == "AS" ? String(fact.value.drop { !$0.isNumber }) : fact.value
    if said.contains(where: { $0.contains(value) || sameBut(value, $0) }) {
      return "same: under another type of attribute"
    }
    if lost.contains(where: { $0.contains(value) || sameBut(value, $0) }) || value.isEmpty {
      return "reference carries more: ours names it as lost"
    }
    let words = fact.value.split(separator: " - ").flatMap { $0.split(separator: ": ") }
    let areLost = words.allSatisfy { word in lost.contains { $0.contains(word) } }
    return areLost ? "reference carries more: pairs in one text, which ours names as lost" : nil
  }
}
