package import Contract
package import JSON

/// Our property extension on STIX incidents: what a regulator asks about an incident and STIX has no property for.
///
/// Its schema is `Schemas/entente/1/nis2-extension.json`. The id never changes; the schema has a version.
package enum RegulatoryExtension {
  package static let id = "extension-definition--5c1f0e5e-3f0a-4d0c-9a52-7d6d0f3b8e41"

  /// The property that says which report the incident came in.
  package static let stage = "stage"

  /// Incident Core 2.0 of the OASIS common objects.
  package static let incidentCore = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"

  /// The kind of message that an incident's stage makes; nil where it carries no stage of ours.
  package static func kind(of incident: JSONValue) -> MessageKind? {
    guard let answers = incident["extensions"]?[id] else { return nil }
    switch answers["regime"]?.string {
    case "cra": return answers[stage]?.string.flatMap(CRAStage.init)?.kind
    case "circia": return answers["report_type"]?.string.flatMap(CIRCIAReportType.init)?.kind
    default: return answers[stage]?.string.flatMap(NIS2Stage.init)?.kind
    }
  }
}
