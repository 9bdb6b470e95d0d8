import Formats
import JSON
import STIX

/// What came from MISP goes back as what it was: by our extension, or by the labels that converters of MISP write.
extension MISPWriting {
  /// The report or grouping that was the event gives the event its name and its state.
  func restoreFrame() {
    let frames = self.frames
    guard frames.count == 1, let kept = kept(frames[0]) else { return }
    let object = frames[0]
    frame = object
    isWritten[object.index] = true
    event.uuid = keptUUID(of: object, in: kept) ?? MISPID.uuid(ofID: object.id) ?? event.uuid
    event.info = info(named: object.name ?? "", of: object)
    event.timestamp = changed(object)
    if let date = self.kept("date", of: object, in: kept, MISPValue.day) { event.date = date }
    if let level = keptNumber("threat_level_id", of: object, in: kept, 1...4) { event.threatLevel = level }
    if let analysis = keptNumber("analysis", of: object, in: kept, 0...2) { event.analysis = analysis }
    if let isPublished = self.kept("published", of: object, in: kept, \.bool) { event.isPublished = isPublished }
    if let time = keptNumber("publish_timestamp", of: object, in: kept, MISPValue.seconds) {
      event.publishTimestamp = time
    }
    event.extendsUUID = keptUUID("extends_uuid", of: object, in: kept)
    event.group = keptGroup(of: object, in: kept)
    event.tags += tags(of: object)
    let carried: PropertyNames = [
      "name", "description", "object_refs", "labels", "extensions", "context", "published", "created", "confidence",
      "created_by_ref", "report_types",
    ]
    account.loseProperties(of: object, carried: carried, why: "an event has no place for it")
  }

  /// The labels of an object that are tags.
  func tags(of object: STIXObject) -> [String] {
    var tags: [String] = []
    object.value["labels"]?.forEachElement { label in
      guard !MISPWords.areIn(label), let text = label.string, isTag(text) else { return }
      if MISPTag.fits(text) { return tags.append(text) }
      account.add(
        .meaning, object, object.property("labels"), what: "a long label of \(object.id)", why: Self.noForm)
    }
    return tags
  }

  /// Labels are tags, except those that would be read as terms.
  func isTag(_ label: String) -> Bool {
    guard !label.isEmpty, !MISPExtension.isOwn(label), !MISPTag.isTerm(label) else { return false }
    // The Permissible Actions Protocol is set by the terms, where they speak of it.
    return !label.begins(with: "pap:") || !terms.obligations.contains { $0.name.lowercased() == "pap" }
  }

  /// Whether an object was an attribute or an object of an event.
  func isRestorable(_ object: STIXObject) -> Bool {
    isRestorable(object, kept(object), words(object))
  }

  private func isRestorable(_ object: STIXObject, _ kept: JSONValue?, _ words: MISPWords) -> Bool {
    if let kind = kept?["kind"] { return kind.isString("attribute") || kind.isString("object") }
    if object.type == MISPExtension.customAttribute || object.type == MISPExtension.customObject { return true }
    return words.hasType || words.name.flatMap(ObjectTemplate.template) != nil
  }

  func restore(_ object: STIXObject) {
    guard !isWritten[object.index] else { return }
    let kept = kept(object)
    let words = words(object)
    guard isRestorable(object, kept, words) else { return }
    if object.type == MISPExtension.customObject || kept?["kind"]?.isString("object") ?? false
      || (kept == nil && words.hasName && !words.hasType)
    {
      restoreObject(object, kept, words)
    } else {
      restoreAttribute(object, kept, words)
    }
  }

  /// Some converters write an observation beside each indicator of a value: it is the same attribute.
  func absorbObservations() {
    for index in details.indices where details[index].isRelationship {
      let object = bundle.objects[index]
      guard object.value["relationship_type"]?.isString("based-on") ?? false,
        let source = object.value["source_ref"], let target = object.value["target_ref"],
        let indicator = bundle.object(id: source), indicator.type == "indicator",
        let observed = bundle.object(id: target), observed.type == "observed-data",
        source.hasEnd(of: target, 36), isRestorable(indicator), indicator.value["labels"] == observed.value["labels"]
      else { continue }
      isWritten[object.index] = true
      isWritten[observed.index] = true
      let said = facts(of: indicator)
      for fact in facts(of: observed)
      where !fact.path.hasSuffix("_ref.type") && !said.contains(where: { $0.value == fact.value }) {
        account.add(
          .information, observed, .root, what: "\(fact.key) of \(observed.id)",
          why: "the indicator beside it, which became the attribute or object, does not say it")
      }
      coverObservables(of: observed)
    }
    standsAlone = hasLooseObservables()
  }

  /// Whether there are observables that no observed data and no other observable refers to.
  private func hasLooseObservables() -> Bool {
    var isNamed = details.map { !$0.isObservable }
    guard isNamed.contains(false) else { return false }
    for index in details.indices where details[index].isObservable || details[index].isObservation {
      bundle.objects[index].value.forEachID { id in bundle.forEachIndex(id: id) { isNamed[$0] = true } }
    }
    return isNamed.contains(false)
  }

  // MARK: Attributes

  private func restoreAttribute(_ object: STIXObject, _ kept: JSONValue?, _ words: MISPWords) {
    let type: String = words.type ?? object.value["x_misp_type"]?.string ?? ""
    guard !type.isEmpty, let value = value(of: object, type, kept) else { return }
    isWritten[object.index] = true
    let said = words.category ?? object.value["x_misp_category"]?.string
    let category = said.flatMap { Self.isName($0, longest: 100) ? $0 : nil } ?? AttributeTable.category(of: type)
    if let said, said != category { loseForm("the category", of: object) }
    let isForDetection = words.isForDetection ?? (object.type == "indicator")
    var attribute = MISPAttribute(
      uuid: keptUUID(of: object, in: kept) ?? claimUUID(of: object), type: type, category: category, value: value,
      isForDetection: isForDetection, timestamp: changed(object))
    let comment = kept?["comment"] ?? object.value["x_misp_comment"] ?? object.value["description"]
    attribute.comment = comment?.string ?? ""
    attribute.isDeleted = object.value["revoked"]?.bool ?? false
    attribute.isUncorrelated = kept?["disable_correlation"]?.bool ?? false
    (attribute.distribution, attribute.group) = keptReach(of: object, in: kept)
    (attribute.firstSeen, attribute.lastSeen) = seen(object, kept)
    attribute.tags = [MISPTag.tlp(label(of: object))] + tags(of: object)
    attributesOf[place(of: object)].append(event.attributes.count)
    event.attributes.append(attribute)
    loseRest(of: object, filedUnder: category, why: "an attribute has no place for it")
  }

  /// The value that an attribute of this type had; nil, and an ordinary translation, where the object says another, or
  /// one that the type does not have.
  private func value(of object: STIXObject, _ type: String, _ kept: JSONValue?) -> String? {
    func fitting(_ value: String?) -> String? { value.flatMap { MISPValues.accepts(type, $0) ? $0 : nil } }
    if object.type == MISPExtension.customAttribute { return fitting(object.value["x_misp_value"]?.string) }
    if let value = fitting(kept?["value"]?.string) {
      cover(facts(of: object), of: object)
      return value
    }
    if object.type == "vulnerability" || object.type == "campaign" { return fitting(object.name) }
    if AttributeShape.ruleLanguages.contains(type) { return fitting(object.value["pattern"]?.string) }
    guard let shape = AttributeShape.shape(of: type) else { return nil }
    let facts = self.facts(of: object)
    guard let (value, rest) = shape.value(of: facts), MISPValues.accepts(type, value) else { return nil }
    return restored(object, type, value, rest, facts)
  }

  private func restored(
    _ object: STIXObject, _ type: String, _ value: String, _ rest: [Fact], _ facts: [Fact]
  ) -> String {
    for fact in rest where !isOfFile(fact, type) {
      account.add(
        .information, object, .root, what: "\(fact.key) of \(object.id)", why: "an attribute \(type) does not say it")
    }
    cover(facts, of: object)
    return value
  }

  /// The hash and size of an attachment follow from its file.
  private func isOfFile(_ fact: Fact, _ type: String) -> Bool {
    type == "attachment" && (fact.path == "hashes.SHA-256" || fact.path == "size")
  }

  /// What a pattern says, or the observables that were observed.
  private func facts(of object: STIXObject) -> [Fact] {
    if object.type == "indicator" {
      if let facts = patternFacts[object.index] { return facts }
      guard object.value["pattern_type"]?.isString("stix") ?? false, let text = object.value["pattern"]?.string else {
        return []
      }
      let facts = PlainPattern.facts(text) ?? (try? Pattern(text))?.together ?? []
      patternFacts[object.index] = facts
      return facts
    }
    let targets = object.value["object_refs"]?.elements.compactMap { bundle.object(id: $0) } ?? []
    return targets.flatMap { Fact.allFacts(of: $0, in: bundle) }
  }

  private func seen(_ object: STIXObject, _ kept: JSONValue?) -> (String?, String?) {
    if let kept, kept["first_seen"] != nil || kept["last_seen"] != nil { return keptSeen(object, kept) }
    let modified = modified(object)
    let value = object.value
    let first = (value["valid_from"] ?? value["first_observed"]).flatMap { Timestamp($0) }
    let last = (value["valid_until"] ?? value["last_observed"]).flatMap { Timestamp($0) }
    let isNews = first != modified || (last != nil && last != first)
    guard isNews else { return (nil, nil) }
    return (first.map(MISPID.moment), last == first ? nil : last.map(MISPID.moment))
  }

  private func keptSeen(_ object: STIXObject, _ kept: JSONValue?) -> (String?, String?) {
    (keptMoment("first_seen", of: object, in: kept), keptMoment("last_seen", of: object, in: kept))
  }

  /// Observables that stand beside what they are of are in the event already.
  func cover(_ facts: [Fact], of object: STIXObject) {
    if object.type == "observed-data" { coverObservables(of: object) }
    guard object.type == "indicator", standsAlone else { return }
    let uuid = MISPID.uuid(ofID: object.id) ?? ""
    let marks = object.value["object_marking_refs"]
    var covered: [STIXObject] = []
    let bundle = bundle
    _ = ObservableMaker { observable, hash in
      // Another value, or one that is marked otherwise, may have the id that the specification derives, and this one an
      // id of its own.
      let own = ObservableID.own(observable, uuid)
      let there = [ObservableID.specified(observable, hash), own].compactMap(\.self).compactMap {
        bundle.object(id: $0)
      }
      guard let found = there.first(where: { $0.value["object_marking_refs"] == marks }) ?? there.last else {
        return own
      }
      covered.append(found)
      return found.id
    }.make(facts)
    for found in covered { coverObservable(found) }
  }

  private func coverObservables(of observed: STIXObject) {
    observed.value["object_refs"]?.forEachElement { coverObservable(bundle.object(id: $0)) }
  }

  private func coverObservable(_ target: STIXObject?) {
    guard let target, details[target.index].isObservable, !isWritten[target.index] else { return }
    isWritten[target.index] = true
    target.value.forEachID { coverObservable(bundle.object(id: $0)) }
  }

  /// Some converters say the category of an attribute or an object a second time, as a phase of a kill chain.
  private func loseRest(of object: STIXObject, filedUnder category: String, why: String) {
    var isSaid = false
    if let phases = object.value["kill_chain_phases"], phases.isArray {
      isSaid = phases.elements.allSatisfy { phase in
        phase.count == 2 && phase["kill_chain_name"]?.isString("misp-category") ?? false
          && phase["phase_name"]?.string == category
      }
    }
    account.loseProperties(of: object, carried: isSaid ? Self.restoredWithPhases : Self.restored, why: why)
  }

  private static let restoredWithPhases = restored.union(["kill_chain_phases"])

  /// The properties that go back to what they came from.
  private static let restored: PropertyNames = [
    "created", "created_by_ref", "description", "pattern", "pattern_type", "pattern_version", "valid_from",
    "valid_until", "revoked", "labels", "confidence", "extensions", "first_observed", "last_observed",
    "number_observed", "object_refs", "name", "first_seen", "last_seen", "external_references", "x_misp_type",
    "x_misp_category", "x_misp_value", "x_misp_comment", "x_misp_name", "x_misp_meta_category", "x_misp_attributes",
    "is_family", "identity_class", "country", "latitude", "longitude", "city", "postal_code", "street_address",
    "aliases", "goals",
  ]

  // MARK: Objects

  private func restoreObject(_ object: STIXObject, _ kept: JSONValue?, _ words: MISPWords) {
    let name: String = kept?["name"]?.string ?? object.value["x_misp_name"]?.string ?? words.name ?? ""
    guard Self.isName(name, longest: 256) else { return }
    let facts = self.facts(of: object)
    var attributes: [MISPAttribute] = []
    if let list = kept?["attributes"] ?? object.value["x_misp_attributes"] {
      attributes = list.elements.compactMap { restored(attribute: $0, in: object) }
    } else if kept == nil {
      guard let template = ObjectTemplate.template(named: name) else { return }
      attributes = self.attributes(of: object, facts, by: template)
      guard !attributes.isEmpty else { return }
    }
    isWritten[object.index] = true
    var result = MISPObject(
      uuid: keptUUID(of: object, in: kept) ?? claimUUID(of: object), name: name,
      metaCategory: keptName("meta-category", of: object, in: kept, longest: 256)
        ?? keptName("x_misp_meta_category", of: object, in: object.value, longest: 256) ?? words.metaCategory ?? "",
      timestamp: changed(object))
    if !Self.isName(result.metaCategory, longest: 256) { result.metaCategory = "" }
    let template = kept == nil ? ObjectTemplate.template(named: name) : nil
    result.description = kept?["description"]?.string
    result.templateUUID = keptUUID("template_uuid", of: object, in: kept) ?? template?.uuid
    result.templateVersion =
      keptNumber("template_version", of: object, in: kept, 0...Int64.max) ?? template?.version
    result.comment = kept?["comment"]?.string ?? (kept == nil ? object.text : nil) ?? ""
    result.isDeleted = object.value["revoked"]?.bool ?? false
    (result.distribution, result.group) = keptReach(of: object, in: kept)
    (result.firstSeen, result.lastSeen) = kept == nil ? seen(object, nil) : keptSeen(object, kept)
    result.attributes = attributes
    let tlp = MISPTag.tlp(label(of: object))
    let isSaid = attributes.contains { $0.tags.contains(tlp) }
    result.tags = (isSaid ? [] : [tlp]) + (tags(of: object))
    objectOf[place(of: object)] = event.objects.count
    event.objects.append(result)
    if kept != nil, let template = ObjectTemplate.template(named: name) {
      let all = attributes.filter { !$0.isDeleted }.flatMap { attribute in
        template.fact(relation: attribute.relation ?? "", value: attribute.value) ?? []
      }
      cover(all + template.constants, of: object)
    } else {
      cover(facts, of: object)
    }
    loseRest(of: object, filedUnder: result.metaCategory, why: "an object of MISP has no place for it")
  }

  private func restored(attribute kept: JSONValue, in object: STIXObject) -> MISPAttribute? {
    guard let type = kept["type"]?.string, let value = kept["value"]?.string, MISPValues.accepts(type, value) else {
      account.add(.meaning, object, .root, what: "an attribute of \(object.id)", why: Self.noForm)
      return nil
    }
    var attribute = MISPAttribute(
      uuid: keptUUID(of: object, in: kept) ?? "", type: type,
      category: keptName("category", of: object, in: kept, longest: 100) ?? "", value: value,
      isForDetection: kept["to_ids"]?.bool ?? false,
      timestamp: keptNumber("timestamp", of: object, in: kept, MISPValue.seconds).flatMap { Int64($0) })
    attribute.comment = kept["comment"]?.string ?? ""
    attribute.relation = keptName("object_relation", of: object, in: kept, longest: 256)
    (attribute.firstSeen, attribute.lastSeen) = keptSeen(object, kept)
    attribute.isDeleted = kept["deleted"]?.bool ?? false
    attribute.isUncorrelated = kept["disable_correlation"]?.bool ?? false
    (attribute.distribution, attribute.group) = keptReach(of: object, in: kept)
    // A label of its own may be stricter than the object's, never wider.
    let tlp = label(of: object)
    attribute.tags =
      kept["tags"]?.elements.compactMap(\.string).filter { tag in
        MISPTag.fits(tag) && isTag(tag) || TLP(label: tag).map { MISPTag.isMarking(tag) && $0 >= tlp } ?? false
      } ?? []
    return attribute
  }

  /// The attributes that say what an object of STIX says, by the template that its labels name.
  private func attributes(
    of object: STIXObject, _ facts: [Fact], by template: ObjectTemplate
  ) -> [MISPAttribute] {
    var attributes: [MISPAttribute] = []
    for (nth, fact) in facts.enumerated()
    where !fact.path.hasSuffix("_ref.type") && !template.constants.contains(fact) {
      guard let entry = template.entry(of: fact, among: facts) else {
        account.add(
          .information, object, .root, what: "\(fact.key) of \(object.id)",
          why: "the template \(template.name) has no attribute for it")
        continue
      }
      let value = entry.type == "AS" ? "AS" + fact.value : fact.value
      guard MISPValues.accepts(entry.type, value) else {
        account.add(.meaning, object, .root, what: "\(fact.key) of \(object.id)", why: Self.noForm)
        continue
      }
      var attribute = MISPAttribute(
        uuid: MISPID.uuid("in", object.id.lowerID, String(nth), fact.key), type: entry.type,
        category: AttributeTable.category(of: entry.type), value: value,
        isForDetection: object.type == "indicator", timestamp: changed(object))
      attribute.relation = entry.relation
      attributes.append(attribute)
    }
    return attributes
  }
}

extension Pattern {
  /// The facts of a pattern that says only that they all hold.
  var together: [Fact]? {
    switch self {
    case .observation:
      guard let alternatives, alternatives.count == 1 else { return nil }
      return alternatives[0].map(\.normalised)
    case .and(let parts):
      var facts: [Fact] = []
      for part in parts {
        guard let said = part.together else { return nil }
        facts += said
      }
      return facts
    case .or, .followedBy, .qualified: return nil
    }
  }
}

extension Fact {
  /// Under the path that the table of types has for it: `to_refs[0].value` and `to_refs[*].value` say the same here.
  var normalised: Fact {
    var fact = self
    if path.utf8.contains(UInt8(ascii: "[")) {
      var text = ""
      var isInside = false
      for character in path {
        if character == "[" { isInside = true }
        if !isInside { text.append(character) }
        if character == "]" {
          isInside = false
          text += "[*]"
        }
      }
      fact.path = text
    }
    if fact.type == "email-message", fact.path == "received_lines" { fact.path = "received_lines[*]" }
    if fact.type == "windows-registry-key", fact.path.hasPrefix("values.") {
      fact.path = "values[*]." + fact.path.dropFirst("values.".count)
    }
    return fact
  }
}
