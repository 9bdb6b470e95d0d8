import AMQP
import Contract

/// Brings one agency what was decided for it: deliveries into its inboxes, receipts into `receipts`.
///
/// Driven by the ledger: what was just written down is handed over in memory, everything else (retries, what a crash
/// left) is claimed from the ledger when it is due.
struct Outlet: Sendable {
  /// How long a claim keeps others away, in milliseconds.
  static let leaseMilliseconds: Int64 = 60_000

  let agency: AgencyID
  /// The lanes along which anything may go; receipts go in any case.
  var lanes = Set(Lane.allCases)
  let context: HubContext

  static func deliveriesBell(_ agency: AgencyID, _ lane: Lane) -> String { "deliveries \(agency) \(lane.rawValue)" }
  static func receiptsBell(_ agency: AgencyID) -> String { "receipts \(agency)" }

  /// Runs until the task is cancelled.
  func run() async {
    await context.link(to: agency, purpose: "delivery").keepConnected { connection in
      let publisher = try await connection.openSteadyPublisher(window: 512)
      try await withThrowingTaskGroup(of: Void.self) { group in
        // Each lane by itself, so that nothing urgent waits behind a feed: not for its turn, and not for room in a window.
        for lane in Lane.allCases where lanes.contains(lane) {
          group.addTask(priority: lane.priority) {
            let publisher = try await connection.openSteadyPublisher(window: LaneOutlet.width * LaneOutlet.depth)
            try await LaneOutlet(agency: agency, lane: lane, context: context, publisher: publisher).run()
          }
        }
        group.addTask { try await ReceiptSender(agency: agency, context: context).run(through: publisher) }
        group.addTask {
          if let error = await connection.waitUntilClosed() { throw error }
        }
        group.addTask {
          defer { context.note(blocked: nil, to: agency) }
          while !Task.isCancelled {
            context.note(blocked: connection.isBlocked ? connection.blockedReason ?? "an alarm" : nil, to: agency)
            try await Task.sleep(for: .milliseconds(500))
          }
        }
        defer { group.cancelAll() }
        try await group.next()
      }
    }
  }
}

extension Bells {
  /// Wakes whoever delivers to an agency, along whatever lane.
  func ringDeliveries(to agency: AgencyID) {
    for lane in Lane.allCases { ring(Outlet.deliveriesBell(agency, lane)) }
  }
}

extension Lane {
  /// Of tasks that work for it: with little time for all, the incident lane has it first.
  var priority: TaskPriority { self == .incident ? .high : .medium }
}
