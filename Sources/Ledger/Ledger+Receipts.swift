package import Contract
import GRDB

extension Ledger {
  /// Receipts that wait to be sent, oldest first.
  ///
  /// - Parameter agency: nil for all agencies.
  package func pendingReceipts(agency: AgencyID? = nil, limit: Int) async throws(LedgerError) -> [ReceiptRow] {
    try await read { db in
      if let agency {
        return try db.rows(
          "SELECT * FROM receipt WHERE state = 'pending' AND agency = ? ORDER BY id LIMIT ?", [agency.slug, limit]
        ).map { try ReceiptRow($0) }
      }
      return try db.rows("SELECT * FROM receipt WHERE state = 'pending' ORDER BY agency, id LIMIT ?", [limit])
        .map { try ReceiptRow($0) }
    }
  }

  /// The broker confirmed these receipts.
  package func markReceiptsSent(_ ids: [Int64]) async throws(LedgerError) {
    guard !ids.isEmpty else { return }
    try await write(isUrgent: false, bytes: ids.count * 16) { transaction in
      for id in ids { try transaction.statements.run("UPDATE receipt SET state = 'sent' WHERE id = ?", id) }
    }
  }
}
