import Contract
import Formats
import JSON
import STIX

/// Who takes part: the CSIRT, the entity, and where they are.
extension NIS2Reading {
  func addCSIRT(_ marking: TLP?) throws(AdapterFailure) -> String {
    guard let name = fields.text("csirt", "name") else { throw Self.missing("csirt") }
    let id = DeterministicIdentity.id(ofAgency: fields.text("csirt", "agency") ?? origin.sender.slug)
    let contact = contact("csirt")
    let agency = fields.text("csirt", "agency").map { [("agency", $0)] } ?? []
    let reached = contactDetails("csirt")
    writer.add("identity", id: id, from: [JSONPointer(tokens: ["csirt"])]) { object in
      common(&object, marking, creator: nil)
      object.member("name", name)
      object.member("identity_class", "organization")
      object.member("roles", ["csirt"])
      if let contact { object.member("contact_information", contact) }
      writeParty(&object, agency, reached)
    }
    return id
  }

  func addEntity(_ marking: TLP?, creator: String) throws(AdapterFailure) -> String {
    guard let name = fields.text("reporting_entity", "name") else { throw Self.missing("reporting_entity") }
    let id = id("identity", "reporting-entity")
    let contact = contact("reporting_entity")
    let reached = contactDetails("reporting_entity")
    let sector = fields.text("reporting_entity", "sector")
    let details = ["registration", "class", "sector", "subsector", "country"].compactMap { key in
      fields.text("reporting_entity", key).map { (key, $0) }
    }
    writer.add("identity", id: id, from: [JSONPointer(tokens: ["reporting_entity"])]) { object in
      common(&object, marking, creator: creator)
      object.member("name", name)
      object.member("identity_class", "organization")
      let sectors = sector.map { SectorCrosswalk.stix($0) } ?? []
      if !sectors.isEmpty { object.member("sectors", sectors) }
      if let contact { object.member("contact_information", contact) }
      writeParty(&object, details, reached)
    }
    return id
  }

  /// The Member State, where the incident is, and the entity's own country; one object where they are the same.
  func addLocations(_ marking: TLP?, creator: String, entity: String) -> String? {
    var places: [String: [JSONPointer]] = [:]
    let memberState = fields.text("member_state")
    let country = fields.text("reporting_entity", "country")
    if let memberState { places[memberState, default: []].append(JSONPointer(tokens: ["member_state"])) }
    if let country { places[country, default: []].append(JSONPointer(tokens: ["reporting_entity", "country"])) }
    for (country, sources) in places.sorted(by: { $0.key < $1.key }) {
      writer.add("location", id: id("location", country), from: sources) { object in
        common(&object, marking, creator: creator)
        object.member("country", country)
      }
    }
    if let country { relate(entity, "located-at", id("location", country), marking, creator: creator) }
    return memberState.map { id("location", $0) }
  }
}

/// Identities of agencies, which have the same id in whatever document they are named.
enum DeterministicIdentity {
  static func id(ofAgency slug: String) -> String {
    "identity--" + DeterministicID.uuid5(namespace: "b1d7a0f4-5c3e-5f6a-9d21-0c7e8f4a2b63", name: slug.utf8)
  }
}
