package import Contract
package import Formats
package import STIX

/// Notifications under the Cyber Resilience Act: read, written and reduced.
package struct CRAAdapter: TemplateAdapter {
  package let format = FormatID.cra

  package init() {}

  /// The notification that the incident's answers are of. Reports under other laws are about another duty: what they
  /// say is no notification by a manufacturer.
  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    guard let writing = RegulatoryWriting(bundle, terms: terms) else { throw RegulatoryWriting.none }
    guard writing.regime == "cra" else {
      throw AdapterFailure(
        .cannotWrite,
        "a report under \(writing.regime.uppercased()) is no notification by a manufacturer under the CRA")
    }
    return try RegulatoryWriting.sound(try report(writing), Self.checked)
  }

  package static var checked: any Format { CRAFormat() }

  package static let template = RegulatoryTemplate(
    regime: "cra", version: "2026.1", noun: "a CRA notification", stage: "stage", authority: "csirt",
    party: ("manufacturer", "name"),
    partyFields: [
      "role": .value, "country": .value,
      "contact": .object(["name": .value, "role": .value, "email": .value, "phone": .value]),
    ],
    sectors: { _ in ["technology"] },
    answers: [
      "version": .value, "track": .value, "stage": .value, "reference": .value, "aware_at": .value,
      "submitted_at": .value, "notification_submitted_at": .value, "member_states": .values, "status": .value,
      "measures_taken": .values, "user_measures": .values, "sensitivity": .value,
      "product": .object(["name": .value, "version": .value, "type": .value, "category": .value]),
      "vulnerability": .object([
        "cve": .value, "euvd": .value, "nature": .value, "exploit_nature": .value, "corrective_available_at": .value,
        "severity": .value, "impact": .value, "malicious_actor": .value, "update_details": .value,
      ]),
      "incident": .object([
        "suspected_malicious": .value, "nature": .value, "initial_assessment": .value, "severity": .value,
        "impact": .value, "root_cause": .value, "mitigation_applied": .values, "mitigation_ongoing": .values,
      ]),
      "dissemination": .object(["delay_requested": .value, "grounds": .value, "until": .value]),
    ],
    clocks: [["aware_at"]])
}
