/// Sectors of NIS2, of Presidential Policy Directive 21 and of STIX; the original stays beside them, since several
/// become one.
enum SectorCrosswalk {
  /// Words of STIX's industry-sector-ov; none where STIX has no word for the sector.
  static func stix(_ sector: String) -> [String] {
    switch sector {
    case "energy": ["energy"]
    case "transport", "courier": ["transportation"]
    case "banking", "financial": ["financial-services"]
    case "health": ["healthcare"]
    case "drinking-water", "waste-water": ["water"]
    case "digital-infrastructure", "ict-services", "digital-providers": ["technology"]
    case "public-administration": ["government"]
    case "space": ["aerospace"]
    case "waste-management": ["utilities"]
    case "chemical": ["chemical"]
    case "food": ["agriculture"]
    case "manufacturing": ["manufacturing"]
    case "research": ["education"]
    default: []
    }
  }

  static func stix(ofPPD21 sector: String) -> [String] {
    switch sector {
    case "chemical": ["chemical"]
    case "commercial-facilities": ["commercial"]
    case "communications": ["telecommunications"]
    case "critical-manufacturing": ["manufacturing"]
    case "dams": ["dams"]
    case "dib": ["defense"]
    case "emergency-services": ["emergency-services"]
    case "energy": ["energy"]
    case "financial-services": ["financial-services"]
    case "food-agriculture": ["agriculture"]
    case "government-facilities": ["government"]
    case "healthcare-public": ["healthcare"]
    case "it": ["technology"]
    case "nuclear": ["nuclear"]
    case "transport": ["transportation"]
    case "water": ["water"]
    default: []
    }
  }

  /// The sectors of PPD-21 that a sector of NIS2 is in; none where the directive has none.
  static func ppd21(_ sector: String) -> [String] {
    switch sector {
    case "energy": ["energy"]
    case "transport", "courier": ["transport"]
    case "banking", "financial": ["financial-services"]
    case "health": ["healthcare-public"]
    case "drinking-water", "waste-water": ["water"]
    case "digital-infrastructure": ["it", "communications"]
    case "ict-services": ["it"]
    case "public-administration": ["government-facilities"]
    case "chemical": ["chemical"]
    case "food": ["food-agriculture"]
    case "manufacturing": ["critical-manufacturing"]
    case "digital-providers": ["it", "commercial-facilities"]
    default: []
    }
  }

  /// The sector of NIS2 for one of PPD-21; nil where NIS2 has none.
  static func nis2(ofPPD21 sector: String) -> String? {
    switch sector {
    case "energy", "nuclear": "energy"
    case "transport": "transport"
    case "financial-services": "financial"
    case "healthcare-public": "health"
    case "water": "drinking-water"
    case "communications": "digital-infrastructure"
    case "it": "ict-services"
    case "government-facilities": "public-administration"
    case "chemical": "chemical"
    case "food-agriculture": "food"
    case "critical-manufacturing": "manufacturing"
    default: nil
    }
  }
}
