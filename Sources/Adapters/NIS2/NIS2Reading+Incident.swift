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
    // What says which report this is, is part of it.
    let members = Set(NIS2Fields.answers.keys).union(["format", "title", "description", "tlp"])
    let sources = fields.root.members.map(\.key).filter { members.contains($0) }
    writer.add("incident", id: id, from: sources.map { JSONPointer(tokens: [$0]) }) { object in
      common(&object, marking, creator: creator)
      object.member("name", name)
      if let description { object.member("description", description) }
      object.member("extensions") { extensions in
        extensions.object { extensions in
          extensions.key(RegulatoryExtension.incidentCore)
          extensions.raw(core)
          extensions.member(RegulatoryExtension.id) { writeAnswers(NIS2Fields.answers, regime: "nis2", to: &$0) }
        }
      }
    }
    return id
  }

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
}
