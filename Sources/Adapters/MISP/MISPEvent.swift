import JSON

/// A MISP event as we write it.
struct MISPEvent {
  var uuid = ""
  var info = ""
  /// `YYYY-MM-DD`.
  var date = ""
  /// Seconds since 1970.
  var timestamp: Int64 = 0
  var threatLevel = "4"
  var analysis = "0"
  var distribution = "0"
  var creator = Organisation(name: "", uuid: "")
  var attributes: [MISPAttribute] = []
  var clusters: [MISPCluster] = []
  var reports: [Report] = []
  var tags: [String] = []

  struct Organisation: Equatable {
    var name: String
    var uuid: String
  }

  /// Text about the event as a whole, in Markdown.
  struct Report {
    var uuid: String
    var name: String
    var content: String
    var timestamp: Int64
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
    event.member("publish_timestamp", "0")
    event.member("published", false)
    event.member("threat_level_id", threatLevel)
    event.member("analysis", analysis)
    event.member("distribution", distribution)
    event.member("sharing_group_id", "0")
    event.member("Orgc") { org in
      org.object { org in
        org.member("name", creator.name)
        org.member("uuid", creator.uuid)
      }
    }
    event.member("attribute_count", String(attributes.count))
    event.member("Attribute") { $0.array { list in for attribute in attributes { attribute.write(to: &list) } } }
    if !clusters.isEmpty { event.member("Galaxy") { writeGalaxies(to: &$0) } }
    if !reports.isEmpty {
      event.member("EventReport") { list in
        list.array { list in
          for report in reports {
            list.object { object in
              object.member("uuid", report.uuid)
              object.member("name", report.name)
              object.member("content", report.content)
              object.member("distribution", "5")
              object.member("timestamp", String(report.timestamp))
            }
          }
        }
      }
    }
    event.member("Tag") { MISPAttribute.write(tags: tags, to: &$0) }
  }

  private func writeGalaxies(to writer: inout JSONWriter) {
    var types: [String] = []
    for cluster in clusters where !types.contains(cluster.galaxy) { types.append(cluster.galaxy) }
    writer.array { list in
      for type in types {
        list.object { galaxy in
          galaxy.member("uuid", MISPID.uuid("galaxy", type))
          galaxy.member("name", "STIX 2.1 " + type.dropFirst("stix-2.1-".count))
          galaxy.member("type", type)
          galaxy.member("GalaxyCluster") { list in
            list.array { list in
              for cluster in clusters where cluster.galaxy == type { cluster.write(to: &list) }
            }
          }
        }
      }
    }
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
  var timestamp: Int64
  var comment = ""
  var firstSeen: String?
  var lastSeen: String?
  /// Withdrawn by its author.
  var isDeleted = false
  var tags: [String] = []
  var sightings: [Sighting] = []

  struct Sighting {
    var uuid: String
    var date: Int64
    var source: String
  }

  func write(to list: inout JSONWriter) {
    list.object { attribute in
      attribute.member("uuid", uuid)
      attribute.member("type", type)
      attribute.member("category", category)
      attribute.member("to_ids", isForDetection)
      attribute.member("distribution", "5")
      attribute.member("timestamp", String(timestamp))
      attribute.member("comment", comment)
      attribute.member("deleted", isDeleted)
      if let firstSeen { attribute.member("first_seen", firstSeen) }
      if let lastSeen { attribute.member("last_seen", lastSeen) }
      attribute.member("value", value)
      if !tags.isEmpty { attribute.member("Tag") { Self.write(tags: tags, to: &$0) } }
      guard !sightings.isEmpty else { return }
      attribute.member("Sighting") { list in
        list.array { list in
          for sighting in sightings {
            list.object { object in
              object.member("uuid", sighting.uuid)
              object.member("type", "0")
              object.member("date_sighting", String(sighting.date))
              object.member("source", sighting.source)
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

/// Knowledge about an actor, a malware, a technique: an entry of a galaxy that is named after the type in STIX.
struct MISPCluster {
  var uuid: String
  /// `stix-2.1-malware`.
  var galaxy: String
  var value: String
  var description: String

  var tag: String { "misp-galaxy:\(galaxy)=\"\(MISPTag.quotable(value))\"" }

  func write(to list: inout JSONWriter) {
    list.object { cluster in
      cluster.member("uuid", uuid)
      cluster.member("type", galaxy)
      cluster.member("value", value)
      cluster.member("tag_name", tag)
      cluster.member("description", description)
    }
  }
}
