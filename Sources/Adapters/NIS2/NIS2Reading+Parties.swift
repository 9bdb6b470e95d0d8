import Contract
import Formats
import JSON
import STIX

/// Who takes part beside the CSIRT: the entity, and where it is.
extension NIS2Reading {
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
