import Contract
import JSON
import STIX

/// Reads one event.
struct EventReading {
  let reading: MISPReading
  let event: SourceEvent?
  let place: JSONPointer
  /// The last change of the event: the time of what has none.
  let time: Timestamp
  /// The creator's id.
  var creator: String?
  var marking = PartMarking()
  /// What names the event as a whole.
  var frameID: String?
  /// The main object of each part, by its UUID.
  var mainOf: [String: String] = [:]
  /// The object that each cluster became, by the cluster's key, and by its tag.
  var clusterOf: [String: String] = [:]
  var clusterByTag: [String: String] = [:]
  /// Remarks and references wait until all that they may be about is there.
  var pendingRemarks: [(remark: SourceRemark, parent: String)] = []
  var pendingReferences: [(reference: SourceReference, source: String, marking: PartMarking, time: Timestamp)] = []
  /// What the event is about: everything but identities, and markings.
  var content: [String] = []

  init(_ event: SourceEvent, in reading: MISPReading) {
    self.reading = reading
    self.event = event
    place = event.place
    time = event.timestamp ?? event.publishTimestamp ?? Timestamp(reading.origin.acceptedAt)
  }

  /// For attributes without an event.
  init(attributesAt place: JSONPointer, in reading: MISPReading) {
    self.reading = reading
    event = nil
    self.place = place
    time = Timestamp(reading.origin.acceptedAt)
  }

  mutating func read() {
    guard let event else { return }
    addCreator(event.creator)
    marking = eventMarking(event)
    let (id, isOwn) = reading.id(event.isReport ? "report" : "grouping", event.uuid)
    frameID = id
    mainOf[event.uuid] = id
    // Its text names all the others, so it comes when they are known; its place is here.
    let frame = reading.reserve(id, from: event.frame)
    addClusters(event)
    for attribute in event.attributes { add(attribute) }
    for object in event.objects { add(object) }
    for remark in event.context.remarks { pendingRemarks.append((remark, id)) }
    for proposal in event.context.proposals { add(proposal, about: nil, marking) }
    addReferences()
    addRemarks()
    reading.setText(at: frame) { writeFrame(event, id: id, isOwn: isOwn, to: &$0) }
  }

  /// Attributes that stand for themselves.
  mutating func readLoose(_ list: JSONValue) {
    for (index, value) in list.elements.enumerated() {
      let place = place.appending(index)
      guard let attribute = SourceAttribute(value, at: place, reading.residue) else {
        reading.residue.add(place)
        continue
      }
      for cluster in attribute.context.clusters { addCluster(cluster, ofEvent: false) }
      add(attribute)
    }
    addRemarks()
  }

  // MARK: The event as a whole

  private mutating func addCreator(_ organisation: SourceOrganisation?) {
    guard let organisation else { return }
    creator = addIdentity(organisation, marking: PartMarking())
  }

  /// An organisation, once. Nothing that is said of it is marked: its name stands on everything that it made.
  mutating func addIdentity(_ organisation: SourceOrganisation, marking: PartMarking) -> String {
    let id =
      MISPID.isStandard(organisation.uuid)
      ? "identity--\(organisation.uuid)" : "identity--" + MISPID.uuid("organisation", organisation.uuid)
    if reading.contains(id) {
      reading.addSources([organisation.place], to: id)
      return id
    }
    let marking = event.map { eventMarking($0) } ?? marking
    reading.add(id, from: [organisation.place]) { object in
      head(&object, "identity", id, created: time, modified: time, marking, isCreated: false)
      object.member("name", organisation.name)
      object.member("identity_class", "organization")
      if !id.hasSuffix(organisation.uuid) { writeExtension(&object) { $0.member("uuid", organisation.uuid) } }
    }
    return id
  }

  private func writeFrame(_ event: SourceEvent, id: String, isOwn: Bool, to object: inout JSONWriter) {
    let labels = labels(event.context.tags)
    head(&object, event.isReport ? "report" : "grouping", id, created: event.made ?? time, modified: time, marking)
    object.member("name", event.info)
    if event.isReport {
      object.member("published", (event.publishTimestamp ?? time).description)
    } else {
      object.member("context", "suspicious-activity")
    }
    object.member("object_refs", content.isEmpty ? [creator ?? id] : content)
    if !labels.isEmpty { object.member("labels", labels) }
    writeExtension(&object) { kept in
      kept.member("kind", "event")
      if !isOwn { kept.member("uuid", event.uuid) }
      if let date = event.date { kept.member("date", date) }
      if let level = event.threatLevel { kept.member("threat_level_id", String(level)) }
      if let analysis = event.analysis { kept.member("analysis", String(analysis)) }
      if let distribution = event.distribution { kept.member("distribution", String(distribution)) }
      if event.isPublished == true { kept.member("published", true) }
      if let time = event.publishTimestamp { kept.member("publish_timestamp", String(time.seconds)) }
      if let uuid = event.extendsUUID { kept.member("extends_uuid", uuid) }
      if let group = event.group { kept.member("sharing_group") { write(group, to: &$0) } }
    }
  }

  // MARK: What all objects have

  /// Members that every object has; `isCreated` where somebody made it.
  func head(
    _ object: inout JSONWriter, _ type: String, _ id: String, created: Timestamp, modified: Timestamp,
    _ marking: PartMarking, isCreated: Bool = true
  ) {
    object.member("type", type)
    object.member("spec_version", "2.1")
    object.member("id", id)
    let time = modified.description
    object.member("created", created < modified ? created.description : time)
    object.member("modified", time)
    if isCreated, let creator { object.member("created_by_ref", creator) }
    write(marking, to: &object)
  }

  /// The markings of an object, with the definition of its label.
  func write(_ marking: PartMarking, to object: inout JSONWriter) {
    guard marking.tlp != nil || !marking.others.isEmpty else { return }
    if let tlp = marking.tlp { reading.define(tlp.markingID, tlp.markingDefinition) }
    object.key("object_marking_refs")
    object.raw(reading.spelled(marking))
  }

  /// Our extension, with what `body` writes.
  func writeExtension(_ object: inout JSONWriter, _ body: (inout JSONWriter) -> Void) {
    object.member("extensions") { extensions in
      extensions.object { extensions in
        extensions.member(MISPExtension.id) { kept in
          kept.object { kept in
            kept.member("extension_type", "property-extension")
            body(&kept)
          }
        }
      }
    }
  }

  func write(_ group: SourceSharingGroup, to writer: inout JSONWriter) {
    writer.object { object in
      object.member("name", group.name)
      object.member("uuid", group.uuid)
      if let text = group.releasability { object.member("releasability", text) }
      if let text = group.description { object.member("description", text) }
      guard !group.members.isEmpty else { return }
      object.member("organisations") { list in
        list.array { list in
          for member in group.members {
            list.object { entry in
              entry.member("name", member.name)
              entry.member("uuid", member.uuid)
            }
          }
        }
      }
    }
  }
}

extension SourceEvent {
  /// What was published is a report; what was not, a grouping.
  var isReport: Bool { isPublished == true || publishTimestamp != nil }

  /// The day of the event: it stays while the event changes.
  var made: Timestamp? { date.flatMap { Timestamp("\($0)T00:00:00Z") } }
}
