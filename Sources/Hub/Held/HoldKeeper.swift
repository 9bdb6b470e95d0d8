import Contract
import Ledger
import Logging
import Sharing

/// Ends holds that end by themselves, embargoes and delays, at their moment: decides again by the terms of that moment,
/// of which releases that were given before are part. What somebody has to release waits for that, however long.
///
/// One hub at a time does it; a hub that dies leaves nothing half done, since each hold is ended in one transaction.
struct HoldKeeper: Sendable {
  static let lookMilliseconds: Int64 = 1000
  private static let page = 500

  let context: HubContext

  func run() async throws {
    var judged: [Int64: Judged] = [:]
    while !Task.isCancelled {
      try await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
      await context.untilReleased()
      let now = context.clock.now()
      guard
        try await context.ledger.lease(
          "holds", owner: context.owner, now: now, leaseMilliseconds: 10 * Self.lookMilliseconds)
      else { continue }
      try await look(&judged, at: now)
    }
  }

  /// A pair that was decided again and stays held: not decided once more before something has changed.
  private struct Judged: Equatable {
    var configuration: Int64
    var until: Instant?
  }

  private func look(_ judged: inout [Int64: Judged], at now: Instant) async throws {
    var seen: [Int64: Judged] = [:]
    var last: Int64 = 0
    while !Task.isCancelled {
      var filter = HeldFilter(limit: Self.page)
      filter.after = last
      let rows = try await context.ledger.held(filter)
      for row in rows {
        last = row.delivery.id
        guard let stored = try? Decision(decoding: row.delivery.decision), stored.waitsForTimeAlone else { continue }
        let current = context.current
        let due = judged[row.delivery.id].flatMap { $0.configuration == current.version ? $0.until : nil }
        if let end = due ?? stored.heldUntil, end > now {
          seen[row.delivery.id] = judged[row.delivery.id]
          continue
        }
        let until = try await end(row, stored, current, at: now)
        if let until { seen[row.delivery.id] = Judged(configuration: current.version, until: until) }
      }
      if rows.count < Self.page { break }
    }
    judged = seen
  }

  /// Gives the moment until which it stays held; nil where it is held no more, or waits for somebody.
  private func end(
    _ row: HeldRow, _ stored: Decision, _ current: ActiveConfiguration, at now: Instant
  ) async throws -> Instant? {
    let number = row.delivery.id
    let decision: Decision
    do {
      let today = try await HeldDecision(row, current.configuration, context.keys, context.ledger, at: now)
      decision = today.decision.released(by: stored.releases, isWholeRead: today.isWholeRead)
    } catch let failure as StageFailure {
      context.logger.error(
        "a hold has ended and its message cannot be read: it waits for an operator",
        metadata: ["delivery": "\(number)", "reason": "\(failure.detail)"])
      return now.adding(milliseconds: 3_600_000)
    }
    if decision.outcome == .hold, let until = decision.heldUntil, decision.waitsForTimeAlone { return until }
    var ended = decision
    ended.releases = stored.releases
    ended.reason = "Its time has ended, and it was decided again. \(decision.reason)"
    do {
      let after = try await context.ledger.answerHold(
        number, decision: ended.revised, configuration: current.version, act: nil, at: now)
      context.logger.info(
        "a hold has ended", metadata: ["delivery": "\(number)", "state": "\(after.state.rawValue)"])
      if after.state == .pending { context.bells.ringDeliveries(to: after.recipient) }
    } catch {
      // An operator was quicker where it is held no more.
      guard error.code == .conflict else { throw error }
    }
    return nil
  }
}
