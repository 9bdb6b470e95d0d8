package import Contract
package import JSON

/// Notifications under Article 14 of the Cyber Resilience Act, in a template of our own.
package struct CRAFormat: ReportFormat {
  package let id = FormatID.cra
  package let title = "CRA"
  package let versions = ["2026.1"]
  package var rules: [Rule] { CRARules.all }

  package init() {}

  package func findings(_ document: JSONDocument) -> [Finding] {
    Self.schemas.findings("notification", in: document.root) + CRARules.findings(document.root)
  }

  package func kind(of document: JSONDocument) -> MessageKind? {
    document.root["stage"]?.string.flatMap(CRAStage.init)?.kind
  }

  private static let schemas = SchemaSet("cra/2026.1", with: ["nis2/2026.1"])
}

/// The stages of Regulation (EU) 2024/2847, Article 14(2), (4) and (6).
package enum CRAStage: String, Sendable, CaseIterable {
  case earlyWarning = "early_warning"
  case notification
  case intermediateReport = "intermediate_report"
  case finalReport = "final_report"

  package var kind: MessageKind {
    switch self {
    case .earlyWarning: .earlyWarning
    case .notification: .notification
    case .intermediateReport: .intermediateReport
    case .finalReport: .finalReport
    }
  }
}

/// What the schema of a CRA notification cannot say.
enum CRARules {
  static let within24Hours = Rule(
    "cra-early-warning-late", .warning, "An early warning is submitted within 24 hours of becoming aware.",
    source: "Regulation (EU) 2024/2847, Article 14(2)(a) and (4)(a)")
  static let within72Hours = Rule(
    "cra-notification-late", .warning, "A notification is submitted within 72 hours of becoming aware.",
    source: "Regulation (EU) 2024/2847, Article 14(2)(b) and (4)(b)")
  static let finalAfterFix = Rule(
    "cra-final-report-late", .warning,
    "The final report on a vulnerability is submitted within 14 days of a measure being available; on an incident, "
      + "within a month of the notification.",
    source: "Regulation (EU) 2024/2847, Article 14(2)(c) and (4)(c)")
  static let timesInOrder = Rule(
    "cra-times-in-order", .error, "Aware before submitted, notified before any later report.",
    source: "Regulation (EU) 2024/2847, Article 14")
  static let timeExists = Rule(
    "cra-time-exists", .error, "A time is one that the calendar has.", source: "RFC 3339 section 5.7")
  static let oneTrack = Rule(
    "cra-track", .warning, "A notification is about what its track says: a vulnerability, or an incident.",
    source: "Regulation (EU) 2024/2847, Article 14(1) and (3)")
  static let marked = Rule(
    "cra-marking-missing", .warning, "A notification says by TLP 2.0 who may receive it.", source: "FIRST TLP 2.0")
  static let delay = Rule(
    "cra-delay-grounds", .warning, "A delay of dissemination is asked for with its grounds and until when.",
    source: "Regulation (EU) 2024/2847, Article 16(2)")

  static let all = [within24Hours, within72Hours, finalAfterFix, timeExists, timesInOrder, oneTrack, marked, delay]

  static func findings(_ root: JSONValue) -> [Finding] {
    guard root.isObject else { return [] }
    var findings = ReportTimes.unreal(root, timeExists)
    let aware = ReportTimes.moment(root, "aware_at")
    let submitted = ReportTimes.moment(root, "submitted_at")
    for (earlier, later) in [
      ("aware_at", "submitted_at"), ("aware_at", "notification_submitted_at"),
      ("notification_submitted_at", "submitted_at"),
    ] {
      if let finding = ReportTimes.order(root, earlier, later, timesInOrder) { findings.append(finding) }
    }
    for (track, other) in [("vulnerability", "incident"), ("incident", "vulnerability")]
    where root["track"]?.string == track && root[other] != nil {
      findings.append(
        oneTrack.finding(at: JSONPointer(tokens: [other]), "the track is \(track), and \(other) is filled in"))
    }
    let place = JSONPointer(tokens: ["submitted_at"])
    switch root["stage"]?.string.flatMap(CRAStage.init) {
    case .earlyWarning: findings += ReportTimes.late(aware, submitted, hours: 24, within24Hours, at: place)
    case .notification: findings += ReportTimes.late(aware, submitted, hours: 72, within72Hours, at: place)
    case .finalReport:
      if let fixed = root["vulnerability"].flatMap({ ReportTimes.moment($0, "corrective_available_at") }) {
        findings += ReportTimes.late(fixed, submitted, hours: 14 * 24, finalAfterFix, at: place)
      } else if let notified = ReportTimes.moment(root, "notification_submitted_at"), let submitted,
        submitted > notified.addingAMonth()
      {
        findings.append(finalAfterFix.finding(at: place, "the report was due at \(notified.addingAMonth())"))
      }
    case .intermediateReport, nil: break
    }
    if root["tlp"] == nil {
      findings.append(marked.finding(at: .root, "the notification has no tlp; it is not passed on without a default"))
    }
    if let dissemination = root["dissemination"], dissemination["delay_requested"]?.bool ?? false,
      dissemination["grounds"] == nil || dissemination["until"] == nil
    {
      findings.append(
        delay.finding(at: JSONPointer(tokens: ["dissemination"]), "a delay is asked for without grounds or an end"))
    }
    return findings
  }
}
