package import Contract
import GRDB

/// How a replay ended that brought nothing new into the ledger by itself.
package enum ReplayResult: Sendable, Equatable {
  /// It failed again: the dead letter is open, with this failure in front.
  case failed(FailureRecord)
  /// It was given up before anything was tried: the dead letter is open as before.
  case abandoned
  /// Nothing is left to do.
  case resolved(note: String)
}

extension Ledger {
  /// Takes a dead letter for a replay: compare and set from `open` to `replaying`, so that nothing is replayed twice.
  ///
  /// A replay that died is taken over once its lease has ended.
  ///
  /// - Returns: false where somebody else has it, or it is closed.
  package func beginReplay(
    _ deadLetter: Int64, act: Int64?, now: Instant, leaseMilliseconds: Int64 = 60_000
  ) async throws(LedgerError) -> Bool {
    try await write(isUrgent: true, bytes: 0) { transaction in
      let letter = try transaction.deadLetter(deadLetter)
      // A lease that ends later than any can was given by a wrong clock.
      let horizon = now.adding(milliseconds: 4 * leaseMilliseconds)
      let isAbandoned = letter.state == .replaying && (letter.replayUntil.map { $0 <= now || $0 > horizon } ?? false)
      // An act that is carried out again, since its hub died, takes up what it had taken before.
      let isResumed = letter.state == .replaying && letter.replayUntil != nil && act != nil && letter.replayAct == act
      guard letter.state == .open || isAbandoned || isResumed, try !transaction.awaitsApproval(letter) else {
        return false
      }
      try transaction.change(letter, to: .replaying, at: now, act: act)
      try transaction.execute(
        "UPDATE dead_letter SET replay_act = ?, replay_until = ? WHERE id = ?",
        [act, now.adding(milliseconds: leaseMilliseconds).milliseconds, deadLetter])
      return true
    }
  }

  /// Ends a replay that came to nothing. The dead letter must be `replaying`.
  package func finishReplay(_ deadLetter: Int64, _ result: ReplayResult, at: Instant) async throws(LedgerError) {
    try await write(isUrgent: true, bytes: 0) { transaction in
      let letter = try transaction.deadLetter(deadLetter)
      guard letter.state == .replaying else {
        throw LedgerError(.conflict, "dead letter \(deadLetter) is \(letter.state.rawValue), not replaying")
      }
      if let delivery = letter.delivery, try transaction.standing(delivery).state != .deadLettered {
        throw LedgerError(.conflict, "delivery \(delivery) is on its way again: settling it ends the replay")
      }
      switch result {
      case .failed(let failure): try transaction.reopen(letter, failure, at: at)
      case .abandoned: try transaction.change(letter, to: .open, at: at, act: letter.replayAct)
      case .resolved(let note):
        if letter.delivery != nil {
          throw LedgerError(.invalid, "the dead letter of a delivery is resolved by its delivery alone")
        }
        try transaction.change(letter, to: .resolved, at: at, note: note, act: letter.replayAct)
      }
    }
  }

  /// Puts the delivery of a dead letter back on its way under today's decision; the earlier one stays on record.
  ///
  /// Where today's decision lets nothing out, the pair is `withheld` or `held` and the dead letter is resolved.
  /// Otherwise the pair is pending, and the dead letter stays `replaying` until the delivery is settled: resolved when it
  /// is confirmed, open again when it is dead-lettered. A revision that was confirmed before is followed by the next.
  ///
  /// - Parameters:
  ///   - lane: the lane to send it along, and `format` the one to write; nil keeps its own.
  ///   - claim: who delivers at once; nil leaves it to whoever claims it.
  package func redeliver(
    deadLetter: Int64, decision: RevisedDecision, configuration: Int64, at: Instant, lane: Lane? = nil,
    format: FormatID? = nil, claim: Claim? = nil
  ) async throws(LedgerError) -> DeliveryRow {
    try await write(isUrgent: true, bytes: decision.decision.count) { transaction in
      let letter = try transaction.deadLetter(deadLetter)
      guard letter.state == .replaying else {
        throw LedgerError(.conflict, "dead letter \(deadLetter) is \(letter.state.rawValue), not replaying")
      }
      guard let delivery = letter.delivery else {
        throw LedgerError(.invalid, "dead letter \(deadLetter) is that of a whole message: record its replay")
      }
      let row = try transaction.standing(delivery)
      guard row.state == .deadLettered else {
        throw LedgerError(.conflict, "delivery \(delivery) is \(row.state.rawValue), not dead-lettered")
      }
      try transaction.replaceDecision(
        of: row, .replay, with: decision, configuration: configuration, at: at, deadLetter: deadLetter)
      let state = decision.outcome.state
      let revision = (row.confirmedRevision ?? 0) + 1
      let isClaimed = state == .pending && claim != nil
      try transaction.execute(
        """
        UPDATE delivery SET state = ?, revision = ?, attempts = 0, last_cause = NULL, next_attempt_at = ?,
          claimed_by = ?, lane = coalesce(?, lane), format = coalesce(?, format)
        WHERE id = ?
        """,
        [
          state.rawValue, revision, (isClaimed ? claim?.until : nil)?.milliseconds ?? at.milliseconds,
          isClaimed ? claim?.owner : nil, lane?.rawValue, format?.slug, delivery,
        ])
      if state == .pending {
        try transaction.execute("UPDATE dead_letter SET replay_until = NULL WHERE id = ?", [deadLetter])
      } else {
        try transaction.change(letter, to: .resolved, at: at, act: letter.replayAct)
      }
      return try transaction.delivery(delivery)
    }
  }
}
