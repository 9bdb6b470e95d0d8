import JSON

/// The ISA/ACS 3.0 marking of US agencies (extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce).
enum ACSMarking {
  static let extensionID = "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce"

  /// What the extension says; nil where it says it in a way that is not known here.
  static func read(_ value: JSONValue) -> ObjectMarkings? {
    guard value.kind == .object, let controls = value["control_set"], controls.kind == .object,
      let classification = controls["classification"]?.string
    else { return nil }
    guard var markings = read(property: "classification", word: classification) else { return nil }
    for (key, part) in controls.members where key != "classification" {
      guard let found = read(property: key, list: part) else { return nil }
      markings.add(found)
    }
    for privilege in value["access_privilege"].map({ Array($0.elements) }) ?? [] {
      guard let action = privilege["privilege_action"]?.string?.uppercased() else { return nil }
      let effect = privilege["rule_effect"]?.string?.lowercased()
      if action == "IDSRC", effect != "permit" { markings.consent = SourceConsent.none }
    }
    return markings
  }

  private static func read(property: String, list: JSONValue) -> ObjectMarkings? {
    guard list.kind == .array else { return nil }
    var sum = ObjectMarkings()
    if property == "permitted_nationalities" {
      sum.nationalities = Set(list.elements.compactMap { $0.string?.uppercased() })
      return sum.nationalities?.count == list.count ? sum : nil
    }
    for element in list.elements {
      guard let word = element.string, let found = read(property: property, word: word) else { return nil }
      sum.add(found)
    }
    return sum
  }

  /// One word of a control set: what is not among the published words is unknown.
  static func read(property: String, word: String) -> ObjectMarkings? {
    var markings = ObjectMarkings()
    let word = word.uppercased()
    switch property {
    case "classification":
      guard ["U", "C", "S", "TS", "R"].contains(word) else { return nil }
      if word != "U" { markings.controls = [.classified] }
    case "formal_determination":
      switch word {
      case "NF": markings.controls = [.noForeign]
      case "PII-NECESSARY-TO-UNDERSTAND-THREAT": markings.controls = [.personalData]
      case "PUBREL", "AIS", "FOUO", "NO-PII-PRESENT", "INFORMATION-DIRECTLY-RELATED-TO-CYBERSECURITY-THREAT": break
      default: return nil
      }
    case "caveat":
      switch word {
      case "FISA": markings.controls = [.fisa]
      case "POSSIBLEPII": markings.controls = [.personalData]
      case "CISAPROPRIETARY": markings.controls = [.proprietary]
      default: return nil
      }
    case "sensitivity":
      switch word {
      case "PCII": markings.controls = [.pcii]
      case "LES": markings.controls = [.les]
      case "INT": markings.controls = [.int]
      case "PII": markings.controls = [.personalData]
      case "PR": markings.controls = [.proprietary]
      case "TEI": break
      default: return nil
      }
    // An audience inside the United States: whoever is not of it may not have it.
    case "shareability":
      guard ["NCC", "EM", "LE", "IC", "USA.USG", "SECTOR", "FOREIGNGOV"].contains(word) else { return nil }
      if ["IC", "USA.USG"].contains(word) { markings.controls = [.noForeign] }
    case "entity":
      guard ["MIL", "GOV", "CTR", "SVR", "SVC", "DEV", "NET"].contains(word) else { return nil }
    default: return nil
    }
    return markings
  }
}
