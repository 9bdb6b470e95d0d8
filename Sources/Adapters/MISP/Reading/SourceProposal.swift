import JSON
import STIX

/// What another organisation proposes: a value to add, another in place of an attribute's, or that it should go.
struct SourceProposal: SourcePartHolder {
  var part = SourcePart()
  var type: String
  var category: String?
  var value: String
  var isForDetection = false
  /// Whether the attribute should go.
  var isToDelete = false
  var organisation: SourceOrganisation?
  var place: JSONPointer

  /// Nil for what has no UUID, no type or no value.
  init?(_ source: JSONValue, at place: JSONPointer, _ residue: ResidueAccount) {
    guard source["uuid"].flatMap(MISPValue.uuid) != nil, let type = source["type"]?.string, !type.isEmpty,
      let value = source["value"]?.string, !value.isEmpty
    else { return nil }
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
    case "proposal_to_delete":
      guard let flag = MISPValue.flag(member) else { return false }
      isToDelete = flag
      return true
    case "Org":
      organisation = SourceOrganisation(member, at: walk.place.appending(name), walk.residue)
      return organisation != nil
    // Numbers of the instance: what a proposal is about follows from where it stands.
    case "id", "event_id", "org_id", "old_id": return MISPValue.isNone(member)
    default: return part.take(name, member, walk) ?? false
    }
  }
}

extension EventReading {
  /// `main` is the object that the attribute became; nil for a proposal to the event as a whole.
  mutating func add(
    _ proposal: SourceProposal, about main: String?, named attribute: String? = nil, _ marking: PartMarking
  ) {
    guard let uuid = proposal.uuid else { return }
    let (id, isOwn) = reading.id(MISPExtension.customProposal, uuid)
    let modified = proposal.timestamp ?? time
    let organisation = proposal.organisation.map { addIdentity($0, marking: marking) }
    reading.add(id, from: [proposal.place]) { object in
      head(
        &object, MISPExtension.customProposal, id, created: modified, modified: modified, marking, isCreated: false)
      if let organisation { object.member("created_by_ref", organisation) }
      object.member("x_misp_type", proposal.type)
      if let category = proposal.category { object.member("x_misp_category", category) }
      object.member("x_misp_value", proposal.value)
      if let comment = proposal.comment { object.member("x_misp_comment", comment) }
      object.member("x_misp_to_ids", proposal.isForDetection)
      if proposal.isToDelete { object.member("x_misp_proposal_to_delete", true) }
      if let main { object.member("x_misp_proposal_for_ref", main) }
      if proposal.isDeleted { object.member("revoked", true) }
      writeExtension(&object) { kept in
        kept.member("kind", "proposal")
        if !isOwn { kept.member("uuid", uuid) }
        // An attribute of an object is part of what the object became.
        if let attribute, let main, !main.hasSuffix(attribute) { kept.member("referenced_uuid", attribute) }
        if let time = proposal.timestamp { kept.member("timestamp", String(time.seconds)) }
        if let seen = proposal.firstSeen { kept.member("first_seen", MISPID.moment(seen)) }
        if let seen = proposal.lastSeen { kept.member("last_seen", MISPID.moment(seen)) }
      }
    }
    content.append(id)
  }
}
