import JSON
import STIX

/// What a message is about: the sectors and countries that its objects state.
struct Topics: Sendable, Hashable {
  private(set) var sectors: Set<String> = []
  private(set) var countries: Set<String> = []

  init() {}

  init(_ bundle: STIXBundle) {
    for object in bundle.objects { add(object) }
  }

  /// Objects say so in the properties of STIX, and in our extension for regulators' answers.
  private mutating func add(_ object: STIXObject) {
    switch object.type {
    case "identity":
      for sector in object.value["sectors"].map({ Array($0.elements) }) ?? [] { add(sector: sector.string) }
    case "location":
      if let country = object.value["country"]?.string { countries.insert(country.uppercased()) }
    case "incident": break
    default: return
    }
    guard let ours = object.value["extensions"]?[Self.extensionID] else { return }
    add(sector: ours["sector"]?.string)
    for list in [ours["sectors"], ours["impact"]?["sectors"]] {
      for sector in list.map({ Array($0.elements) }) ?? [] { add(sector: sector.string) }
    }
    if let country = ours["country"]?.string { countries.insert(country.uppercased()) }
    for country in ours["cross_border"]?["member_states"].map({ Array($0.elements) }) ?? [] {
      if let country = country.string { countries.insert(country.uppercased()) }
    }
  }

  private mutating func add(sector: String?) {
    if let sector { sectors.insert(Sector.comparable(sector)) }
  }

  /// The extension for what regulators ask (Schemas/entente/1/nis2-extension.json).
  static let extensionID = "extension-definition--5c1f0e5e-3f0a-4d0c-9a52-7d6d0f3b8e41"
}

/// Sectors in one spelling: STIX, NIS2 and the US directive have different words for the same.
enum Sector {
  private static let aliases: [String: String] = [
    "transportation": "transport", "healthcare": "health", "healthcare-public": "health", "pharmaceuticals": "health",
    "financial-services": "financial", "finance": "financial", "banking": "financial", "utilities": "energy",
    "drinking-water": "water", "waste-water": "water", "it": "digital-infrastructure",
    "technology": "digital-infrastructure", "telecommunications": "digital-infrastructure",
    "communications": "digital-infrastructure", "ict-services": "digital-infrastructure",
    "government": "public-administration", "government-national": "public-administration",
    "government-regional": "public-administration", "government-local": "public-administration",
    "government-public-services": "public-administration", "government-facilities": "public-administration",
    "food-agriculture": "food", "agriculture": "food", "critical-manufacturing": "manufacturing",
    "aerospace": "space", "education": "research",
  ]

  static func comparable(_ word: String) -> String {
    let plain = ComparableWord(word).text.replacing("_", with: "-").replacing(" ", with: "-")
    return aliases[plain] ?? plain
  }
}
