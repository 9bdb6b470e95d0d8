package import Contract
import GRDB

/// Dead letters whose newest failure is the same mistake.
package struct DeadLetterGroup: Sendable, Equatable {
  package let fingerprint: String
  package let count: Int
  /// When the first and the last of them were opened.
  package let first: Instant
  package let last: Instant
  /// The newest of them.
  package let example: DeadLetterRow
}

extension Ledger {
  /// The ids of the dead letters that a filter lets through, in order, and nothing else of them.
  package func deadLetterIDs(_ filter: DeadLetterFilter) async throws(LedgerError) -> [Int64] {
    try await read { db in
      let conditions = filter.conditions
      return try Int64.fetchAll(
        db.cachedStatement(
          sql: "SELECT d.id FROM dead_letter d WHERE \(conditions.sql) ORDER BY d.id LIMIT ?"),
        arguments: conditions.arguments + [filter.limit])
    }
  }

  /// The dead letters that a filter lets through, grouped by fingerprint, the largest group first.
  package func deadLetterGroups(
    _ filter: DeadLetterFilter = DeadLetterFilter(), limit: Int
  ) async throws(LedgerError) -> [DeadLetterGroup] {
    try await read { db in
      let conditions = filter.conditions
      let sql = """
        SELECT d.fingerprint, count(*) AS number, min(d.at) AS first, max(d.at) AS last, max(d.id) AS example
        FROM dead_letter d WHERE \(conditions.sql)
        GROUP BY d.fingerprint ORDER BY number DESC, last DESC LIMIT ?
        """
      return try db.rows(sql, conditions.arguments + [limit]).map { row in
        let example: Int64 = row["example"]
        guard let found = try db.row(Database.deadLetterColumns + " WHERE d.id = ?", [example]) else {
          throw LedgerError(.corrupt, "dead letter \(example) has no message or no failure")
        }
        return DeadLetterGroup(
          fingerprint: row["fingerprint"], count: row["number"], first: row.instant("first"),
          last: row.instant("last"), example: try DeadLetterRow(found))
      }
    }
  }
}
