package import Contract
import GRDB

extension Ledger {
  /// Takes back what lies further ahead than any hub sets it: claims, leases, retries and signs of life that were
  /// written while a clock was wrong. Without it, all of that would stand still until the wrong time has come.
  ///
  /// - Parameter horizon: the latest moment that anything can be due at, or leased until.
  /// - Returns: how many rows were due too late.
  package func takeBack(beyond horizon: Instant, at now: Instant) async throws(LedgerError) -> Int {
    let isSound = try await read { db in
      try !Self.aheadQueries.contains { sql in
        try Bool.fetchOne(db, sql: "SELECT EXISTS (\(sql))", arguments: [horizon.milliseconds]) ?? false
      }
    }
    if isSound { return 0 }
    return try await write(isUrgent: true, bytes: 0) { transaction in
      var count = 0
      for lane in Lane.allCases {
        count += try transaction.update(
          """
          UPDATE delivery SET claimed_by = NULL, next_attempt_at = ?
          WHERE state = 'pending' AND lane = ? AND next_attempt_at > ?
          """, [now.milliseconds, lane.rawValue, horizon.milliseconds])
      }
      for (table, column, state) in [
        ("act", "claimed_until", "state IN ('requested', 'running')"), ("replay", "claimed_until", "state = 'running'"),
        ("lease", "until", "TRUE"),
      ] {
        count += try transaction.update(
          "UPDATE \(table) SET \(column) = ? WHERE \(state) AND \(column) > ?",
          [now.milliseconds, horizon.milliseconds])
      }
      // One that lives says so again within a second.
      count += try transaction.update("DELETE FROM hub WHERE beat > ?", [horizon.milliseconds])
      return count
    }
  }

  /// Each by an index, or in a table that stays small.
  private static let aheadQueries =
    Lane.allCases.map {
      "SELECT 1 FROM delivery WHERE state = 'pending' AND lane = '\($0.rawValue)' AND next_attempt_at > ?1"
    } + [
      "SELECT 1 FROM act WHERE state IN ('requested', 'running') AND claimed_until > ?1",
      "SELECT 1 FROM replay WHERE state = 'running' AND claimed_until > ?1",
      "SELECT 1 FROM lease WHERE until > ?1",
      "SELECT 1 FROM hub WHERE beat > ?1",
    ]
}
