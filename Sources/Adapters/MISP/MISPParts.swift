import JSON

/// Attributes that belong together.
struct MISPObject {
  var uuid: String
  var name: String
  var metaCategory: String
  var description: String?
  var templateUUID: String?
  var templateVersion: String?
  var timestamp: Int64
  var comment = ""
  var firstSeen: String?
  var lastSeen: String?
  var isDeleted = false
  var distribution = "5"
  var group: JSONValue?
  var attributes: [MISPAttribute] = []
  var references: [Reference] = []
  var tags: [String] = []
  var clusters: [MISPCluster] = []
  var remarks: [MISPRemark] = []

  /// A reference to another object, or to an attribute.
  struct Reference {
    var uuid: String
    var target: String
    var type: String
    var comment: String?
    var timestamp: Int64?
  }

  func write(to list: inout JSONWriter) {
    list.object { object in
      object.member("uuid", uuid)
      object.member("name", name)
      if !metaCategory.isEmpty { object.member("meta-category", metaCategory) }
      if let description { object.member("description", description) }
      if let templateUUID { object.member("template_uuid", templateUUID) }
      if let templateVersion { object.member("template_version", templateVersion) }
      object.member("timestamp", String(timestamp))
      object.member("distribution", distribution)
      object.member("comment", comment)
      object.member("deleted", isDeleted)
      if let firstSeen { object.member("first_seen", firstSeen) }
      if let lastSeen { object.member("last_seen", lastSeen) }
      if let group { object.member("SharingGroup") { MISPSharingGroup.write(group, to: &$0) } }
      object.member("Attribute") { $0.array { list in for attribute in attributes { attribute.write(to: &list) } } }
      if !references.isEmpty {
        object.member("ObjectReference") { list in
          list.array { list in
            for reference in references {
              list.object { entry in
                entry.member("uuid", reference.uuid)
                entry.member("object_uuid", uuid)
                entry.member("referenced_uuid", reference.target)
                entry.member("relationship_type", reference.type)
                if let comment = reference.comment { entry.member("comment", comment) }
                if let time = reference.timestamp { entry.member("timestamp", String(time)) }
              }
            }
          }
        }
      }
      if !clusters.isEmpty { object.member("Galaxy") { MISPCluster.writeGalaxies(clusters, to: &$0) } }
      if !tags.isEmpty { object.member("Tag") { MISPAttribute.write(tags: tags, to: &$0) } }
      MISPRemark.write(remarks, to: &object)
    }
  }
}

/// Knowledge about an actor, a malware, a technique: an entry of a galaxy.
struct MISPCluster {
  var uuid: String
  /// `threat-actor`; of objects that never were in MISP, `stix-2.1-malware`.
  var galaxy: String
  var value: String
  var description: String
  /// The galaxy that it was in, and what was said of it there.
  var kept: JSONValue?
  /// Whether it stands at the event, and not only at parts of it.
  var isOfEvent = true
  /// Whether the event has its tag.
  var isTagged = true

  var tag: String {
    kept?["tag_name"]?.string.flatMap { $0.hasPrefix("misp-galaxy:") ? $0 : nil }
      ?? "misp-galaxy:\(galaxy)=\"\(MISPTag.quotable(value))\""
  }

  private func write(to list: inout JSONWriter) {
    list.object { cluster in
      cluster.member("uuid", uuid)
      cluster.member("type", kept?["type"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? galaxy)
      cluster.member("value", value)
      cluster.member("tag_name", tag)
      cluster.member("description", description)
      if let meta = kept?["meta"], meta.isObject { cluster.member("meta", meta) }
    }
  }

  /// The galaxies of some clusters, each with its clusters.
  static func writeGalaxies(_ clusters: [MISPCluster], to writer: inout JSONWriter) {
    var types: [String] = []
    for cluster in clusters where !types.contains(cluster.galaxy) { types.append(cluster.galaxy) }
    writer.array { list in
      for type in types {
        let ofType = clusters.filter { $0.galaxy == type }
        let kept = ofType[0].kept?["galaxy"]
        list.object { galaxy in
          if let uuid = kept?["uuid"].flatMap(MISPValue.uuid) {
            galaxy.member("uuid", uuid)
          } else if kept == nil {
            galaxy.member("uuid", MISPID.uuid("galaxy", type))
          }
          let name = type.hasPrefix("stix-2.1-") ? "STIX 2.1 " + type.dropFirst("stix-2.1-".count) : type
          galaxy.member("name", kept?["name"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? name)
          galaxy.member("type", type)
          if let text = kept?["description"]?.string { galaxy.member("description", text) }
          galaxy.member("GalaxyCluster") { list in
            list.array { list in for cluster in ofType { cluster.write(to: &list) } }
          }
        }
      }
    }
  }
}

/// What an analyst says of an event or a part of it.
struct MISPRemark {
  enum Kind: String { case note = "Note", opinion = "Opinion", relationship = "Relationship" }

  var kind: Kind
  var uuid: String
  var text = ""
  var opinion: Int64 = 0
  var relationshipType = ""
  var relatedUUID = ""
  var authors: String?
  var language: String?
  var created: String?
  var modified: String?
  var distribution = "5"
  var isDeleted = false

  /// The lists of all kinds that there are.
  static func write(_ remarks: [MISPRemark], to holder: inout JSONWriter) {
    for kind in [Kind.note, .opinion, .relationship] {
      let ofKind = remarks.filter { $0.kind == kind }
      guard !ofKind.isEmpty else { continue }
      holder.member(kind.rawValue) { list in
        list.array { list in for remark in ofKind { remark.write(to: &list) } }
      }
    }
  }

  private func write(to list: inout JSONWriter) {
    list.object { remark in
      remark.member("uuid", uuid)
      switch kind {
      case .note:
        remark.member("note", text)
        if let language { remark.member("language", language) }
      case .opinion:
        remark.member("opinion", String(opinion))
        remark.member("comment", text)
      case .relationship:
        remark.member("relationship_type", relationshipType)
        remark.member("related_object_uuid", relatedUUID)
      }
      if let authors { remark.member("authors", authors) }
      if let created { remark.member("created", created) }
      if let modified { remark.member("modified", modified) }
      remark.member("distribution", distribution)
      if isDeleted { remark.member("deleted", true) }
    }
  }
}

/// A sharing group, as our extension keeps it.
enum MISPSharingGroup {
  /// Whether it is what a reader of events takes for a group, with everyone in it.
  static func isSound(_ kept: JSONValue) -> Bool {
    guard isNamed(kept) else { return false }
    return kept["organisations"]?.elements.allSatisfy { isNamed($0, longest: 256) } ?? true
  }

  private static func isNamed(_ kept: JSONValue, longest: Int = .max) -> Bool {
    guard let name = kept["name"]?.string, kept["uuid"].flatMap(MISPValue.uuid) != nil else { return false }
    return MISPWriting.isName(name, longest: longest)
  }

  static func write(_ kept: JSONValue, to writer: inout JSONWriter) {
    writer.object { group in
      for name in ["name", "uuid", "releasability", "description"] {
        if let text = kept[name]?.string { group.member(name, text) }
      }
      guard let organisations = kept["organisations"], organisations.isArray else { return }
      group.member("SharingGroupOrg") { list in
        list.array { list in
          for organisation in organisations.elements {
            list.object { entry in
              entry.member("Organisation") { member in
                member.object { member in
                  for name in ["name", "uuid"] {
                    if let text = organisation[name]?.string { member.member(name, text) }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
