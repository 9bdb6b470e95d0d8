import Contract
import Ledger
import Sharing

/// What operators switched, what hubs complain of, and who is silent: the part of a status that is not about messages.
struct OperationsView: Sendable {
  var switches: [SwitchRow] = []
  var alarms: [AlarmRow] = []
  /// What this process finds by itself, since a full ledger takes no alarm.
  var ownAlarms: [String: String] = [:]
  var heard: [AgencyID: Instant] = [:]
  /// The silence that is an alarm, for those where it is one.
  var quietHours: [AgencyID: Int] = [:]
  /// Hubs that follow another configuration than the newest.
  var laggards = 0
}

extension HubStatus {
  mutating func add(_ view: OperationsView, now: Instant) {
    addAlarms(view, now: now)
    for row in view.switches { add(row, now: now) }
    for (agency, at) in view.heard.sorted(by: { $0.value < $1.value }) {
      guard let hours = view.quietHours[agency], now.milliseconds - at.milliseconds > Int64(hours) * 3_600_000
      else { continue }
      add(
        .alarm, "quiet",
        "Nothing came from \(agency) for \(PlainText.age(from: at, to: now)); expected is something "
          + "within \(PlainText.count(hours, "hour")).", "entente doctor")
    }
    if view.laggards > 0 {
      add(
        .alarm, "configuration",
        "\(PlainText.count(view.laggards, "hub")) cannot use the newest version and went on as before; the log says why.",
        "entente reload")
    }
  }

  private mutating func addAlarms(_ view: OperationsView, now: Instant) {
    var told: Set<String> = []
    for alarm in view.alarms {
      told.insert(alarm.name)
      add(
        .down, alarm.name, "\(alarm.text) For \(PlainText.age(from: alarm.since, to: now)); it goes on by itself.",
        alarm.name == "broker" ? "entente doctor" : "df -h")
    }
    for (name, text) in view.ownAlarms.sorted(by: { $0.key < $1.key }) where !told.contains(name) {
      add(.down, name, text, "df -h")
    }
  }

  private mutating func add(_ row: SwitchRow, now: Instant) {
    let since = "by \(row.operator), for \(PlainText.age(from: row.at, to: now))"
    if row.name == Switches.quarantine {
      return add(
        .down, "quarantine", "The ledger was restored and hubs are held back, \(since).", "entente quarantine show")
    }
    if row.name.hasPrefix("pause/"), let target = Switches.Target(name: String(row.name.dropFirst(6))) {
      return add(.alarm, "paused", "\(target.name) is paused \(since).", "entente resume \(target.option)")
    }
    if row.name.hasPrefix("suspend/") {
      let agency = row.name.dropFirst(8)
      return add(
        .alarm, "suspended", "\(agency) is suspended \(since).", "entente suspend \(agency) --lift --reason TEXT")
    }
  }
}

extension Switches.Target {
  /// As commands take it.
  var option: String {
    switch self {
    case .intake: "--intake"
    case .agency(let agency): "--agency \(agency)"
    case .lane(let lane): "--lane \(lane.rawValue)"
    case .recipient(let agency): "--recipient \(agency)"
    }
  }
}

extension HubHome {
  func operationsView(hubs: [HubRow], newest: Int64?) async throws -> OperationsView {
    var view = OperationsView()
    view.switches = try await ledger.switches()
    view.alarms = try await ledger.alarms(of: hubs.map(\.id))
    view.heard = try await ledger.heard().filter { configuration.agencies[$0.key]?.isSuspended == false }
    let flow = configuration.settings.flow
    for agency in configuration.agencies.values {
      view.quietHours[agency.id] = flow.agencies[agency.id]?.quietHours ?? agency.quietAlarmHours ?? flow.quietHours
    }
    view.laggards = hubs.filter { $0.configuration != nil && $0.configuration != newest }.count
    var guards = Guards()
    guards.look(
      free: Guards.freeBytes(at: configuration.settings.ledger), room: try await ledger.room(), blocked: nil,
      flow: flow)
    view.ownAlarms = guards.alarms
    return view
  }
}
