package import Contract
package import Formats
import JSON
package import STIX

/// Reports under CIRCIA, as its rule was proposed: read, written and reduced.
package struct CIRCIAAdapter: TemplateAdapter {
  package let format = FormatID.circia

  package init() {}

  /// The report that the incident's answers are of. A NIS2 notification, or a later report, becomes the report on a
  /// covered incident that it supports; an early warning never does.
  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    guard let writing = RegulatoryWriting(bundle, terms: terms) else { throw RegulatoryWriting.none }
    switch writing.regime {
    case "circia": return try RegulatoryWriting.sound(try report(writing), Self.checked)
    case "nis2": return try RegulatoryWriting.sound(try CrosswalkToCIRCIA(writing).translation(), Self.checked)
    case let other:
      throw AdapterFailure(.cannotWrite, "a notification under \(other.uppercased()) is no report under CIRCIA")
    }
  }

  package static var checked: any Format { CIRCIAFormat() }

  private static let contact: [String: FieldTree] = [
    "name": .value, "title": .value, "email": .value, "phone": .value,
  ]

  package static let template = RegulatoryTemplate(
    regime: "circia", version: "2024.1", noun: "a CIRCIA report", stage: "report_type", authority: "receiver",
    party: ("reported_entity", "legal_name"),
    partyFields: [
      "state_of_incorporation": .value, "trade_names": .values, "organization_type": .value, "address": .value,
      "website": .value, "tracking_number": .value, "parent": .value, "sectors": .values,
      "identifiers": .objects(["scheme": .value, "value": .value]),
    ],
    sectors: { party in
      var words: [String] = []
      for sector in party["sectors"]?.elements.compactMap(\.string) ?? [] {
        for word in SectorCrosswalk.stix(ofPPD21: sector) where !words.contains(word) { words.append(word) }
      }
      return words
    },
    answers: [
      "version": .value, "report_type": .value, "reference": .value, "submitted_at": .value,
      "submitter": .object(contact), "point_of_contact": .object(contact), "registered_agent": .object(contact),
      "third_party": .object(["name": .value, "authorised": .value]),
      "incident": .object([
        "reasonable_belief_at": .value, "detected_at": .value, "began_at": .value, "ended_at": .value,
        "affected_systems": .objects([
          "function": .value, "details": .value, "location": .value, "national_defence": .value,
        ]),
        "unauthorised_access": .value, "functional_impact": .value, "information_impact": .values,
        "recoverability": .value, "observed_location": .value, "economic_impact": .value, "physical_impact": .value,
        "security_impact": .value, "information_categories": .values, "systems_affected": .value,
        "records_affected": .value, "users_affected": .value, "attack_vectors": .values,
        "vulnerabilities": .objects(["cve": .value, "product": .value, "version": .value, "description": .value]),
        "defences": .values,
        "techniques": .objects(["name": .value, "id": .value]),
        "malware": .objects(["name": .value, "description": .value, "sha256": .value]),
        "actor": .object(["description": .value, "contact": .value]),
        "mitigation": .object([
          "phase": .value, "description": .value, "effectiveness": .value, "law_enforcement": .values,
          "assistance": .values,
        ]),
        "concluded": .value, "assumed": .values,
      ]),
      "ransom": .object([
        "paid_at": .value, "amount": .value, "currency": .value, "demand": .value, "instructions": .value,
        "recipient": .value, "transactions": .values, "outcome": .value,
      ]),
      "supplement": .object(["case_number": .value, "reason": .value, "changes": .value]),
    ],
    clocks: [["incident", "reasonable_belief_at"], ["ransom", "paid_at"]])
}
