import Contract
import JSON
import Testing

@testable import Formats

/// The rules of the reports to regulators, one mistake each.
@Suite struct ReportRulesTests {
  private func findings(_ text: String) throws -> [Finding] {
    let message = try FormatCatalogue.identify(Array(text.utf8), contentType: nil, hint: nil)
    return FormatCatalogue.findings(in: message)
  }

  private static let nis2 =
    #"{"format":"nis2","version":"2026.1","stage":"final_report","reference":"PL-1","title":"t","member_state":"PL","#
    + #""csirt":{"name":"CERT"},"reporting_entity":{"name":"n","sector":"energy"},"tlp":"TLP:AMBER","#
    + #""aware_at":"2026-02-01T00:00:00Z","notification_submitted_at":"2026-02-02T00:00:00Z","#
    + #""handled_at":"2026-02-20T00:00:00Z","submitted_at":"2026-03-01T00:00:00Z","description":"d","#
    + #""severity":{"level":"low"},"impact":{"severity":"green"},"nature":{"root_cause":"human-errors"},"#
    + #""mitigation":{"applied":["m"]},"ongoing":false,"#
    + #""indicators":[{"type":"domain","value":"e.example","first_seen":"2026-01-31T00:00:00Z"}]}"#

  @Test(arguments: [
    ("2026-02-01T", "2026-02-30T", "nis2-time-exists", "/aware_at"),
    ("2026-01-31T", "2026-06-31T", "nis2-time-exists", "/indicators/0/first_seen"),
    ("2026-02-20T", "2026-03-20T", "nis2-times-in-order", "/submitted_at"),
    ("2026-03-01T", "2026-03-21T", "nis2-final-report-late", "/submitted_at"),
    (#""ongoing":false"#, #""ongoing":true"#, "nis2-final-while-ongoing", "/ongoing"),
    (#""tlp":"TLP:AMBER","#, "", "nis2-marking-missing", ""),
    (#""sector":"energy""#, #""sector":"energy","subsector":"rail""#, "nis2-subsector", "/reporting_entity/subsector"),
    (#""notification_submitted_at":"2026-02-02T00:00:00Z","#, "", "schema-required", ""),
  ])
  func `a mistake in a NIS2 report is found`(_ old: String, _ new: String, _ rule: String, _ place: String) throws {
    #expect(try findings(Self.nis2) == [])
    let found = try findings(Self.nis2.replacing(old, with: new))
    #expect(found.map(\.rule) == [rule])
    #expect(found.map(\.location.description) == [place])
  }

  private static let cra =
    #"{"format":"cra","version":"2026.1","track":"vulnerability","stage":"final_report","reference":"C-1","title":"t","#
    + #""csirt":{"name":"CERT"},"manufacturer":{"name":"m"},"product":{"name":"p"},"tlp":"TLP:AMBER","#
    + #""aware_at":"2026-10-01T00:00:00Z","notification_submitted_at":"2026-10-02T00:00:00Z","#
    + #""submitted_at":"2026-10-20T00:00:00Z","measures_taken":["m"],"vulnerability":{"nature":"n","#
    + #""corrective_available_at":"2026-10-10T00:00:00Z","severity":"high","impact":"i","update_details":"u"}}"#

  @Test(arguments: [
    ("2026-10-01T", "2026-09-31T", "cra-time-exists", "/aware_at"),
    ("2026-10-10T", "2026-02-29T", "cra-time-exists", "/vulnerability/corrective_available_at"),
    ("2026-10-01T", "2026-10-03T", "cra-times-in-order", "/notification_submitted_at"),
    ("2026-10-20T", "2026-10-25T", "cra-final-report-late", "/submitted_at"),
    (#""measures_taken""#, #""incident":{},"measures_taken""#, "cra-track", "/incident"),
    (#""tlp":"TLP:AMBER","#, "", "cra-marking-missing", ""),
    (#""severity":"high","#, "", "schema-required", "/vulnerability"),
    (
      #""measures_taken""#, #""dissemination":{"delay_requested":true},"measures_taken""#, "cra-delay-grounds",
      "/dissemination"
    ),
  ])
  func `a mistake in a CRA notification is found`(_ old: String, _ new: String, _ rule: String, _ place: String) throws
  {
    #expect(try findings(Self.cra) == [])
    let found = try findings(Self.cra.replacing(old, with: new))
    #expect(found.map(\.rule) == [rule])
    #expect(found.map(\.location.description) == [place])
  }

  private static let circia =
    #"{"format":"circia","version":"2024.1","report_type":"joint_covered_incident_and_ransom_payment","#
    + #""reference":"U-1","title":"t","receiver":{"name":"CISA"},"reported_entity":{"legal_name":"n"},"#
    + #""submitter":{"name":"s"},"submitted_at":"2026-05-04T00:00:00Z","tlp":"TLP:AMBER","#
    + #""incident":{"began_at":"2026-05-01T00:00:00Z","detected_at":"2026-05-02T00:00:00Z","#
    + #""reasonable_belief_at":"2026-05-02T12:00:00Z"},"ransom":{"paid_at":"2026-05-02T18:00:00Z"}}"#

  @Test(arguments: [
    ("2026-05-02T12", "2026-02-30T12", "circia-time-exists", "/incident/reasonable_belief_at"),
    ("2026-05-02T18", "2026-04-31T18", "circia-time-exists", "/ransom/paid_at"),
    ("2026-05-01T", "2026-05-03T", "circia-times-in-order", "/incident/detected_at"),
    ("2026-05-02T12", "2026-05-05T12", "circia-times-in-order", "/submitted_at"),
    ("2026-05-02T18", "2026-05-05T18", "circia-times-in-order", "/submitted_at"),
    ("2026-05-04T", "2026-05-08T", "circia-report-late", "/submitted_at"),
    ("joint_covered_incident_and_ransom_payment", "ransom_payment", "circia-ransom-report-late", "/submitted_at"),
    ("joint_covered_incident_and_ransom_payment", "covered_cyber_incident", "", ""),
    (#""tlp":"TLP:AMBER","#, "", "circia-marking-missing", ""),
    (#""tlp""#, #""third_party":{"name":"x"},"tlp""#, "circia-third-party", "/third_party"),
    (#","ransom":{"paid_at":"2026-05-02T18:00:00Z"}"#, "", "schema-required", ""),
  ])
  func `a mistake in a CIRCIA report is found`(_ old: String, _ new: String, _ rule: String, _ place: String) throws {
    #expect(try findings(Self.circia) == [])
    let found = try findings(Self.circia.replacing(old, with: new))
    #expect(found.map(\.rule) == (rule.isEmpty ? [] : [rule]))
    #expect(found.map(\.location.description) == (rule.isEmpty ? [] : [place]))
  }
}
