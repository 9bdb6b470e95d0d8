package import Contract
package import JSON

/// Reports under the Cyber Incident Reporting for Critical Infrastructure Act, as its rule was proposed in April 2024,
/// in a template of our own.
package struct CIRCIAFormat: ReportFormat {
  package let id = FormatID.circia
  package let title = "CIRCIA"
  package let versions = ["2024.1"]
  package var rules: [Rule] { CIRCIARules.all }

  package init() {}

  package func findings(_ document: JSONDocument) -> [Finding] {
    Self.schemas.findings("report", in: document.root) + CIRCIARules.findings(document.root)
  }

  package func kind(of document: JSONDocument) -> MessageKind? {
    document.root["report_type"]?.string.flatMap(CIRCIAReportType.init)?.kind
  }

  private static let schemas = SchemaSet("circia/2024.1", with: ["nis2/2026.1"])
}

/// The reports of 6 U.S.C. 681b(a).
package enum CIRCIAReportType: String, Sendable, CaseIterable {
  case coveredCyberIncident = "covered_cyber_incident"
  case ransomPayment = "ransom_payment"
  case joint = "joint_covered_incident_and_ransom_payment"
  case supplemental

  /// A joint report counts as the notification that it contains.
  package var kind: MessageKind {
    switch self {
    case .coveredCyberIncident, .joint: .notification
    case .ransomPayment: .ransomPayment
    case .supplemental: .intermediateReport
    }
  }
}

/// What the schema of a CIRCIA report cannot say.
enum CIRCIARules {
  static let within72Hours = Rule(
    "circia-report-late", .warning,
    "A covered cyber incident is reported within 72 hours of reasonably believing that it has occurred.",
    source: "6 U.S.C. 681b(a)(1)")
  static let within24Hours = Rule(
    "circia-ransom-report-late", .warning, "A ransom payment is reported within 24 hours of the payment.",
    source: "6 U.S.C. 681b(a)(2)")
  static let timesInOrder = Rule(
    "circia-times-in-order", .error,
    "An incident begins before it ends and before it is detected; belief and payment come before their report.",
    source: "89 FR 23644, proposed 6 CFR 226.8")
  static let timeExists = Rule(
    "circia-time-exists", .error, "A time is one that the calendar has.", source: "RFC 3339 section 5.7")
  static let marked = Rule(
    "circia-marking-missing", .warning, "A report says by TLP 2.0 who may receive it.", source: "FIRST TLP 2.0")
  static let authorised = Rule(
    "circia-third-party", .warning, "A third party that submits attests that it is authorised to.",
    source: "89 FR 23644, proposed 6 CFR 226.7")

  static let all = [within72Hours, within24Hours, timeExists, timesInOrder, marked, authorised]

  static func findings(_ root: JSONValue) -> [Finding] {
    guard root.isObject else { return [] }
    var findings = ReportTimes.unreal(root, timeExists)
    let submitted = ReportTimes.moment(root, "submitted_at")
    let place = JSONPointer(tokens: ["submitted_at"])
    let type = root["report_type"]?.string.flatMap(CIRCIAReportType.init)
    if let incident = root["incident"], incident.isObject {
      let believed = ReportTimes.moment(incident, "reasonable_belief_at")
      if let believed, let submitted, submitted < believed {
        findings.append(timesInOrder.finding(at: place, "submitted at \(submitted), before \(believed)"))
      }
      for later in ["ended_at", "detected_at"] {
        guard var finding = ReportTimes.order(incident, "began_at", later, timesInOrder) else { continue }
        finding.location = JSONPointer(tokens: ["incident"] + finding.location.tokens)
        findings.append(finding)
      }
      if type == .coveredCyberIncident || type == .joint {
        findings += ReportTimes.late(believed, submitted, hours: 72, within72Hours, at: place)
      }
    }
    if let ransom = root["ransom"], ransom.isObject {
      let paid = ReportTimes.moment(ransom, "paid_at")
      if let paid, let submitted, submitted < paid {
        findings.append(timesInOrder.finding(at: place, "submitted at \(submitted), before the payment at \(paid)"))
      }
      // A joint report has the 72 hours of the incident.
      if type == .ransomPayment || type == .supplemental {
        findings += ReportTimes.late(paid, submitted, hours: 24, within24Hours, at: place)
      }
    }
    if root["tlp"] == nil {
      findings.append(marked.finding(at: .root, "the report has no tlp; it is not passed on without a default"))
    }
    if let party = root["third_party"], party.isObject, party["authorised"]?.bool != true {
      findings.append(
        authorised.finding(at: JSONPointer(tokens: ["third_party"]), "a third party submits without an attestation"))
    }
    return findings
  }
}
