import JSON
import STIX

/// Proposals that came from MISP, back where they stood.
extension MISPWriting {
  func writeProposal(_ object: STIXObject) {
    guard let type = object.value["x_misp_type"]?.string, let value = object.value["x_misp_value"]?.string,
      Self.isName(type, longest: 100), !value.isEmpty
    else { return account.lose(object, why: "a proposal in MISP has a type and a value") }
    let kept = kept(object)
    var proposal = MISPProposal(
      uuid: keptUUID(of: object, in: kept) ?? claimUUID(of: object), type: type, value: value)
    proposal.category = keptName("x_misp_category", of: object, in: object.value, longest: 100)
    proposal.comment = object.value["x_misp_comment"]?.string
    proposal.isForDetection = object.value["x_misp_to_ids"]?.bool ?? false
    proposal.isToDelete = object.value["x_misp_proposal_to_delete"]?.bool ?? false
    proposal.isDeleted = object.value["revoked"]?.bool ?? false
    proposal.timestamp = keptNumber("timestamp", of: object, in: kept, MISPValue.seconds).flatMap { Int64($0) }
    proposal.firstSeen = keptMoment("first_seen", of: object, in: kept)
    proposal.lastSeen = keptMoment("last_seen", of: object, in: kept)
    proposal.organisation = organisation(object.value["created_by_ref"]?.string)
    let target = object.value["x_misp_proposal_for_ref"]?.string
    guard attach(proposal, to: target.map { place(ofID: $0) }, named: kept?["referenced_uuid"]?.string) else {
      return account.lose(object, why: "it proposes something for what is no part of the event")
    }
    account.loseProperties(of: object, carried: Self.proposal, why: "a proposal in MISP has no place for it")
  }

  private static let proposal: PropertyNames = [
    "created", "created_by_ref", "revoked", "extensions", "labels", "x_misp_type", "x_misp_category", "x_misp_value",
    "x_misp_comment", "x_misp_to_ids", "x_misp_proposal_to_delete", "x_misp_proposal_for_ref",
  ]

  /// To the event itself where it is for no part of it.
  private func attach(_ proposal: MISPProposal, to object: Int?, named uuid: String?) -> Bool {
    guard let object else {
      event.proposals.append(proposal)
      return true
    }
    if let place = attributes(of: object).first {
      event.attributes[place].proposals.append(proposal)
      return true
    }
    guard let place = objectOf[object],
      let inside = event.objects[place].attributes.firstIndex(where: { $0.uuid == uuid })
    else { return false }
    event.objects[place].attributes[inside].proposals.append(proposal)
    return true
  }
}

/// What another organisation proposes for an event or an attribute.
struct MISPProposal {
  var uuid: String
  var type: String
  var category: String?
  var value: String
  var comment: String?
  var isForDetection = false
  var isToDelete = false
  /// No longer proposed.
  var isDeleted = false
  var timestamp: Int64?
  var firstSeen: String?
  var lastSeen: String?
  var organisation: MISPEvent.Organisation?

  init(uuid: String, type: String, value: String) {
    self.uuid = uuid
    self.type = type
    self.value = value
  }

  /// The list of them, where there are any.
  static func write(_ proposals: [MISPProposal], to holder: inout JSONWriter) {
    guard !proposals.isEmpty else { return }
    holder.member("ShadowAttribute") { list in
      list.array { list in for proposal in proposals { proposal.write(to: &list) } }
    }
  }

  private func write(to list: inout JSONWriter) {
    list.object { proposal in
      proposal.member("uuid", uuid)
      proposal.member("type", type)
      if let category { proposal.member("category", category) }
      proposal.member("to_ids", isForDetection)
      if let timestamp { proposal.member("timestamp", String(timestamp)) }
      if let comment { proposal.member("comment", comment) }
      if isDeleted { proposal.member("deleted", true) }
      if isToDelete { proposal.member("proposal_to_delete", true) }
      if let firstSeen { proposal.member("first_seen", firstSeen) }
      if let lastSeen { proposal.member("last_seen", lastSeen) }
      proposal.member("value", value)
      if let organisation { proposal.member("Org") { organisation.write(to: &$0) } }
    }
  }
}
