import JSON
import STIX

/// Opinions, and what analyses of malware found, that never were in MISP.
extension MISPWriting {
  /// An opinion stands at everything in the event that it is about.
  func writeOpinion(_ object: STIXObject) {
    if restoreOpinion(object) { return }
    guard let word = object.value["opinion"]?.string, let place = Self.opinions.firstIndex(of: word) else {
      return account.lose(object, why: "its opinion is none of the five")
    }
    let targets = object.value["object_refs"]?.elements.compactMap(\.string) ?? []
    let authors = object.value["authors"]?.elements.compactMap(\.string) ?? []
    var count = 0
    for target in targets {
      var remark = MISPRemark(
        kind: .opinion, uuid: claimUUID(of: object, count), text: object.value["explanation"]?.string ?? "")
      remark.opinion = Int64(place * 25)
      remark.authors = authors.first
      remark.created = object.value["created"]?.string.flatMap { Timestamp($0) }.map(MISPID.moment)
      remark.modified = modified(object).map(MISPID.moment)
      if attach(remark, to: self.place(ofID: target)) { count += 1 }
    }
    guard count > 0 else { return account.lose(object, why: "nothing that it is about stands in the event") }
    var carried: PropertyNames = ["opinion", "explanation", "created"]
    if count == targets.count { carried.insert("object_refs") }
    if authors.count < 2 { carried.insert("authors") }
    account.loseProperties(
      of: object, carried: carried.union(carryCommon(object)), why: "an opinion in MISP has no place for it")
  }

  private static let opinions = ["strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"]

  /// An analysis becomes an object of the template that is made for it.
  func writeAnalysis(_ object: STIXObject) {
    var result = MISPObject(
      uuid: claimUUID(of: object), name: "malware-analysis", metaCategory: "misc",
      timestamp: changed(object))
    result.templateUUID = AnalysisTemplate.uuid
    result.templateVersion = AnalysisTemplate.version
    func add(_ relation: String, _ type: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      var attribute = MISPAttribute(
        uuid: MISPID.uuid("in", object.id.lowerID, String(result.attributes.count), relation), type: type,
        category: "Other", value: value, isForDetection: false, timestamp: result.timestamp)
      attribute.relation = relation
      result.attributes.append(attribute)
    }
    for (relation, property) in AnalysisTemplate.texts { add(relation, "text", object.value[property]?.string) }
    for (relation, property) in AnalysisTemplate.times {
      add(relation, "datetime", object.value[property]?.string.flatMap { Timestamp($0) }.map(MISPID.moment))
    }
    for module in object.value["modules"]?.elements.compactMap(\.string) ?? [] { add("module", "text", module) }
    result.tags = [MISPTag.tlp(label(of: object))] + tags(of: object)
    objectOf[place(of: object)] = event.objects.count
    event.objects.append(result)
    account.loseProperties(
      of: object, carried: Self.analysis.union(carryCommon(object)), why: "an object of MISP has no place for it")
  }

  private static let analysis: PropertyNames = [
    "product", "version", "configuration_version", "analysis_engine_version", "analysis_definition_version", "result",
    "result_name", "submitted", "analysis_started", "analysis_ended", "modules", "labels", "created",
  ]
}
