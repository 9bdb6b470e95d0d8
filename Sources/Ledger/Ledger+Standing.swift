package import Contract
import GRDB

/// How much waits in the ledger, and since when: what an operator looks at first.
package struct LedgerStanding: Sendable, Equatable {
  /// Pairs that wait to be delivered, or to be approved, for one recipient and one reason.
  package struct Waiting: Sendable, Equatable {
    package let recipient: AgencyID
    /// The cause of the last failed attempt; nil where none failed.
    package let cause: String?
    package let count: Int
    /// When the oldest of their messages was accepted.
    package let oldest: Instant
  }

  /// Open dead letters of one cause, those put aside left out.
  package struct Dead: Sendable, Equatable {
    package let stage: String
    package let cause: String
    package let count: Int
    /// When the oldest was opened.
    package let oldest: Instant
  }

  /// Receipts that wait for their agency.
  package struct Receipts: Sendable, Equatable {
    package let agency: AgencyID
    package let count: Int
    package let oldest: Instant
  }

  package let pending: [Waiting]
  package let held: [Waiting]
  package let dead: [Dead]
  package let archived: Int
  package let receipts: [Receipts]
  package let newestHead: SignedHead?
}

extension Ledger {
  /// Counts what waits; at a cost that grows with what waits, and not with what the ledger holds.
  package func standing() async throws(LedgerError) -> LedgerStanding {
    try await read { db in
      let dead = try db.rows(
        """
        SELECT d.stage, d.cause, count(*) AS number, min(d.at) AS oldest FROM dead_letter d
        WHERE d.state IN ('open', 'replaying') AND d.archived_at IS NULL
        GROUP BY d.stage, d.cause ORDER BY number DESC, d.stage, d.cause
        """)
      let receipts = try db.rows(
        "SELECT agency, count(*) AS number, min(id) AS first FROM receipt WHERE state = 'pending' GROUP BY agency")
      return LedgerStanding(
        pending: try db.waiting(.pending), held: try db.waiting(.held),
        dead: dead.map {
          LedgerStanding.Dead(
            stage: $0["stage"], cause: $0["cause"], count: $0["number"], oldest: $0.instant("oldest"))
        },
        archived: try Int.fetchOne(
          db,
          sql: """
            SELECT count(*) FROM dead_letter WHERE state IN ('open', 'replaying') AND archived_at IS NOT NULL
            """) ?? 0,
        receipts: try receipts.map { row in
          let first = try db.row("SELECT at FROM receipt WHERE id = ?", [row["first"] as Int64])
          return LedgerStanding.Receipts(
            agency: try row.value("agency", { AgencyID($0) }), count: row["number"],
            oldest: first?.instant("at") ?? Instant(milliseconds: 0))
        },
        newestHead: try db.row("SELECT * FROM head ORDER BY size DESC LIMIT 1").map { try SignedHead($0) })
    }
  }
}

extension Database {
  fileprivate func waiting(_ state: DeliveryState) throws -> [LedgerStanding.Waiting] {
    // The state stands in the text, where the partial indexes look for it.
    let sql = """
      SELECT recipient, last_cause, count(*) AS number, min(id) AS first FROM delivery WHERE state = '\(state.rawValue)'
      GROUP BY recipient, last_cause ORDER BY recipient, last_cause
      """
    return try rows(sql).map { row in
      let message = try self.row(
        "SELECT m.accepted_at, m.received_at FROM delivery d JOIN message m ON m.id = d.message WHERE d.id = ?",
        [row["first"] as Int64])
      return LedgerStanding.Waiting(
        recipient: try row.value("recipient", { AgencyID($0) }), cause: row["last_cause"], count: row["number"],
        oldest: message.flatMap { $0.optionalInstant("accepted_at") ?? $0.optionalInstant("received_at") }
          ?? Instant(milliseconds: 0))
    }
  }
}
