/// Objects that are not observed but known: each becomes one object of STIX.
enum KnowledgeTemplate {
  /// The type in STIX of a template's objects, the relation that names them, and the one that describes them.
  static func type(of template: String) -> (type: String, name: [String], description: [String])? {
    switch template {
    case "vulnerability": ("vulnerability", ["id"], ["summary", "description"])
    case "attack-pattern": ("attack-pattern", ["name"], ["summary"])
    case "course-of-action": ("course-of-action", ["name"], ["description"])
    case "intrusion-set": ("intrusion-set", ["name"], ["description"])
    case "identity", "organization", "legal-entity", "news-agency": ("identity", ["name"], ["description"])
    case "person", "employee": ("identity", ["full-name", "name", "last-name"], ["text", "role"])
    case "malware": ("malware", ["name"], ["description"])
    // A script whose state is malicious is malware.
    case "script": ("tool", ["filename"], ["comment"])
    default: nil
    }
  }

  /// Relations without which an object would be read as another kind of object.
  static func deciding(_ template: String) -> Set<String>? {
    switch template {
    case "geolocation": ["countrycode", "latitude", "longitude"]
    case "malware-analysis": ["product", "result"]
    case "script": ["filename", "state"]
    case let name where AttributeShape.ruleLanguages.contains(name): [name]
    default: type(of: template).map { Set($0.name) }
    }
  }
}

/// Analyses of malware, whose attributes have the names of STIX or nearly so.
enum AnalysisTemplate {
  static let uuid = "8229ee82-7218-4ff5-9eac-57961a6f0288"
  static let version = "1"

  /// Relations to the object, and properties of STIX.
  static let texts = [
    ("product", "product"), ("version", "version"), ("configuration_version", "configuration_version"),
    ("analysis_engine_version", "analysis_engine_version"),
    ("analysis_definition_version", "analysis_definition_version"), ("result", "result"),
    ("result_name", "result_name"),
  ]
  static let times = [
    ("submitted_time", "submitted"), ("start_time", "analysis_started"), ("end_time", "analysis_ended"),
  ]
}
