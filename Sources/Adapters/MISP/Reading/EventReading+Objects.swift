import JSON
import STIX

/// Objects: what their attributes say together.
extension EventReading {
  mutating func add(_ object: SourceObject) {
    let uuid = object.uuid ?? MISPID.uuid("object", object.place.description)
    let marking = objectMarking(object)
    let main: String
    if let id = addKnown(object, uuid, marking) {
      main = id
    } else if let template = ObjectTemplate.template(named: object.name),
      let id = addEvidence(object, uuid, marking, by: template)
    {
      main = id
    } else {
      main = addCustom(object, uuid, marking)
    }
    content.append(main)
    mainOf[uuid] = main
    let modified = object.timestamp ?? time
    for reference in object.references { pendingReferences.append((reference, main, marking, modified)) }
    addContext(object.context, of: main, marking, modified)
    for attribute in object.attributes {
      if let uuid = attribute.uuid, mainOf[uuid] == nil { mainOf[uuid] = main }
      addContext(attribute.context, of: main, marking, attribute.timestamp ?? modified)
      for sighting in attribute.sightings { add(sighting, of: main, marking) }
      for proposal in attribute.context.proposals {
        guard let uuid = attribute.uuid else { reading.residue.add(proposal.place); continue }
        add(proposal, about: main, named: uuid, marking)
      }
    }
  }

  /// An object is one thing: the strictest marking of its attributes is its own.
  private func objectMarking(_ object: SourceObject) -> PartMarking {
    var marking = partMarking(object.context.tags, distribution: object.distribution, group: object.group)
    for attribute in object.attributes {
      let part = partMarking(
        attribute.context.tags, distribution: attribute.distribution, group: attribute.group)
      marking = marking.combined(with: part)
    }
    return marking
  }

  /// Attributes fit for detection make a pattern together; all of them make the observables.
  private mutating func addEvidence(
    _ source: SourceObject, _ uuid: String, _ marking: PartMarking, by template: ObjectTemplate
  ) -> String? {
    var facts: [Fact] = []
    var forDetection: [Fact] = []
    for attribute in source.attributes where !attribute.isDeleted {
      guard let said = template.fact(relation: attribute.relation ?? "", value: attribute.value) else { continue }
      facts += said
      if attribute.isForDetection { forDetection += said }
    }
    guard !facts.isEmpty else { return nil }
    facts += template.constants
    if !forDetection.isEmpty {
      forDetection += template.constants
      let (id, isOwn) = reading.id("indicator", uuid)
      let modified = source.timestamp ?? time
      let from = source.firstSeen ?? modified
      reading.add(id, from: [source.place]) { object in
        head(&object, "indicator", id, created: modified, modified: modified, marking)
        if let comment = source.comment { object.member("description", comment) }
        object.member("pattern", PatternText.of(forDetection))
        object.member("pattern_type", "stix")
        object.member("pattern_version", "2.1")
        object.member("valid_from", from.description)
        if let until = source.lastSeen, until > from { object.member("valid_until", until.description) }
        if source.isDeleted { object.member("revoked", true) }
        writeLabels(source, to: &object)
        writeExtension(&object) { write(source, uuid, isOwn: isOwn, to: &$0) }
      }
      content += addObservables(facts, uuid, marking, from: [source.place])
      return id
    }
    let observables = addObservables(facts, uuid, marking, from: [source.place])
    guard !observables.isEmpty else { return nil }
    content += observables
    let (id, isOwn) = reading.id("observed-data", uuid)
    let modified = source.timestamp ?? time
    let first = source.firstSeen ?? min(source.lastSeen ?? modified, modified)
    reading.add(id, from: [source.place]) { object in
      head(&object, "observed-data", id, created: modified, modified: modified, marking)
      object.member("first_observed", first.description)
      object.member("last_observed", max(source.lastSeen ?? first, first).description)
      object.member("number_observed", 1)
      object.member("object_refs", observables)
      if source.isDeleted { object.member("revoked", true) }
      writeLabels(source, to: &object)
      writeExtension(&object) { write(source, uuid, isOwn: isOwn, to: &$0) }
    }
    return id
  }

  /// An object of a template that STIX has no place for.
  private mutating func addCustom(_ source: SourceObject, _ uuid: String, _ marking: PartMarking) -> String {
    let (id, isOwn) = reading.id(MISPExtension.customObject, uuid)
    let modified = source.timestamp ?? time
    reading.add(id, from: [source.place]) { object in
      head(&object, MISPExtension.customObject, id, created: modified, modified: modified, marking)
      object.member("x_misp_name", source.name)
      if let category = source.metaCategory { object.member("x_misp_meta_category", category) }
      if source.isDeleted { object.member("revoked", true) }
      writeLabels(source, to: &object)
      writeExtension(&object) { write(source, uuid, isOwn: isOwn, to: &$0) }
    }
    return id
  }

  // MARK: What STIX has no property for

  func writeLabels(_ source: SourceObject, to object: inout JSONWriter) {
    let tags = source.context.tags
    object.member("labels") { list in
      list.array { list in
        list.raw(reading.spelledLabel("name", source.name))
        if let category = source.metaCategory { list.raw(reading.spelledLabel("meta-category", category)) }
        for label in labels(tags) { list.string(label) }
      }
    }
    if let confidence = Self.confidence(tags) { object.member("confidence", confidence) }
  }

  /// The object as it stands in the event: its attributes say more than STIX has properties for.
  func write(_ source: SourceObject, _ uuid: String, isOwn: Bool, to kept: inout JSONWriter) {
    kept.member("kind", "object")
    if !isOwn { kept.member("uuid", uuid) }
    kept.member("name", source.name)
    if let text = source.metaCategory { kept.member("meta-category", text) }
    if let text = source.description { kept.member("description", text) }
    if let text = source.templateUUID { kept.member("template_uuid", text) }
    if let number = source.templateVersion { kept.member("template_version", String(number)) }
    if let text = source.comment { kept.member("comment", text) }
    if let seen = source.firstSeen { kept.member("first_seen", MISPID.moment(seen)) }
    if let seen = source.lastSeen { kept.member("last_seen", MISPID.moment(seen)) }
    if let number = source.distribution, number != 5 { kept.member("distribution", String(number)) }
    if let group = source.group { kept.member("sharing_group") { write(group, to: &$0) } }
    guard !source.attributes.isEmpty else { return }
    kept.member("attributes") { list in
      list.array { list in for attribute in source.attributes { list.object { write(attribute, to: &$0) } } }
    }
  }

  private func write(_ attribute: SourceAttribute, to kept: inout JSONWriter) {
    if let uuid = attribute.uuid { kept.member("uuid", uuid) }
    if let relation = attribute.relation { kept.member("object_relation", relation) }
    kept.member("type", attribute.type)
    if let category = attribute.category { kept.member("category", category) }
    kept.member("value", attribute.value)
    kept.member("to_ids", attribute.isForDetection)
    if let text = attribute.comment { kept.member("comment", text) }
    if let time = attribute.timestamp { kept.member("timestamp", String(time.seconds)) }
    if let seen = attribute.firstSeen { kept.member("first_seen", MISPID.moment(seen)) }
    if let seen = attribute.lastSeen { kept.member("last_seen", MISPID.moment(seen)) }
    if let number = attribute.distribution, number != 5 { kept.member("distribution", String(number)) }
    if let group = attribute.group { kept.member("sharing_group") { write(group, to: &$0) } }
    if attribute.isDeleted { kept.member("deleted", true) }
    if attribute.isUncorrelated { kept.member("disable_correlation", true) }
    if let file = attribute.file {
      kept.member("data_sha256", file.sha256)
      kept.member("data_size", file.size)
    }
    let tags = attribute.context.tags.map(\.name).filter { clusterByTag[$0] == nil }
    if !tags.isEmpty { kept.member("tags", tags) }
  }
}
