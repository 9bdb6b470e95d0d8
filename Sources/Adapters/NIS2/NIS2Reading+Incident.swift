import Formats
import JSON
import STIX

/// The incident itself, and what the regulator asks about it.
extension NIS2Reading {
  func addIncident(_ marking: TLP?, creator: String) throws(AdapterFailure) -> String {
    guard let name = fields.text("title") else { throw Self.missing("title") }
    let id = id("incident")
    let description = fields.text("description")
    let core = core()
    let answers = answers()
    let sources = Self.incidentMembers.map { JSONPointer(tokens: [$0]) }.filter { fields.root.at($0) != nil }
    writer.add("incident", id: id, from: sources) { object in
      common(&object, marking, creator: creator)
      object.member("name", name)
      if let description { object.member("description", description) }
      object.member("extensions") { extensions in
        extensions.object { extensions in
          extensions.key(RegulatoryExtension.incidentCore)
          extensions.raw(core)
          extensions.key(RegulatoryExtension.id)
          extensions.raw(answers)
        }
      }
    }
    return id
  }

  /// The members of a report that make the incident; the others are parties, places and indicators. What says which
  /// report this is, is part of it.
  static let incidentMembers = [
    "format", "version", "stage", "reference", "title", "description", "tlp", "aware_at", "detected_at",
    "submitted_at", "notification_submitted_at", "handled_at", "suspected_malicious", "cross_border", "severity",
    "impact", "nature", "mitigation", "status", "ongoing", "assistance_requested", "voluntary_subject",
  ]

  /// Incident Core: what an early warning says is suspected, what later reports say is confirmed.
  private func core() -> [UInt8] {
    let subject = fields.text("voluntary_subject")
    let determination =
      switch stage {
      case .earlyWarning: "suspected"
      case .voluntaryNotification: subject == "near-miss" ? "failed-attempt" : "suspected"
      default: "confirmed"
      }
    let investigation =
      switch stage {
      case .earlyWarning, .voluntaryNotification: "new"
      case .finalReport: "closed"
      default: "open"
      }
    var writer = JSONWriter()
    writer.object { core in
      core.member("extension_type", "property-extension")
      core.member("determination", determination)
      core.member("investigation_status", investigation)
      if let criticality = fields.text("severity", "level").flatMap(Self.criticality) {
        core.member("criticality", criticality)
      }
    }
    return writer.bytes
  }

  /// The published scale of the Incident extension (Appendix B): low 15, moderate 40, high 70.
  private static func criticality(_ level: String) -> Int? { ["low": 15, "medium": 40, "high": 70][level] }

  /// Our extension: the answers as they were given, under the names that they have in the report.
  private func answers() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { answers in
      answers.member("extension_type", "property-extension")
      answers.member("regime", "nis2")
      copy(["version"], from: [], to: &answers)
      answers.member(RegulatoryExtension.stage, stage.rawValue)
      answers.member("reference", reference)
      copy(
        [
          "member_state", "detected_at", "aware_at", "submitted_at", "notification_submitted_at", "handled_at",
          "suspected_malicious",
        ], from: [], to: &answers)
      copy(group: "cross_border", ["suspected", "member_states", "description"], to: &answers)
      copy(group: "severity", ["level", "original", "scheme", "description"], to: &answers)
      copy(
        group: "impact",
        [
          "severity", "outlook", "sectors", "services", "recipients_affected", "duration_minutes",
          "financial_loss_eur", "personal_data", "description",
        ], to: &answers)
      copy(group: "nature", ["root_cause", "threat_type", "description"], to: &answers)
      copy(group: "mitigation", ["applied", "ongoing"], to: &answers)
      copy(["status", "ongoing", "assistance_requested", "voluntary_subject"], from: [], to: &answers)
    }
    return writer.bytes
  }

  private func copy(group: String, _ names: [String], to writer: inout JSONWriter) {
    guard let value = fields.value(group), names.contains(where: { value[$0] != nil }) else { return }
    writer.member(group) { $0.object { copy(names, from: [group], to: &$0) } }
  }

  private func copy(_ names: [String], from group: [String], to writer: inout JSONWriter) {
    for name in names {
      let pointer = JSONPointer(tokens: group + [name])
      guard let value = fields.value(at: pointer) else { continue }
      // Only what the template describes is copied: an object in its place would be something else. STIX knows no
      // empty lists.
      if value.isObject || (value.isArray && value.count == 0) { continue }
      for index in 0..<(value.isArray ? value.count : 0) { _ = fields.value(at: pointer.appending(index)) }
      writer.member(name, value)
    }
  }
}
