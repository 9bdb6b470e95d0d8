import JSON
import STIX

/// A report under CIRCIA as the NIS2 report that it supports.
///
/// | CIRCIA                          | NIS2                                                                            |
/// |---------------------------------|---------------------------------------------------------------------------------|
/// | covered incident, joint report  | an incident notification                                                        |
/// | supplemental report             | an intermediate report                                                          |
/// | ransom payment alone            | refused: NIS2 has no such report                                                |
/// | `reasonable_belief_at`          | `aware_at`, as assumed                                                          |
/// | functional impact               | severity and impact, which keep the original word; without it, refused          |
/// | attack vectors                  | suspected malicious: no for none of them, unknown for use by mistake and loss   |
/// | sectors                         | the first sector of NIS2 that corresponds; without one, refused                 |
struct CrosswalkToNIS2 {
  private var crosswalk: Crosswalk

  static let assumedMoment =
    "CIRCIA counts from reasonably believing in a covered incident, NIS2 from becoming aware of a significant one"

  init(_ writing: RegulatoryWriting) { crosswalk = Crosswalk(writing, to: "NIS2") }

  func translation() throws(AdapterFailure) -> Translation<[UInt8]> {
    var copy = self
    return try copy.translate()
  }

  private mutating func translate() throws(AdapterFailure) -> Translation<[UInt8]> {
    let type = crosswalk.text("report_type") ?? ""
    guard type != "ransom_payment" else {
      throw AdapterFailure(.cannotWrite, "a report of a ransom payment satisfies no stage of NIS2")
    }
    let isUpdate = type == "supplemental"
    let impact = crosswalk.text("incident/functional_impact").flatMap(Self.severities)
    guard isUpdate || impact != nil else {
      throw AdapterFailure(
        .cannotWrite,
        "a NIS2 notification assesses severity and impact, and this report does not state a functional impact")
    }
    guard let authority = crosswalk.writing.authority, let entity = crosswalk.writing.entity,
      let authorityName = authority.name, let entityName = entity.name, let title = crosswalk.writing.incident.name
    else {
      throw AdapterFailure(.cannotWrite, "a NIS2 report names its authority and its entity, and they may not be named")
    }
    let details = crosswalk.writing.details(of: entity)
    let sectors = details?["sectors"]?.elements.compactMap(\.string) ?? []
    guard let sector = sectors.lazy.compactMap({ SectorCrosswalk.nis2(ofPPD21: $0) }).first else {
      throw AdapterFailure(.cannotWrite, "no sector of NIS2 corresponds to what the entity is in")
    }
    guard let aware = crosswalk.text("incident/reasonable_belief_at") else {
      throw AdapterFailure(.cannotWrite, "a NIS2 report says when the entity became aware, and this one does not")
    }
    crosswalk.writing.carried.formUnion([authority.index, entity.index])
    var report = JSONWriter()
    report.object { report in
      report.member("format", "nis2")
      report.member("version", "2026.1")
      report.member("stage", isUpdate ? "intermediate_report" : "incident_notification")
      report.member("reference", crosswalk.text("reference") ?? "")
      report.member("title", title)
      if let text = crosswalk.writing.incident.text { report.member("description", text) }
      report.member("tlp", crosswalk.writing.documentLabel.label)
      report.member("member_state", "US")
      report.group(
        "csirt",
        [("name", JSONTextOf.string(authorityName))]
          + (crosswalk.writing.details(of: authority)?["agency"].map { [("agency", JSONTextOf.value($0))] } ?? []))
      report.group(
        "reporting_entity",
        [("name", JSONTextOf.string(entityName)), ("sector", JSONTextOf.string(sector))])
      report.member("aware_at", aware)
      if let time = crosswalk.text("incident/detected_at") {
        report.member("detected_at", time)
        crosswalk.fill("detected_at")
      }
      if let time = crosswalk.text("submitted_at") { report.member("submitted_at", time) }
      writeAssessment(impact, isUpdate: isUpdate, to: &report)
      crosswalk.writing.writeIndicators(to: &report)
    }
    crosswalk.assume("aware_at", why: Self.assumedMoment)
    crosswalk.assume("member_state", why: "the report was received in the United States, which are no Member State")
    for path in ["version", "stage", "reference", "submitted_at"] { crosswalk.fill(path) }
    let asked = FieldTree.paths(NIS2Fields.answers).filter { path in
      !["voluntary_subject", "notification_submitted_at", "severity/scheme", "severity/original"].contains(path)
    }
    return Translation(report.bytes, losses: crosswalk.finish(asked: asked))
  }

  private mutating func writeAssessment(
    _ impact: (level: String, colour: String, word: String)?, isUpdate: Bool, to report: inout JSONWriter
  ) {
    let vectors = crosswalk.texts("incident/attack_vectors")
    let isMalicious = crosswalk.writing.answers["incident"].map { incident in
      incident["techniques"] != nil || incident["malware"] != nil || incident["actor"] != nil
    }
    let careless: Set<String> = ["IMPROPER_USAGE", "LOSS_OR_THEFT_OF_EQUIPMENT", "UNKNOWN"]
    let isSuspected = isMalicious ?? false || vectors.contains { !careless.contains($0) }
    report.member("suspected_malicious", isSuspected ? "yes" : "unknown")
    report.group("cross_border", [("suspected", JSONTextOf.string("unknown"))])
    for path in ["suspected_malicious", "cross_border/suspected"] { crosswalk.fill(path) }
    if let impact {
      report.group(
        "severity",
        [
          ("level", JSONTextOf.string(impact.level)), ("original", JSONTextOf.string(impact.word)),
          ("scheme", JSONTextOf.string("US functional impact")),
        ])
      var members = [("severity", JSONTextOf.string(impact.colour))]
      if let number = crosswalk.answer("incident/users_affected") {
        members.append(("recipients_affected", JSONTextOf.value(number)))
        crosswalk.fill("impact/recipients_affected")
      }
      report.group("impact", members)
      for path in ["severity/level", "impact/severity"] { crosswalk.fill(path) }
    }
    if let text = crosswalk.text("incident/mitigation/description") {
      if isUpdate {
        report.member("status", text)
        crosswalk.fill("status")
      } else {
        report.group("mitigation", [("applied", JSONTextOf.strings([text]))])
        crosswalk.fill("mitigation/applied")
      }
    } else if isUpdate {
      report.member("status", crosswalk.text("supplement/changes") ?? "A supplemental report was received.")
      crosswalk.fill("status")
    }
    if let flag = crosswalk.answer("incident/concluded")?.bool {
      report.member("ongoing", !flag)
      crosswalk.fill("ongoing")
    }
  }

  /// The words of the US guideline in those of NIS2's taxonomy: they say less, so the original stays beside them.
  private static func severities(_ word: String) -> (level: String, colour: String, word: String)? {
    switch word {
    case "NO_IMPACT": ("low", "white", word)
    case "NO_IMPACT_TO_SERVICES", "MINIMAL_IMPACT_TO_NON_CRITICAL_SERVICES": ("low", "green", word)
    case "MINIMAL_IMPACT_TO_CRITICAL_SERVICES", "SIGNIFICANT_IMPACT_TO_NON_CRITICAL_SERVICES",
      "DENIAL_OF_NON_CRITICAL_SERVICES":
      ("medium", "yellow", word)
    case "SIGNIFICANT_IMPACT_TO_CRITICAL_SERVICES", "DENIAL_OF_CRITICAL_SERVICES_LOSS_OF_CONTROL":
      ("high", "red", word)
    default: nil
    }
  }
}
