import Contract
import JSON
import STIX

/// What the schema of a NIS2 report cannot say: times against each other, deadlines, answers that contradict.
enum NIS2Rules {
  static let timeExists = Rule(
    "nis2-time-exists", .error, "A time is one that the calendar has.", source: "RFC 3339 section 5.7")
  static let timesInOrder = Rule(
    "nis2-times-in-order", .error,
    "Detected before aware, aware before submitted, notified before any later report, handled after aware and before "
      + "submitted.",
    source: "Directive (EU) 2022/2555, Article 23(4)")
  static let within24Hours = Rule(
    "nis2-early-warning-late", .warning, "An early warning is submitted within 24 hours of becoming aware.",
    source: "Directive (EU) 2022/2555, Article 23(4)(a)")
  static let within72Hours = Rule(
    "nis2-notification-late", .warning, "An incident notification is submitted within 72 hours of becoming aware.",
    source: "Directive (EU) 2022/2555, Article 23(4)(b)")
  static let withinAMonth = Rule(
    "nis2-final-report-late", .warning,
    "A final report is submitted within a month of the notification, or of the handling where progress was reported.",
    source: "Directive (EU) 2022/2555, Article 23(4)(d) and (e)")
  static let finalWhileOngoing = Rule(
    "nis2-final-while-ongoing", .warning,
    "While an incident goes on a progress report is due, and the final report after its handling.",
    source: "Directive (EU) 2022/2555, Article 23(4)(e)")
  static let marked = Rule(
    "nis2-marking-missing", .warning, "A report says by TLP 2.0 who may receive it.", source: "FIRST TLP 2.0")
  static let bordersAgree = Rule(
    "nis2-cross-border-states", .warning, "Other Member States are named only where an effect on them is possible.",
    source: "Directive (EU) 2022/2555, Article 23(4)(a)")
  static let subsectorFits = Rule(
    "nis2-subsector", .warning, "A subsector belongs to the sector of the entity.",
    source: "Directive (EU) 2022/2555, Annexes I and II")

  static let all = [
    timeExists, timesInOrder, within24Hours, within72Hours, withinAMonth, finalWhileOngoing, marked, bordersAgree,
    subsectorFits,
  ]

  static func findings(_ report: JSONValue) -> [Finding] {
    guard report.isObject else { return [] }
    var times = Times(report)
    times.compare()
    times.compareDeadlines(stage: report["stage"]?.string.flatMap(NIS2Stage.init))
    return ReportTimes.unreal(report, timeExists) + times.findings + ending(report) + marking(report) + borders(report)
      + subsector(report)
  }

  private static func marking(_ report: JSONValue) -> [Finding] {
    guard report["tlp"] == nil else { return [] }
    return [
      marked.finding(
        at: .root, "the report has no tlp; without a default in the arrangement it is not passed on to anyone")
    ]
  }

  private static func ending(_ report: JSONValue) -> [Finding] {
    guard report["stage"]?.string == NIS2Stage.finalReport.rawValue, report["ongoing"]?.bool ?? false else {
      return []
    }
    return [
      finalWhileOngoing.finding(
        at: JSONPointer(tokens: ["ongoing"]),
        "the incident is said to be ongoing in a final report; a progress report is due until it is handled")
    ]
  }

  private static func borders(_ report: JSONValue) -> [Finding] {
    guard let border = report["cross_border"], border["suspected"]?.isString("no") ?? false,
      let states = border["member_states"], states.count > 0
    else { return [] }
    return [
      bordersAgree.finding(
        at: JSONPointer(tokens: ["cross_border", "member_states"]),
        "no effect across borders is suspected, and yet Member States are named")
    ]
  }

  private static func subsector(_ report: JSONValue) -> [Finding] {
    guard let entity = report["reporting_entity"], let sector = entity["sector"]?.string,
      let subsector = entity["subsector"]?.string, let owner = sectorOf[subsector], owner != sector
    else { return [] }
    return [
      subsectorFits.finding(
        at: JSONPointer(tokens: ["reporting_entity", "subsector"]),
        "\(subsector) is a subsector of \(owner), and the entity's sector is \(sector)")
    ]
  }

  private static let sectorOf: [String: String] = [
    "electricity": "energy", "district-heating-and-cooling": "energy", "oil": "energy", "gas": "energy",
    "hydrogen": "energy", "air": "transport", "rail": "transport", "water": "transport", "road": "transport",
    "banking-subsector": "banking", "financial-subsector": "financial", "health-subsector": "health",
    "drinking-water-subsector": "drinking-water", "waste-water-subsector": "waste-water",
    "digital-infrastructure-subsector": "digital-infrastructure", "ict-management-subsector": "ict-services",
    "public-administration-subsector": "public-administration", "space-subsector": "space",
    "courier-subsector": "courier", "waste-management-subsector": "waste-management",
    "chemical-subsector": "chemical", "food-subsector": "food", "medical-devices-subsector": "manufacturing",
    "electronic-optical-subsector": "manufacturing", "electrical-equipment-subsector": "manufacturing",
    "machine-tool-subsector": "manufacturing", "vehicle-manufacturing-subsector": "manufacturing",
    "other-transport-equipment-subsector": "manufacturing", "digital-providers-subsector": "digital-providers",
    "research-subsector": "research",
  ]
}

/// The times of a report, compared with each other.
private struct Times {
  var findings: [Finding] = []
  private var moments: [String: Timestamp] = [:]

  private static let names = [
    "detected_at", "aware_at", "submitted_at", "notification_submitted_at", "handled_at",
  ]

  init(_ report: JSONValue) {
    for name in Self.names {
      moments[name] = report[name]?.string.flatMap { Timestamp($0) }
    }
  }

  mutating func compare() {
    for (earlier, later) in [
      ("detected_at", "aware_at"), ("aware_at", "submitted_at"), ("aware_at", "notification_submitted_at"),
      ("notification_submitted_at", "submitted_at"), ("aware_at", "handled_at"), ("handled_at", "submitted_at"),
    ] {
      guard let first = moments[earlier], let second = moments[later], second < first else { continue }
      findings.append(
        NIS2Rules.timesInOrder.finding(
          at: JSONPointer(tokens: [later]), "\(later) is \(second), before \(earlier), which is \(first)"))
    }
  }

  mutating func compareDeadlines(stage: NIS2Stage?) {
    switch stage {
    case .earlyWarning: within(hours: 24, NIS2Rules.within24Hours)
    case .incidentNotification: within(hours: 72, NIS2Rules.within72Hours)
    case .finalReport:
      guard let start = moments["handled_at"] ?? moments["notification_submitted_at"] else { return }
      let due = start.instant.addingAMonth()
      guard let submitted = moments["submitted_at"], submitted.instant > due else { return }
      findings.append(
        NIS2Rules.withinAMonth.finding(
          at: JSONPointer(tokens: ["submitted_at"]), "the report was due at \(due) and submitted at \(submitted)"))
    default: return
    }
  }

  private mutating func within(hours: Int64, _ rule: Rule) {
    guard let aware = moments["aware_at"], let submitted = moments["submitted_at"] else { return }
    let due = aware.instant.adding(milliseconds: hours * 3_600_000)
    guard submitted.instant > due else { return }
    findings.append(
      rule.finding(
        at: JSONPointer(tokens: ["submitted_at"]),
        "submitted at \(submitted), more than \(hours) hours after becoming aware at \(aware)"))
  }
}

extension Instant {
  /// The same time of day a calendar month later, on the last day of that month where it is shorter.
  func addingAMonth() -> Instant {
    let dayLength: Int64 = 86_400_000
    let day = (milliseconds - (milliseconds % dayLength + dayLength) % dayLength) / dayLength
    let date = CivilDate(dayNumber: day)
    var next = CivilDate(
      year: date.month == 12 ? date.year + 1 : date.year, month: date.month == 12 ? 1 : date.month + 1, day: date.day)
    while CivilDate(dayNumber: next.dayNumber).month != next.month { next.day -= 1 }
    return adding(milliseconds: (next.dayNumber - day) * dayLength)
  }
}
