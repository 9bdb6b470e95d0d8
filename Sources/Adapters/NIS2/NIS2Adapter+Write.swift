import Formats
import JSON
package import STIX

extension NIS2Adapter {
  /// A report with the answers that the incident carries. One under another law becomes a notification, where that law
  /// asks for what a notification needs; what NIS2 asks and it does not say is named in the losses.
  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    guard var writing = RegulatoryWriting(bundle, terms: terms) else { throw RegulatoryWriting.none }
    switch writing.regime {
    case "nis2":
      let text = try report(&writing)
      writing.finish()
      return try RegulatoryWriting.sound(Translation(text, losses: writing.account.losses), NIS2Format())
    case "circia": return try RegulatoryWriting.sound(try CrosswalkToNIS2(writing).translation(), NIS2Format())
    case let other:
      throw AdapterFailure(.cannotWrite, "a report under \(other.uppercased()) is no report under NIS2")
    }
  }

  private func report(_ writing: inout RegulatoryWriting) throws(AdapterFailure) -> [UInt8] {
    guard let csirt = writing.authority, let entity = writing.entity, let name = writing.incident.name,
      let csirtName = csirt.name, let entityName = entity.name
    else {
      throw AdapterFailure(.cannotWrite, "a NIS2 report names its CSIRT and its entity, and they may not be named here")
    }
    writing.carried.formUnion([csirt.index, entity.index])
    let agency = writing.details(of: csirt)?["agency"]?.string
    let details = writing.details(of: entity)
    let label = writing.documentLabel
    let answers = writing.answers
    var report = JSONWriter()
    report.object { report in
      report.member("format", "nis2")
      FieldTree.copy(NIS2Fields.answers, of: answers, at: .root, nil, to: &report)
      report.member("title", name)
      if let text = writing.incident.text { report.member("description", text) }
      report.member("tlp", label.label)
      report.member("csirt") { party in
        party.object { party in
          party.member("name", csirtName)
          if let agency { party.member("agency", agency) }
          writing.writeContact(of: csirt, to: &party)
        }
      }
      report.member("reporting_entity") { party in
        party.object { party in
          party.member("name", entityName)
          for key in ["registration", "class", "sector", "subsector", "country"] {
            if let text = details?[key]?.string { party.member(key, text) }
          }
          writing.writeContact(of: entity, to: &party)
        }
      }
      writing.writeIndicators(to: &report)
    }
    for object in writing.bundle.objects where object.type == "location" { writing.carried.insert(object.index) }
    return report.bytes
  }
}

/// The members of a NIS2 report that are answers.
enum NIS2Fields {
  static let answers: [String: FieldTree] = [
    "version": .value, "stage": .value, "reference": .value, "member_state": .value, "detected_at": .value,
    "aware_at": .value, "submitted_at": .value, "notification_submitted_at": .value, "handled_at": .value,
    "suspected_malicious": .value, "status": .value, "ongoing": .value, "assistance_requested": .value,
    "voluntary_subject": .value,
    "cross_border": .object(["suspected": .value, "member_states": .values, "description": .value]),
    "severity": .object(["level": .value, "original": .value, "scheme": .value, "description": .value]),
    "impact": .object([
      "severity": .value, "outlook": .value, "sectors": .values, "services": .values, "recipients_affected": .value,
      "duration_minutes": .value, "financial_loss_eur": .value, "personal_data": .value, "description": .value,
    ]),
    "nature": .object(["root_cause": .value, "threat_type": .value, "description": .value]),
    "mitigation": .object(["applied": .values, "ongoing": .values]),
  ]
}
