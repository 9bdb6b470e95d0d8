import JSON
import STIX

/// One value of an event, or of an object in it.
struct SourceAttribute: SourcePartHolder {
  var part = SourcePart()
  var type: String
  var category: String?
  var value: String
  /// Fit for automatic detection.
  var isForDetection = false
  var relation: String?
  var isUncorrelated = false
  /// The file of an attachment, in base64: hashed and measured, never carried.
  var data: JSONValue?
  var context = SourceContext()
  var sightings: [SourceSighting] = []
  var place: JSONPointer

  /// Nil for what has no type or no value.
  init?(_ source: JSONValue, at place: JSONPointer, _ residue: ResidueAccount) {
    guard let type = source["type"]?.string, !type.isEmpty, let value = source["value"]?.string, !value.isEmpty else {
      return nil
    }
    self.type = type
    self.value = value
    self.place = place
    let walk = MemberWalk(value: source, place: place, residue: residue)
    walk.forEach { name, member in take(name, member, walk) }
  }

  private mutating func take(_ name: String, _ member: JSONValue, _ walk: MemberWalk) -> Bool {
    switch name {
    case "type", "value": return true
    case "category":
      category = member.string
      return category != nil
    case "to_ids":
      guard let flag = MISPValue.flag(member) else { return false }
      isForDetection = flag
      return true
    case "object_relation":
      relation = member.string
      return relation != nil
    case "disable_correlation":
      guard let flag = MISPValue.flag(member) else { return false }
      isUncorrelated = flag
      return true
    case "id", "event_id", "object_id", "sharing_group_id": return MISPValue.isNone(member)
    case "data":
      // Read to be hashed; the file itself goes nowhere.
      data = member
      return false
    case "Sighting":
      return walk.list(name, member) { entry, place in
        guard let sighting = SourceSighting(entry, at: place, walk.residue) else { return false }
        sightings.append(sighting)
        return true
      }
    default: return part.take(name, member, walk) ?? context.take(name, member, walk)
    }
  }
}

extension SourceSighting {
  init?(_ value: JSONValue, at place: JSONPointer, _ residue: ResidueAccount) {
    // An expiry (2) has no place in STIX that does not change what was observed.
    guard let date = value["date_sighting"].flatMap(MISPValue.time), let type = value["type"].flatMap(MISPValue.number),
      type == 0 || type == 1 || type == 3
    else { return nil }
    self.init(type: type, date: date, place: place)
    MemberWalk(value: value, place: place, residue: residue).forEach { name, member in
      switch name {
      case "type", "date_sighting": return true
      case "uuid":
        uuid = MISPValue.uuid(member)
        return uuid != nil
      case "source":
        source = member.string
        return source != nil
      case "Organisation":
        organisation = SourceOrganisation(member, at: place.appending(name), residue)
        return organisation != nil
      default: return false
      }
    }
  }
}

/// Who may have what is distributed to a sharing group.
struct SourceSharingGroup {
  var name: String
  var uuid: String
  var releasability: String?
  var description: String?
  var members: [SourceOrganisation] = []

  init?(_ value: JSONValue, at place: JSONPointer, _ residue: ResidueAccount) {
    guard let name = value["name"]?.string, !name.isEmpty, let uuid = value["uuid"].flatMap(MISPValue.uuid) else {
      return nil
    }
    self.name = name
    self.uuid = uuid
    let walk = MemberWalk(value: value, place: place, residue: residue)
    walk.forEach { member, value in
      switch member {
      case "name", "uuid": return true
      case "releasability":
        releasability = value.string
        return releasability != nil
      case "description":
        description = value.string
        return description != nil
      case "SharingGroupOrg":
        return walk.list(member, value) { entry, place in
          guard let inner = entry["Organisation"],
            let organisation = SourceOrganisation(inner, at: place.appending("Organisation"), residue)
          else { return false }
          MemberWalk(value: entry, place: place, residue: residue).forEach { name, _ in name == "Organisation" }
          members.append(organisation)
          return true
        }
      default: return false
      }
    }
  }
}

/// Attributes that belong together, after a template.
struct SourceObject: SourcePartHolder {
  var part = SourcePart()
  var name: String
  var metaCategory: String?
  var description: String?
  var templateUUID: String?
  var templateVersion: Int64?
  var attributes: [SourceAttribute] = []
  var references: [SourceReference] = []
  var context = SourceContext()
  var place: JSONPointer

  init?(_ source: JSONValue, at place: JSONPointer, _ residue: ResidueAccount) {
    guard let name = source["name"]?.string, !name.isEmpty else { return nil }
    self.name = name
    self.place = place
    let walk = MemberWalk(value: source, place: place, residue: residue)
    walk.forEach { name, member in take(name, member, walk) }
  }

  private mutating func take(_ name: String, _ member: JSONValue, _ walk: MemberWalk) -> Bool {
    switch name {
    case "name": return true
    case "meta-category":
      metaCategory = member.string
      return metaCategory != nil
    case "description":
      description = member.string
      return description != nil
    case "template_uuid":
      templateUUID = MISPValue.uuid(member)
      return templateUUID != nil
    case "template_version":
      templateVersion = MISPValue.number(member)
      return templateVersion != nil
    case "id", "event_id", "sharing_group_id": return MISPValue.isNone(member)
    case "Attribute":
      return walk.list(name, member) { entry, place in
        guard let attribute = SourceAttribute(entry, at: place, walk.residue) else { return false }
        attributes.append(attribute)
        return true
      }
    case "ObjectReference":
      return walk.list(name, member) { entry, place in take(reference: entry, at: place, walk.residue) }
    default: return part.take(name, member, walk) ?? context.take(name, member, walk)
    }
  }

  private mutating func take(reference value: JSONValue, at place: JSONPointer, _ residue: ResidueAccount) -> Bool {
    guard let target = value["referenced_uuid"].flatMap(MISPValue.uuid),
      let type = value["relationship_type"]?.string, !type.isEmpty
    else { return false }
    var reference = SourceReference(target: target, type: type, place: place)
    var deleted = false
    MemberWalk(value: value, place: place, residue: residue).forEach { name, member in
      switch name {
      case "referenced_uuid", "relationship_type": return true
      // The object that the reference stands in says it.
      case "object_uuid": return MISPValue.uuid(member) == uuid
      case "uuid":
        reference.uuid = MISPValue.uuid(member)
        return reference.uuid != nil
      case "comment":
        reference.comment = member.string
        return reference.comment != nil
      case "timestamp":
        reference.timestamp = MISPValue.time(member)
        return reference.timestamp != nil
      case "deleted":
        deleted = MISPValue.flag(member) ?? true
        return true
      default: return false
      }
    }
    if deleted { return false }
    references.append(reference)
    return true
  }
}

/// One event.
struct SourceEvent {
  var uuid: String
  var info: String
  var date: String?
  var timestamp: Timestamp?
  var publishTimestamp: Timestamp?
  var isPublished: Bool?
  var threatLevel: Int64?
  var analysis: Int64?
  var distribution: Int64?
  var group: SourceSharingGroup?
  var extendsUUID: String?
  var creator: SourceOrganisation?
  var attributes: [SourceAttribute] = []
  var objects: [SourceObject] = []
  var context = SourceContext()
  var place: JSONPointer
  /// The members that the event as a whole is made of, for its own places.
  var frame: [JSONPointer] = []

  init?(_ source: JSONValue, at place: JSONPointer, _ residue: ResidueAccount) {
    guard let uuid = source["uuid"].flatMap(MISPValue.uuid), let info = source["info"]?.string, !info.isEmpty else {
      return nil
    }
    self.uuid = uuid
    self.info = info
    self.place = place
    attributes.reserveCapacity(source["Attribute"]?.count ?? 0)
    let walk = MemberWalk(value: source, place: place, residue: residue)
    walk.forEach { name, member in
      guard take(name, member, walk) else { return false }
      if !Self.parts.contains(name) { frame.append(place.appending(name)) }
      return true
    }
  }

  /// Members that objects of their own are made from.
  private static let parts: Set<String> = [
    "Attribute", "Object", "Tag", "Galaxy", "EventReport", "Note", "Opinion", "Relationship", "Orgc",
    "ShadowAttribute",
  ]

  private mutating func take(_ name: String, _ member: JSONValue, _ walk: MemberWalk) -> Bool {
    switch name {
    case "uuid", "info": return true
    case "date":
      date = member.string
      return date != nil
    case "timestamp":
      timestamp = MISPValue.time(member)
      return timestamp != nil
    case "publish_timestamp":
      publishTimestamp = MISPValue.time(member)
      return publishTimestamp != nil || MISPValue.number(member) == 0
    case "published":
      isPublished = MISPValue.flag(member)
      return isPublished != nil
    case "threat_level_id":
      threatLevel = MISPValue.number(member)
      return threatLevel.map { (1...4).contains($0) } ?? false
    case "analysis":
      analysis = MISPValue.number(member)
      return analysis.map { (0...2).contains($0) } ?? false
    case "distribution":
      distribution = MISPValue.number(member)
      return distribution.map { (0...4).contains($0) } ?? false
    case "SharingGroup":
      group = SourceSharingGroup(member, at: walk.place.appending(name), walk.residue)
      return group != nil
    case "extends_uuid":
      extendsUUID = MISPValue.uuid(member)
      return extendsUUID != nil
    case "id", "org_id", "orgc_id", "sharing_group_id": return MISPValue.isNone(member)
    case "Orgc":
      creator = SourceOrganisation(member, at: walk.place.appending(name), walk.residue)
      return creator != nil
    case "Attribute":
      return walk.list(name, member) { entry, place in
        guard let attribute = SourceAttribute(entry, at: place, walk.residue) else { return false }
        attributes.append(attribute)
        return true
      }
    case "Object":
      return walk.list(name, member) { entry, place in
        guard let object = SourceObject(entry, at: place, walk.residue) else { return false }
        objects.append(object)
        return true
      }
    default: return context.take(name, member, walk)
    }
  }
}
