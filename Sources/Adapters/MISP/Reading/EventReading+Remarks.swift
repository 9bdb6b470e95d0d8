import JSON
import STIX

/// What hangs on the parts of an event: sightings, references, notes, opinions, reports.
extension EventReading {
  mutating func addContext(
    _ context: SourceContext, of main: String, _ marking: PartMarking, _ time: Timestamp
  ) {
    if context.clusters.isEmpty, context.tags.isEmpty, context.remarks.isEmpty { return }
    addClusterRelationships(context, of: main, marking, time)
    for remark in context.remarks { pendingRemarks.append((remark, main)) }
  }

  mutating func add(_ sighting: SourceSighting, of main: String, _ marking: PartMarking) {
    let uuid = sighting.uuid ?? MISPID.uuid("sighting", main, sighting.place.description)
    let type = sighting.type == 1 ? "opinion" : "sighting"
    let (id, isOwn) = reading.id(type, uuid)
    let organisation = sighting.organisation.map { addIdentity($0, marking: marking) }
    reading.add(id, from: [sighting.place]) { object in
      head(&object, type, id, created: sighting.date, modified: sighting.date, marking, isCreated: false)
      if type == "opinion" {
        object.member("opinion", "strongly-disagree")
        object.member("explanation", "false positive")
        object.member("object_refs", [main])
        if let organisation { object.member("created_by_ref", organisation) }
      } else {
        object.member("sighting_of_ref", main)
        object.member("first_seen", sighting.date.description)
        object.member("last_seen", sighting.date.description)
        object.member("count", 1)
        if let organisation { object.member("where_sighted_refs", [organisation]) }
      }
      writeExtension(&object) { kept in
        kept.member("kind", "sighting")
        if !isOwn { kept.member("uuid", uuid) }
        kept.member("type", String(sighting.type))
        if let source = sighting.source { kept.member("source", source) }
      }
    }
    content.append(id)
  }

  /// References between objects; one to what is not in the event leads nowhere, and is residue.
  mutating func addReferences() {
    for (reference, source, marking, time) in pendingReferences {
      guard let target = mainOf[reference.target] else {
        reading.residue.add(reference.place)
        continue
      }
      addRelationship(
        uuid: reference.uuid ?? MISPID.uuid("reference", source, target, reference.type), reference.type, source,
        target, named: reference.target, marking, reference.timestamp ?? time, comment: reference.comment,
        kind: "reference", from: reference.place)
    }
    pendingReferences = []
  }

  private mutating func addRelationship(
    uuid: String, _ type: String, _ source: String, _ target: String, named name: String, _ marking: PartMarking,
    _ time: Timestamp, comment: String?, kind: String, from place: JSONPointer
  ) {
    let (id, isOwn) = reading.id("relationship", uuid)
    let word = Self.relationshipType(type)
    reading.add(id, from: [place]) { object in
      head(&object, "relationship", id, created: time, modified: time, marking)
      object.member("relationship_type", word)
      object.member("source_ref", source)
      object.member("target_ref", target)
      if let comment { object.member("description", comment) }
      writeExtension(&object) { kept in
        kept.member("kind", kind)
        if !isOwn { kept.member("uuid", uuid) }
        if word != type { kept.member("relationship_type", type) }
        // An attribute of an object is part of what the object became.
        if !target.hasSuffix(name) { kept.member("referenced_uuid", name) }
      }
    }
    content.append(id)
  }

  /// A type of relationship in the letters that STIX has for it.
  private static func relationshipType(_ text: String) -> String {
    var word: [UInt8] = []
    for byte in text.lowercased().utf8 {
      switch byte {
      case 0x30...0x39, 0x61...0x7A: word.append(byte)
      default: if word.last != UInt8(ascii: "-"), !word.isEmpty { word.append(UInt8(ascii: "-")) }
      }
    }
    while word.last == UInt8(ascii: "-") { word.removeLast() }
    return word.isEmpty ? "related-to" : String(decoding: word, as: UTF8.self)
  }

  mutating func addRemarks() {
    for (remark, parent) in pendingRemarks {
      let marking = partMarking(remark.tags, distribution: remark.distribution, group: nil)
      switch remark.kind {
      case .relationship:
        guard let target = mainOf[remark.relatedUUID] else {
          reading.residue.add(remark.place)
          continue
        }
        addRelationship(
          uuid: remark.uuid, remark.relationshipType, parent, target, named: remark.relatedUUID, marking,
          remark.timestamp ?? time, comment: nil, kind: "analyst-relationship", from: remark.place)
      case .note, .report: addNote(remark, parent, marking)
      case .opinion: addOpinion(remark, parent, marking)
      }
    }
    pendingRemarks = []
  }

  private mutating func addNote(_ remark: SourceRemark, _ parent: String, _ marking: PartMarking) {
    let (id, isOwn) = reading.id("note", remark.uuid)
    let modified = remark.timestamp ?? time
    let tags = labels(remark.tags)
    reading.add(id, from: [remark.place]) { object in
      head(&object, "note", id, created: remark.created ?? modified, modified: modified, marking)
      if let title = remark.title, !title.isEmpty { object.member("abstract", title) }
      object.member("content", remark.text)
      if let authors = remark.authors { object.member("authors", [authors]) }
      object.member("object_refs", [parent])
      if remark.isDeleted { object.member("revoked", true) }
      if !tags.isEmpty { object.member("labels", tags) }
      writeExtension(&object) { kept in
        kept.member("kind", remark.kind == .report ? "event-report" : "note")
        if !isOwn { kept.member("uuid", remark.uuid) }
        if let language = remark.language { kept.member("language", language) }
        if let created = remark.created { kept.member("created", created.description) }
        if let time = remark.timestamp { kept.member("timestamp", String(time.seconds)) }
        if let number = remark.distribution, number != 5 { kept.member("distribution", String(number)) }
      }
    }
    content.append(id)
  }

  private mutating func addOpinion(_ remark: SourceRemark, _ parent: String, _ marking: PartMarking) {
    let (id, isOwn) = reading.id("opinion", remark.uuid)
    let modified = remark.timestamp ?? time
    let words = ["strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"]
    reading.add(id, from: [remark.place]) { object in
      head(&object, "opinion", id, created: remark.created ?? modified, modified: modified, marking)
      object.member("opinion", words[Int(min(max(remark.opinion - 1, 0) / 20, 4))])
      if !remark.text.isEmpty { object.member("explanation", remark.text) }
      if let authors = remark.authors { object.member("authors", [authors]) }
      object.member("object_refs", [parent])
      if remark.isDeleted { object.member("revoked", true) }
      writeExtension(&object) { kept in
        kept.member("kind", "opinion")
        if !isOwn { kept.member("uuid", remark.uuid) }
        kept.member("opinion", remark.opinion)
        if let created = remark.created { kept.member("created", created.description) }
        if let time = remark.timestamp { kept.member("timestamp", String(time.seconds)) }
        if let number = remark.distribution, number != 5 { kept.member("distribution", String(number)) }
      }
    }
    content.append(id)
  }
}
