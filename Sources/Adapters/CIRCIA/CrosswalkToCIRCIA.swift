import JSON
import STIX

/// A NIS2 notification as the report on a covered cyber incident that it supports.
///
/// | NIS2                              | CIRCIA                                                                        |
/// |-----------------------------------|-------------------------------------------------------------------------------|
/// | early warning, voluntary          | refused: CIRCIA has no such report                                            |
/// | incident notification             | a report on a covered cyber incident                                          |
/// | later reports                     | a supplemental report; a final one says that the incident is concluded        |
/// | an impact of `white`              | refused: CIRCIA is about actual impact                                        |
/// | `csirt`                           | the submitter, as a third party whose authorisation nobody stated             |
/// | `aware_at`                        | `reasonable_belief_at`, as assumed: the two are not the same                  |
/// | sector                            | sectors of Presidential Policy Directive 21, where there is one               |
/// | `recipients_affected`, loss, data | users affected, economic impact, categories of information                    |
/// | type of threat                    | the name of a technique                                                       |
/// | mitigation, status                | the description of the mitigation                                             |
struct CrosswalkToCIRCIA {
  private var crosswalk: Crosswalk

  static let assumedMoment =
    "NIS2 counts from becoming aware of a significant incident, CIRCIA from reasonably believing in a covered one"

  init(_ writing: RegulatoryWriting) { crosswalk = Crosswalk(writing, to: "CIRCIA") }

  func translation() throws(AdapterFailure) -> Translation<[UInt8]> {
    var copy = self
    return try copy.translate()
  }

  private mutating func translate() throws(AdapterFailure) -> Translation<[UInt8]> {
    let stage = crosswalk.text("stage") ?? ""
    let type: String
    switch stage {
    case "early_warning":
      throw AdapterFailure(
        .cannotWrite,
        "an early warning never becomes a CIRCIA report: CIRCIA has none before the incident is believed "
          + "to have happened")
    case "voluntary_notification":
      throw AdapterFailure(.cannotWrite, "a voluntary notification is no report that CIRCIA asks for")
    case "incident_notification": type = "covered_cyber_incident"
    default: type = "supplemental"
    }
    if crosswalk.writing.answers["impact"]?["severity"]?.isString("white") ?? false {
      throw AdapterFailure(
        .cannotWrite, "the incident has had no impact, and CIRCIA is about actual impact only (6 U.S.C. 681)")
    }
    guard let csirt = crosswalk.writing.authority, let entity = crosswalk.writing.entity,
      let csirtName = csirt.name, let entityName = entity.name, let title = crosswalk.writing.incident.name
    else {
      throw AdapterFailure(
        .cannotWrite, "a CIRCIA report names the entity and who submits it, and they may not be named")
    }
    crosswalk.writing.carried.formUnion([csirt.index, entity.index])
    for object in crosswalk.writing.bundle.objects where object.type == "location" {
      crosswalk.writing.carried.insert(object.index)
    }
    var report = JSONWriter()
    report.object { report in
      report.member("format", "circia")
      report.member("version", CIRCIAAdapter.template.version)
      report.member("report_type", type)
      report.member("reference", crosswalk.text("reference") ?? "")
      if let time = crosswalk.text("submitted_at") { report.member("submitted_at", time) }
      report.member("title", title)
      if let text = crosswalk.writing.incident.text { report.member("description", text) }
      report.member("tlp", crosswalk.writing.documentLabel.label)
      report.member("receiver") { $0.object { $0.member("name", "Cybersecurity and Infrastructure Security Agency") } }
      writeEntity(entity, entityName, to: &report)
      writeSubmitter(csirt, csirtName, entity, to: &report)
      writeIncident(stage, to: &report)
      if type == "supplemental" {
        let reason = stage == "final_report" ? "final report" : "new information"
        report.group("supplement", [("reason", JSONTextOf.string(reason))])
        crosswalk.fill("supplement/reason")
      }
      crosswalk.writing.writeIndicators(to: &report)
    }
    for path in ["version", "report_type", "reference", "submitted_at"] { crosswalk.fill(path) }
    let asked = FieldTree.paths(CIRCIAAdapter.template.answers).filter { path in
      // Ransom is asked for where it was paid, and a supplement where there was a report before.
      !path.hasPrefix("ransom/") && path != "incident/assumed"
        && (type == "supplemental" || !path.hasPrefix("supplement/"))
    }
    return Translation(report.bytes, losses: crosswalk.finish(asked: asked))
  }

  private mutating func writeEntity(_ entity: STIXObject, _ name: String, to report: inout JSONWriter) {
    let details = crosswalk.writing.details(of: entity)
    var members: [(String, [UInt8])] = [("legal_name", JSONTextOf.string(name))]
    let sectors = details?["sector"]?.string.map(SectorCrosswalk.ppd21) ?? []
    if !sectors.isEmpty { members.append(("sectors", JSONTextOf.strings(sectors))) }
    if let number = details?["registration"]?.string {
      let identifiers = JSONTextOf.written { writer in
        writer.array { list in
          list.object { entry in
            entry.member("scheme", "nis2-registration")
            entry.member("value", number)
          }
        }
      }
      members.append(("identifiers", identifiers))
    }
    report.group("reported_entity", members)
  }

  private mutating func writeSubmitter(
    _ csirt: STIXObject, _ name: String, _ entity: STIXObject, to report: inout JSONWriter
  ) {
    func contact(_ party: STIXObject, _ name: String?) -> [(String, [UInt8])] {
      let kept = crosswalk.writing.details(of: party)?["contact"]
      var members: [(String, [UInt8])] = []
      if let text = kept?["name"]?.string ?? name { members.append(("name", JSONTextOf.string(text))) }
      for (key, own) in [("role", "title"), ("email", "email"), ("phone", "phone")] {
        if let text = kept?[key]?.string { members.append((own, JSONTextOf.string(text))) }
      }
      return members
    }
    let submitter = contact(csirt, name)
    report.group("submitter", submitter)
    for (key, _) in submitter { crosswalk.fill("submitter/\(key)") }
    let person = contact(entity, nil)
    report.group("point_of_contact", person)
    for (key, _) in person { crosswalk.fill("point_of_contact/\(key)") }
    report.group("third_party", [("name", JSONTextOf.string(name))])
    crosswalk.fill("third_party/name")
  }

  private mutating func writeIncident(_ stage: String, to report: inout JSONWriter) {
    var members: [(String, [UInt8])] = []
    var crosswalk = self.crosswalk
    func add(_ name: String, _ text: [UInt8]) {
      members.append((name, text))
      crosswalk.fill("incident/\(name)")
    }
    if let time = crosswalk.text("aware_at") {
      add("reasonable_belief_at", JSONTextOf.string(time))
      crosswalk.assume("incident/reasonable_belief_at", why: Self.assumedMoment)
      add("assumed", JSONTextOf.strings(["reasonable_belief_at"]))
    }
    if let time = crosswalk.text("detected_at") { add("detected_at", JSONTextOf.string(time)) }
    if let number = crosswalk.answer("impact/recipients_affected") { add("users_affected", JSONTextOf.value(number)) }
    if let number = crosswalk.answer("impact/financial_loss_eur")?.integer {
      add("economic_impact", JSONTextOf.string("EUR \(number)"))
    }
    if crosswalk.writing.answers["impact"]?["personal_data"]?.isString("yes") ?? false {
      _ = crosswalk.answer("impact/personal_data")
      add("information_categories", JSONTextOf.strings(["personal data"]))
      add("information_impact", JSONTextOf.strings(["PRIVACY_DATA_BREACH"]))
    }
    if let threat = crosswalk.text("nature/threat_type") {
      add("techniques", JSONTextOf.written { $0.array { $0.object { $0.member("name", threat) } } })
      crosswalk.fill("incident/techniques/name")
    }
    let applied = crosswalk.texts("mitigation/applied")
    let words = [crosswalk.text("status")].compactMap(\.self) + applied + crosswalk.texts("mitigation/ongoing")
    if !words.isEmpty {
      add("mitigation", JSONTextOf.written { $0.object { $0.member("description", words.joined(separator: "\n")) } })
      crosswalk.fill("incident/mitigation/description")
    }
    add("concluded", JSONTextOf.bool(stage == "final_report"))
    self.crosswalk = crosswalk
    report.group("incident", members)
  }
}
