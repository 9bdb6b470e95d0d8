package import Contract
import GRDB

/// A hub process that shows signs of life.
package struct HubRow: Sendable, Equatable {
  package let id: String
  package let started: Instant
  package let beat: Instant
  /// The version of the configuration that it follows; nil where it follows none yet.
  package let configuration: Int64?
}

extension Ledger {
  /// A sign of life of a hub; its first one says when it started.
  package func beat(hub id: String, configuration: Int64? = nil, at: Instant) async throws(LedgerError) {
    try await write(isUrgent: true, bytes: 0) {
      try $0.execute(
        """
        INSERT INTO hub (id, started, beat, configuration) VALUES (?1, ?2, ?2, ?3)
        ON CONFLICT DO UPDATE SET beat = ?2, configuration = ?3
        """, [id, at.milliseconds, configuration])
    }
  }

  /// The hub ended in order: its row and its leases go, and what it had claimed is due at once.
  package func retire(hub id: String, at: Instant) async throws(LedgerError) {
    _ = try await releaseClaims(of: id, at: at)
    try await write(isUrgent: true, bytes: 0) {
      try $0.execute("DELETE FROM lease WHERE owner = ?", [id])
      try $0.execute("DELETE FROM hub WHERE id = ?", [id])
      try $0.execute("DELETE FROM alarm WHERE hub = ?", [id])
    }
  }

  /// The hubs with a sign of life at or after a moment.
  package func liveHubs(since: Instant) async throws(LedgerError) -> [HubRow] {
    try await read {
      try $0.rows("SELECT * FROM hub WHERE beat >= ? ORDER BY started, id", [since.milliseconds]).map {
        HubRow(
          id: $0["id"], started: $0.instant("started"), beat: $0.instant("beat"), configuration: $0["configuration"])
      }
    }
  }

  /// Takes or extends what only one may do at a time, such as sending an agency's receipts; false while another has it.
  package func lease(
    _ name: String, owner: String, now: Instant, leaseMilliseconds: Int64
  ) async throws(LedgerError) -> Bool {
    try await write(isUrgent: true, bytes: 0) {
      try $0.update(
        """
        INSERT INTO lease (name, owner, until) VALUES (?1, ?2, ?3)
        ON CONFLICT DO UPDATE SET owner = ?2, until = ?3 WHERE owner = ?2 OR until <= ?4
        """,
        [name, owner, now.adding(milliseconds: leaseMilliseconds).milliseconds, now.milliseconds]) == 1
    }
  }

  /// Gives a lease back.
  package func release(lease name: String, owner: String) async throws(LedgerError) {
    try await write(isUrgent: true, bytes: 0) {
      try $0.execute("DELETE FROM lease WHERE name = ? AND owner = ?", [name, owner])
    }
  }
}
