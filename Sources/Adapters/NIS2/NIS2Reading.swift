import Contract
import Formats
import JSON
import STIX

/// Reads one NIS2 report into a canonical bundle.
///
/// | of the report                     | in the bundle                                                            |
/// |-----------------------------------|--------------------------------------------------------------------------|
/// | `csirt`                           | an identity, the creator of everything else                              |
/// | `reporting_entity`                | an identity with its sectors, and our extension; the incident impacts it |
/// | `member_state`, its country       | locations, where incident and entity are                                 |
/// | `title`, `description`, the times | an incident; its `modified` is the time of submission                    |
/// | the regulatory answers            | our extension on the incident, beside Incident Core                      |
/// | each of `indicators`              | an indicator, or a vulnerability, related to the incident                |
/// | `tlp`                             | the marking of all, but of indicators that have their own                |
///
/// Ids follow from sender and reference, so that each stage is a new version of the same incident.
struct NIS2Reading: RegulatoryReading {
  let regime: String? = nil
  let fields: FieldReader
  let origin: Origin
  let reference: String
  let stage: NIS2Stage
  let created: Timestamp
  let modified: Timestamp
  let writer = CanonicalWriter()

  init(_ root: JSONValue, origin: Origin) throws(AdapterFailure) {
    fields = FieldReader(root)
    self.origin = origin
    _ = fields.text("format")
    guard let reference = fields.text("reference") else { throw Self.missing("reference") }
    guard let stage = fields.text("stage").flatMap(NIS2Stage.init) else { throw Self.missing("stage") }
    self.reference = reference
    self.stage = stage
    let accepted = Timestamp(origin.acceptedAt)
    modified = fields.text("submitted_at").flatMap { Timestamp($0) } ?? accepted
    created = min(fields.text("aware_at").flatMap { Timestamp($0) } ?? modified, modified)
  }

  func bundle() throws(AdapterFailure) -> STIXBundle {
    let marking = try marking(at: JSONPointer(tokens: ["tlp"]))
    let indicators = try indicators(default: marking)
    define([marking] + indicators.map(\.marking))
    let csirt = try addAuthority("csirt", roles: ["csirt"], marking)
    let entity = try addEntity(marking, creator: csirt)
    let place = addLocations(marking, creator: csirt, entity: entity)
    let incident = try addIncident(marking, creator: csirt)
    relate(incident, "impacts", entity, marking, creator: csirt)
    if let place { relate(incident, "located-at", place, marking, creator: csirt) }
    for indicator in indicators { add(indicator, incident: incident, creator: csirt, marking) }
    return try writer.bundle(id: id("bundle", origin.messageID))
  }

  /// The places of a report that are not read, whoever sent it.
  static func residue(of root: JSONValue) throws(AdapterFailure) -> [JSONPointer] {
    let origin = try Origin.anyone()
    let reading = try NIS2Reading(root, origin: origin)
    _ = try reading.bundle()
    return reading.fields.residue
  }
}
