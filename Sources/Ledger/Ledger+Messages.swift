package import Contract
import GRDB

extension Ledger {
  /// Accepted messages in the order in which they came, a page at a time: those after a number, accepted since a moment.
  package func acceptedMessages(
    after number: Int64 = 0, since: Instant, limit: Int = 200
  ) async throws(LedgerError) -> [MessageRow] {
    try await read { db in
      try db.rows(
        "SELECT * FROM message WHERE id > ? AND accepted_at >= ? AND state = 'accepted' ORDER BY id LIMIT ?",
        [number, since.milliseconds, limit]
      ).map(MessageRow.init)
    }
  }
}
