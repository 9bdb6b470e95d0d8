package import Contract
import GRDB

/// A pair that waits for an operator's approval, with its message.
package struct HeldRow: Sendable, Equatable {
  package let delivery: DeliveryRow
  package let message: MessageRow
}

/// Which held pairs are wanted; nil means any.
package struct HeldFilter: Sendable {
  package var sender: AgencyID?
  package var recipient: AgencyID?
  package var limit: Int

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
      var sql = DeliveryRow.query + " WHERE d.state = 'held'"
      var arguments: StatementArguments = []
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

  /// Ends a hold by an operator's decision: compare and set from `held`, with the act and the decision as entries, all or
  /// nothing. The earlier decision stays on record.
  ///
  /// - Parameters:
  ///   - decision: `deliver` or `redact` puts the pair on its way; `withhold` ends it.
  ///   - arguments: what was asked for, as JSON.
  package func endHold(
    _ delivery: Int64, decision: RevisedDecision, configuration: Int64, act kind: String, arguments: [UInt8],
    operator: String, at: Instant
  ) async throws(LedgerError) -> DeliveryRow {
    try await write(isUrgent: true, bytes: decision.decision.count + arguments.count) { transaction in
      let row = try transaction.standing(delivery)
      guard row.state == .held else {
        throw LedgerError(.conflict, "delivery \(delivery) is \(row.state.rawValue), not held")
      }
      guard decision.outcome != .hold else {
        throw LedgerError(.invalid, "a hold is ended by a decision that is none")
      }
      try transaction.replaceDecision(
        of: row, .approval, with: decision, configuration: configuration, at: at, deadLetter: nil)
      let state = decision.outcome.state
      try transaction.execute(
        """
        UPDATE delivery SET state = ?, attempts = 0, last_cause = NULL, next_attempt_at = ?, claimed_by = NULL
        WHERE id = ?
        """, [state.rawValue, at.milliseconds, delivery])
      _ = try transaction.insertAct(
        kind, arguments: arguments, operator: `operator`, state: .done,
        result: Array(#"{"state":"\#(state.rawValue)"}"#.utf8), at: at)
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
