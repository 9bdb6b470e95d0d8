import JSON
import STIX

/// A label on an event, an attribute or an object.
struct SourceTag {
  var name: String
  var place: JSONPointer

  /// Nil for what is no tag, and for one that is local to an instance: it is never forwarded.
  init?(_ value: JSONValue, at place: JSONPointer, _ residue: ResidueAccount) {
    guard let name = value["name"]?.string, !name.isEmpty else { return nil }
    if let exportable = value["exportable"], MISPValue.flag(exportable) == false { return nil }
    if let local = value["local"], MISPValue.flag(local) == true { return nil }
    self.name = name
    self.place = place
    MemberWalk(value: value, place: place, residue: residue).forEach { name, member in
      switch name {
      case "name": true
      case "exportable", "local": MISPValue.flag(member) != nil
      // A colour, a number, and whether a galaxy is behind it say nothing about the event.
      default: false
      }
    }
  }
}

/// An entry of a galaxy as it stands at an event, an attribute or an object.
struct SourceCluster {
  var galaxyType: String
  var galaxyName: String
  var galaxyUUID: String?
  var galaxyDescription: String?
  var uuid: String
  var type: String
  var value: String
  var tagName: String
  var description: String?
  var meta: JSONValue?
  var place: JSONPointer

  var key: String { "\(type)\n\(value)" }
}

/// Somebody saw an attribute, or did not.
struct SourceSighting {
  var uuid: String?
  /// 0 seen, 1 a false positive, 3 confirmed.
  var type: Int64
  var date: Timestamp
  var source: String?
  var organisation: SourceOrganisation?
  var place: JSONPointer
}

struct SourceOrganisation {
  var name: String
  var uuid: String
  var place: JSONPointer

  init?(_ value: JSONValue, at place: JSONPointer, _ residue: ResidueAccount) {
    guard let name = value["name"]?.string, !name.isEmpty, let uuid = value["uuid"].flatMap(MISPValue.uuid) else {
      return nil
    }
    self.name = name
    self.uuid = uuid
    self.place = place
    MemberWalk(value: value, place: place, residue: residue).forEach { name, _ in name == "name" || name == "uuid" }
  }
}

/// What analysts say about an event or a part of it: a note, an opinion, a relationship; or a report of the event.
struct SourceRemark {
  enum Kind { case note, opinion, relationship, report }

  var kind: Kind
  var uuid: String
  var text: String
  var title: String?
  var opinion: Int64 = 0
  var relationshipType = ""
  var relatedUUID = ""
  var authors: String?
  var language: String?
  var timestamp: Timestamp?
  var created: Timestamp?
  var distribution: Int64?
  var isDeleted = false
  var tags: [SourceTag] = []
  var place: JSONPointer
}

/// A reference from an object to another, or to an attribute.
struct SourceReference {
  var uuid: String?
  var target: String
  var type: String
  var comment: String?
  var timestamp: Timestamp?
  var place: JSONPointer
}

/// What events, attributes and objects have around them.
struct SourceContext {
  var tags: [SourceTag] = []
  var clusters: [SourceCluster] = []
  var remarks: [SourceRemark] = []
  var proposals: [SourceProposal] = []

  /// Takes the lists that they share; false where the member is none of them.
  mutating func take(_ name: String, _ value: JSONValue, _ walk: MemberWalk) -> Bool {
    switch name {
    case "Tag":
      return walk.list(name, value) { entry, place in
        guard let tag = SourceTag(entry, at: place, walk.residue) else { return false }
        tags.append(tag)
        return true
      }
    case "ShadowAttribute":
      return walk.list(name, value) { entry, place in
        guard let proposal = SourceProposal(entry, at: place, walk.residue) else { return false }
        proposals.append(proposal)
        return true
      }
    case "Galaxy":
      return walk.list(name, value) { entry, place in take(galaxy: entry, at: place, walk.residue) }
    case "Note": return take(remarks: value, name, .note, walk)
    case "Opinion": return take(remarks: value, name, .opinion, walk)
    case "Relationship": return take(remarks: value, name, .relationship, walk)
    case "EventReport": return take(remarks: value, name, .report, walk)
    default: return false
    }
  }

  private mutating func take(galaxy: JSONValue, at place: JSONPointer, _ residue: ResidueAccount) -> Bool {
    guard let type = galaxy["type"]?.string, !type.isEmpty, let list = galaxy["GalaxyCluster"], list.isArray,
      list.count > 0
    else { return false }
    let name = galaxy["name"]?.string ?? type
    let uuid = galaxy["uuid"].flatMap(MISPValue.uuid)
    let description = galaxy["description"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    let walk = MemberWalk(value: galaxy, place: place, residue: residue)
    walk.forEach { member, value in
      switch member {
      case "type": return true
      case "name": return value.string != nil
      case "uuid": return uuid != nil
      case "description": return value.string != nil
      case "GalaxyCluster":
        return walk.list(member, value) { entry, place in
          guard var cluster = Self.cluster(entry, of: type, at: place, residue) else { return false }
          cluster.galaxyName = name
          cluster.galaxyUUID = uuid
          cluster.galaxyDescription = description
          clusters.append(cluster)
          return true
        }
      default: return false
      }
    }
    return true
  }

  private static func cluster(
    _ value: JSONValue, of galaxy: String, at place: JSONPointer, _ residue: ResidueAccount
  ) -> SourceCluster? {
    guard let name = value["value"]?.string, !name.isEmpty else { return nil }
    let type = value["type"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? galaxy
    let tag = "misp-galaxy:\(type)=\"\(name)\""
    let uuid = value["uuid"].flatMap(MISPValue.uuid) ?? MISPID.uuid("cluster", type, name)
    var cluster = SourceCluster(
      galaxyType: galaxy, galaxyName: galaxy, uuid: uuid, type: type, value: name, tagName: tag, place: place)
    MemberWalk(value: value, place: place, residue: residue).forEach { member, value in
      switch member {
      case "value", "type": return value.string != nil
      case "uuid": return MISPValue.uuid(value) != nil
      case "tag_name":
        guard let text = value.string, text.hasPrefix("misp-galaxy:") else { return false }
        cluster.tagName = text
        return true
      case "description":
        cluster.description = value.string
        return value.string != nil
      case "meta":
        guard value.isObject else { return false }
        cluster.meta = value
        return true
      default: return false
      }
    }
    return cluster
  }

  private mutating func take(
    remarks list: JSONValue, _ name: String, _ kind: SourceRemark.Kind, _ walk: MemberWalk
  ) -> Bool {
    walk.list(name, list) { entry, place in
      guard let remark = SourceRemark(entry, kind, at: place, walk.residue) else { return false }
      remarks.append(remark)
      return true
    }
  }
}

extension SourceRemark {
  init?(_ value: JSONValue, _ kind: Kind, at place: JSONPointer, _ residue: ResidueAccount) {
    guard let uuid = value["uuid"].flatMap(MISPValue.uuid) else { return nil }
    let text: String?
    switch kind {
    case .note: text = value["note"]?.string
    case .report: text = value["content"]?.string
    case .opinion: text = value["comment"]?.string ?? ""
    case .relationship: text = ""
    }
    guard let text, kind == .opinion || kind == .relationship || !text.isEmpty else { return nil }
    self.init(kind: kind, uuid: uuid, text: text, place: place)
    if kind == .opinion {
      guard let opinion = value["opinion"].flatMap(MISPValue.number), (0...100).contains(opinion) else { return nil }
      self.opinion = opinion
    }
    if kind == .relationship {
      guard let type = value["relationship_type"]?.string, !type.isEmpty,
        let target = value["related_object_uuid"].flatMap(MISPValue.uuid)
      else { return nil }
      relationshipType = type
      relatedUUID = target
    }
    let walk = MemberWalk(value: value, place: place, residue: residue)
    walk.forEach { name, member in take(name, member, walk) }
  }

  private mutating func take(_ name: String, _ member: JSONValue, _ walk: MemberWalk) -> Bool {
    switch (name, kind) {
    case ("uuid", _): return true
    case ("note", .note), ("content", .report), ("opinion", .opinion): return true
    case ("comment", .opinion): return member.string != nil
    case ("relationship_type", .relationship), ("related_object_uuid", .relationship): return true
    case ("name", .report):
      title = member.string
      return title != nil
    case ("authors", _):
      authors = member.string
      return authors != nil
    case ("language", .note):
      language = member.string
      return language != nil
    case ("timestamp", .report):
      timestamp = MISPValue.time(member)
      return timestamp != nil
    case ("modified", _):
      timestamp = Self.moment(member)
      return timestamp != nil
    case ("created", _):
      created = Self.moment(member)
      return created != nil
    case ("distribution", _):
      distribution = MISPValue.number(member)
      return distribution.map { (0...5).contains($0) } ?? false
    case ("deleted", _):
      guard let flag = MISPValue.flag(member) else { return false }
      isDeleted = flag
      return true
    case ("Tag", .report):
      return walk.list(name, member) { entry, place in
        guard let tag = SourceTag(entry, at: place, walk.residue) else { return false }
        tags.append(tag)
        return true
      }
    default: return false
    }
  }

  /// Analyst data writes `2024-01-31 10:00:00`, in UTC.
  private static func moment(_ value: JSONValue) -> Timestamp? {
    if let moment = MISPValue.moment(value) { return moment }
    guard let text = value.string, text.utf8.count == 19 else { return nil }
    return Timestamp(text.prefix(10) + "T" + text.suffix(8) + "Z")
  }
}
