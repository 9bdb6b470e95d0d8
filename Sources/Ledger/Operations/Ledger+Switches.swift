package import Contract
import GRDB

/// Something that an operator has switched, until somebody switches it back.
package struct SwitchRow: Sendable, Equatable {
  /// A code: `quarantine`, `pause/intake`, `pause/agency/us-cisa`.
  package let name: String
  /// JSON.
  package let value: [UInt8]
  package let `operator`: String
  package let at: Instant
}

extension Ledger {
  /// What is switched now, by name.
  package func switches() async throws(LedgerError) -> [SwitchRow] {
    try await read {
      try $0.rows("SELECT * FROM switch ORDER BY name").map {
        SwitchRow(name: $0["name"], value: try $0.bytes("value"), operator: $0["operator"], at: $0.instant("at"))
      }
    }
  }

  /// Switches something, with an act that says who did.
  /// - Returns: false where it is switched already.
  @discardableResult
  package func set(
    switch name: String, value: [UInt8], act kind: String, operator: String, at: Instant
  ) async throws(LedgerError) -> Bool {
    try await write(isUrgent: true, bytes: value.count) { transaction in
      guard try transaction.row("SELECT 1 FROM switch WHERE name = ?", [name]) == nil else { return false }
      let act = try transaction.insertAct(
        kind, arguments: value, operator: `operator`, state: .done, result: nil, at: at)
      try transaction.execute(
        "INSERT INTO switch (name, value, operator, at, act) VALUES (?, ?, ?, ?, ?)",
        [name, value.blob, `operator`, at.milliseconds, act])
      return true
    }
  }

  /// Switches something back.
  /// - Returns: false where it was not switched.
  @discardableResult
  package func clear(
    switch name: String, arguments: [UInt8], act kind: String, operator: String, at: Instant
  ) async throws(LedgerError) -> Bool {
    try await write(isUrgent: true, bytes: arguments.count) { transaction in
      guard try transaction.update("DELETE FROM switch WHERE name = ?", [name]) == 1 else { return false }
      _ = try transaction.insertAct(
        kind, arguments: arguments, operator: `operator`, state: .done, result: nil, at: at)
      return true
    }
  }
}

extension Ledger {
  /// How many deliveries are pending from a sender, to a recipient, along a lane; nil for any.
  package func pendingCount(
    sender: AgencyID? = nil, recipient: AgencyID? = nil, lane: Lane? = nil
  ) async throws(LedgerError) -> Int {
    try await read {
      try Int.fetchOne(
        $0,
        sql: """
          SELECT count(*) FROM delivery d WHERE d.state = 'pending'
            AND (?1 IS NULL OR d.recipient = ?1) AND (?2 IS NULL OR d.lane = ?2)
            AND (?3 IS NULL OR (SELECT m.sender FROM message m WHERE m.id = d.message) = ?3)
          """, arguments: [recipient?.slug, lane?.rawValue, sender?.slug]) ?? 0
    }
  }
}
