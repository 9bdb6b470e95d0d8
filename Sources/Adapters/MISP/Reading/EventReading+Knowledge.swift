import JSON
import STIX

/// Objects that are not observed but known: each becomes one object of STIX that says so.
extension EventReading {
  /// Nil for objects that are observed, and for those that lack what the object of STIX could not be without.
  mutating func addKnown(_ source: SourceObject, _ uuid: String, _ marking: PartMarking) -> String? {
    switch source.name {
    case "geolocation": return addLocation(source, uuid, marking)
    case "malware-analysis": return addAnalysis(source, uuid, marking)
    case let name where AttributeShape.ruleLanguages.contains(name): return addRule(source, uuid, marking)
    default:
      guard var known = KnowledgeTemplate.type(of: source.name) else { return nil }
      if source.name == "script", source.values("state").contains("Malicious") { known.type = "malware" }
      return addKnowledge(source, uuid, marking, as: known)
    }
  }

  /// What an analysis of malware found, where it names the product and a result.
  private mutating func addAnalysis(_ source: SourceObject, _ uuid: String, _ marking: PartMarking) -> String? {
    guard !source.values("product").isEmpty, !source.values("result").isEmpty else { return nil }
    let (id, isOwn) = reading.id("malware-analysis", uuid)
    let modified = source.timestamp ?? time
    reading.add(id, from: [source.place]) { object in
      head(&object, "malware-analysis", id, created: modified, modified: modified, marking)
      for (relation, property) in AnalysisTemplate.texts {
        if let text = source.values(relation).first { object.member(property, text) }
      }
      let times = AnalysisTemplate.times.compactMap { relation, property in
        source.values(relation).first.flatMap { MISPValue.moment($0) }.map { (property, $0) }
      }
      let start = times.first { $0.0 == "analysis_started" }?.1
      for (property, time) in times where property != "analysis_ended" || time >= start ?? time {
        object.member(property, time.description)
      }
      let modules = source.values("module")
      if !modules.isEmpty { object.member("modules", modules) }
      if source.isDeleted { object.member("revoked", true) }
      writeLabels(source, to: &object)
      writeExtension(&object) { write(source, uuid, isOwn: isOwn, to: &$0) }
    }
    return id
  }

  /// The one rule of a detection language, with what is said of it.
  private mutating func addRule(_ source: SourceObject, _ uuid: String, _ marking: PartMarking) -> String? {
    let rules = source.values(source.name)
    guard rules.count == 1 else { return nil }
    let (id, isOwn) = reading.id("indicator", uuid)
    let modified = source.timestamp ?? time
    let from = source.firstSeen ?? modified
    reading.add(id, from: [source.place]) { object in
      head(&object, "indicator", id, created: modified, modified: modified, marking)
      if let name = source.values(source.name + "-rule-name").first { object.member("name", name) }
      if let comment = source.values("comment").first ?? source.comment { object.member("description", comment) }
      object.member("pattern", rules[0])
      object.member("pattern_type", source.name)
      object.member("valid_from", from.description)
      if let until = source.lastSeen, until > from { object.member("valid_until", until.description) }
      if source.isDeleted { object.member("revoked", true) }
      writeLabels(source, to: &object)
      writeExtension(&object) { write(source, uuid, isOwn: isOwn, to: &$0) }
    }
    return id
  }

  /// Vulnerabilities, techniques, measures, people and organisations.
  private mutating func addKnowledge(
    _ source: SourceObject, _ uuid: String, _ marking: PartMarking,
    as known: (type: String, name: [String], description: [String])
  ) -> String? {
    func first(_ relations: [String]) -> String? { relations.lazy.compactMap { source.values($0).first }.first }
    var name = first(known.name)
    if source.name == "person" || source.name == "employee", let given = first(["first-name"]),
      let family = first(["last-name"])
    {
      name = "\(given) \(family)"
    }
    guard let name else { return nil }
    let (id, isOwn) = reading.id(known.type, uuid)
    let modified = source.timestamp ?? time
    reading.add(id, from: [source.place]) { object in
      head(&object, known.type, id, created: modified, modified: modified, marking)
      object.member("name", name)
      if let text = first(known.description) { object.member("description", text) }
      switch known.type {
      case "vulnerability":
        ExternalNumber.write(source: "cve", id: name, to: &object)
      case "attack-pattern":
        if let number = first(["id"]) {
          let capec = number.hasPrefix("CAPEC-") ? number : "CAPEC-\(number)"
          ExternalNumber.write(source: "capec", id: capec, to: &object)
        }
      case "intrusion-set":
        for property in ["aliases", "goals"] where !source.values(property).isEmpty {
          object.member(property, source.values(property))
        }
      case "malware":
        object.member("is_family", first(["is_family"])?.lowercased() == "true")
        let languages = source.name == "script" ? source.values("language").map { $0.lowercased() } : []
        if !languages.isEmpty { object.member("implementation_languages", languages) }
      case "identity":
        let isPerson = source.name == "person" || source.name == "employee"
        object.member("identity_class", first(["identity_class"]) ?? (isPerson ? "individual" : "organization"))
      default: break
      }
      if source.isDeleted { object.member("revoked", true) }
      writeLabels(source, to: &object)
      writeExtension(&object) { write(source, uuid, isOwn: isOwn, to: &$0) }
    }
    return id
  }

  private mutating func addLocation(_ source: SourceObject, _ uuid: String, _ marking: PartMarking) -> String? {
    func first(_ relation: String) -> String? { source.values(relation).first }
    let latitude = first("latitude").flatMap(Double.init).flatMap { (-90...90).contains($0) ? $0 : nil }
    let longitude = first("longitude").flatMap(Double.init).flatMap { (-180...180).contains($0) ? $0 : nil }
    let country = first("countrycode").flatMap { $0.utf8.count == 2 ? $0.uppercased() : nil }
    guard country != nil || (latitude != nil && longitude != nil) else { return nil }
    let (id, isOwn) = reading.id("location", uuid)
    let modified = source.timestamp ?? time
    reading.add(id, from: [source.place]) { object in
      head(&object, "location", id, created: modified, modified: modified, marking)
      if let latitude, let longitude {
        object.member("latitude", latitude)
        object.member("longitude", longitude)
      }
      if let country { object.member("country", country) }
      let texts = [
        ("city", "city"), ("zipcode", "postal_code"), ("address", "street_address"), ("text", "description"),
      ]
      for (relation, property) in texts { if let text = first(relation) { object.member(property, text) } }
      if source.isDeleted { object.member("revoked", true) }
      writeLabels(source, to: &object)
      writeExtension(&object) { write(source, uuid, isOwn: isOwn, to: &$0) }
    }
    return id
  }
}

extension SourceObject {
  /// The values of its attributes with this relation to it, without those that were withdrawn.
  func values(_ relation: String) -> [String] {
    attributes.filter { $0.relation == relation && !$0.isDeleted }.map(\.value)
  }
}
