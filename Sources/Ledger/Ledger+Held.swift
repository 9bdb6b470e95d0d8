package import Contract
import GRDB

/// A pair that waits for a release or for time, with its message.
package struct HeldRow: Sendable, Equatable {
  package let delivery: DeliveryRow
  package let message: MessageRow
}

/// Which held pairs are wanted; nil means any.
package struct HeldFilter: Sendable {
  package var sender: AgencyID?
  package var recipient: AgencyID?
  package var limit: Int
  /// Only those after this number.
  package var after: Int64 = 0

  package init(sender: AgencyID? = nil, recipient: AgencyID? = nil, limit: Int = 1000) {
    self.sender = sender
    self.recipient = recipient
    self.limit = limit
  }
}

extension Ledger {
  /// The pairs that are held, oldest first.
  package func held(_ filter: HeldFilter = HeldFilter()) async throws(LedgerError) -> [HeldRow] {
    try await read { db in
      var sql = DeliveryRow.query + " WHERE d.state = 'held' AND d.id > ?"
      var arguments: StatementArguments = [filter.after]
      if let recipient = filter.recipient {
        sql += " AND d.recipient = ?"
        arguments += [recipient.slug]
      }
      if let sender = filter.sender {
        sql += " AND EXISTS (SELECT 1 FROM message m WHERE m.id = d.message AND m.sender = ?)"
        arguments += [sender.slug]
      }
      return try db.rows(sql + " ORDER BY d.id LIMIT ?", arguments + [filter.limit]).map { try db.held($0) }
    }
  }

  /// One pair with its message, whatever its state; nil where there is none of this id.
  package func pair(_ delivery: Int64) async throws(LedgerError) -> HeldRow? {
    try await read { db in try db.row(DeliveryRow.query + " WHERE d.id = ?", [delivery]).map { try db.held($0) } }
  }

  /// Puts another decision in the place of one that holds: compare and set from `held`, with the act and the decision as
  /// entries, all or nothing. The earlier decision stays on record.
  ///
  /// - Parameters:
  ///   - decision: `deliver` or `redact` puts the pair on its way; `withhold` ends it; `hold` says what it still waits for.
  ///   - kind: the code of an operator's act; nil where the hub itself saw that time has ended the hold.
  ///   - arguments: what was asked for, as JSON.
  package func answerHold(
    _ delivery: Int64, decision: RevisedDecision, configuration: Int64, act kind: String?, arguments: [UInt8] = [],
    operator: String = "", at: Instant
  ) async throws(LedgerError) -> DeliveryRow {
    try await write(isUrgent: true, bytes: decision.decision.count + arguments.count) { transaction in
      let row = try transaction.standing(delivery)
      guard row.state == .held else {
        throw LedgerError(.conflict, "delivery \(delivery) is \(row.state.rawValue), not held")
      }
      try transaction.replaceDecision(
        of: row, .approval, with: decision, configuration: configuration, at: at, deadLetter: nil)
      let state = decision.outcome.state
      try transaction.execute(
        """
        UPDATE delivery SET state = ?, attempts = 0, last_cause = NULL, next_attempt_at = ?, claimed_by = NULL
        WHERE id = ?
        """, [state.rawValue, at.milliseconds, delivery])
      if let kind {
        _ = try transaction.insertAct(
          kind, arguments: arguments, operator: `operator`, state: .done,
          result: Array(#"{"state":"\#(state.rawValue)"}"#.utf8), at: at)
      }
      return try transaction.delivery(delivery)
    }
  }
}

extension Database {
  fileprivate func held(_ row: Row) throws -> HeldRow {
    let delivery = try DeliveryRow(row)
    guard let message = try self.row("SELECT * FROM message WHERE id = ?", [delivery.message]) else {
      throw LedgerError(.corrupt, "delivery \(delivery.id) names message \(delivery.message), which is not there")
    }
    return HeldRow(delivery: delivery, message: try MessageRow(message))
  }
}
