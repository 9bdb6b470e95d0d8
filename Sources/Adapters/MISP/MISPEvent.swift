import JSON

/// A MISP event as we write it.
struct MISPEvent {
  var uuid = ""
  var info = ""
  /// `YYYY-MM-DD`.
  var date = ""
  /// Seconds since 1970.
  var timestamp: Int64 = 0
  var publishTimestamp = "0"
  var isPublished = false
  var threatLevel = "4"
  var analysis = "0"
  var distribution = "0"
  var extendsUUID: String?
  var group: JSONValue?
  var creator = Organisation(name: "", uuid: "")
  var attributes: [MISPAttribute] = []
  var objects: [MISPObject] = []
  var clusters: [MISPCluster] = []
  var reports: [Report] = []
  var remarks: [MISPRemark] = []
  var proposals: [MISPProposal] = []
  var tags: [String] = []

  struct Organisation: Equatable {
    var name: String
    var uuid: String

    func write(to writer: inout JSONWriter) {
      writer.object { organisation in
        organisation.member("name", name)
        organisation.member("uuid", uuid)
      }
    }
  }

  /// Text about the event as a whole, in Markdown.
  struct Report {
    var uuid: String
    var name: String
    var content: String
    var timestamp: Int64
    var distribution = "5"
    var isDeleted = false
    var tags: [String] = []
  }

  /// The event in its envelope: numbers as strings, members in an order that never changes.
  func text() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { message in
      message.member("Event") { $0.object { write(to: &$0) } }
    }
    return writer.bytes
  }

  private func write(to event: inout JSONWriter) {
    event.member("uuid", uuid)
    event.member("info", info)
    event.member("date", date)
    event.member("timestamp", String(timestamp))
    event.member("publish_timestamp", publishTimestamp)
    event.member("published", isPublished)
    event.member("threat_level_id", threatLevel)
    event.member("analysis", analysis)
    event.member("distribution", distribution)
    event.member("sharing_group_id", "0")
    if let extendsUUID { event.member("extends_uuid", extendsUUID) }
    event.member("Orgc") { creator.write(to: &$0) }
    if let group { event.member("SharingGroup") { MISPSharingGroup.write(group, to: &$0) } }
    event.member("attribute_count", String(attributes.count + objects.reduce(0) { $0 + $1.attributes.count }))
    event.member("Attribute") { list in
      list.array { list in for place in attributes.indices { attributes[place].write(to: &list) } }
    }
    if !objects.isEmpty {
      event.member("Object") { $0.array { list in for object in objects { object.write(to: &list) } } }
    }
    let clusters = clusters.filter(\.isOfEvent)
    if !clusters.isEmpty { event.member("Galaxy") { MISPCluster.writeGalaxies(clusters, to: &$0) } }
    if !reports.isEmpty {
      event.member("EventReport") { list in
        list.array { list in
          for report in reports {
            list.object { object in
              object.member("uuid", report.uuid)
              object.member("name", report.name)
              object.member("content", report.content)
              object.member("distribution", report.distribution)
              object.member("timestamp", String(report.timestamp))
              if report.isDeleted { object.member("deleted", true) }
              if !report.tags.isEmpty { object.member("Tag") { MISPAttribute.write(tags: report.tags, to: &$0) } }
            }
          }
        }
      }
    }
    MISPProposal.write(proposals, to: &event)
    MISPRemark.write(remarks, to: &event)
    event.member("Tag") { MISPAttribute.write(tags: tags, to: &$0) }
  }
}

/// One value of an event.
struct MISPAttribute {
  var uuid: String
  var type: String
  var category: String
  var value: String
  /// Fit for automatic detection.
  var isForDetection: Bool
  /// Nil only inside of an object that says when.
  var timestamp: Int64?
  var comment = ""
  /// What it is to the object that it stands in.
  var relation: String?
  var firstSeen: String?
  var lastSeen: String?
  /// Withdrawn by its author.
  var isDeleted = false
  var isUncorrelated = false
  var distribution = "5"
  var group: JSONValue?
  var tags: [String] = []
  var clusters: [MISPCluster] = []
  var sightings: [Sighting] = []
  var remarks: [MISPRemark] = []
  var proposals: [MISPProposal] = []

  struct Sighting {
    var uuid: String
    var date: Int64
    var source: String?
    var type = "0"
    var organisation: MISPEvent.Organisation?
  }

  func write(to list: inout JSONWriter) {
    list.object { attribute in
      if !uuid.isEmpty { attribute.member("uuid", uuid) }
      if let relation { attribute.member("object_relation", relation) }
      attribute.member("type", type)
      if !category.isEmpty { attribute.member("category", category) }
      attribute.member("to_ids", isForDetection)
      attribute.member("distribution", distribution)
      if let timestamp { attribute.member("timestamp", String(timestamp)) }
      attribute.member("comment", comment)
      attribute.member("deleted", isDeleted)
      if isUncorrelated { attribute.member("disable_correlation", true) }
      if let firstSeen { attribute.member("first_seen", firstSeen) }
      if let lastSeen { attribute.member("last_seen", lastSeen) }
      attribute.member("value", value)
      if let group { attribute.member("SharingGroup") { MISPSharingGroup.write(group, to: &$0) } }
      if !clusters.isEmpty { attribute.member("Galaxy") { MISPCluster.writeGalaxies(clusters, to: &$0) } }
      if !tags.isEmpty { attribute.member("Tag") { Self.write(tags: tags, to: &$0) } }
      MISPProposal.write(proposals, to: &attribute)
      MISPRemark.write(remarks, to: &attribute)
      guard !sightings.isEmpty else { return }
      attribute.member("Sighting") { list in
        list.array { list in
          for sighting in sightings {
            list.object { object in
              object.member("uuid", sighting.uuid)
              object.member("type", sighting.type)
              object.member("date_sighting", String(sighting.date))
              if let source = sighting.source { object.member("source", source) }
              if let organisation = sighting.organisation {
                object.member("Organisation") { organisation.write(to: &$0) }
              }
            }
          }
        }
      }
    }
  }

  static func write(tags: [String], to writer: inout JSONWriter) {
    writer.array { list in for tag in tags { list.object { $0.member("name", tag) } } }
  }
}
