package import Contract
import GRDB

/// What is known of inputs that may end the hub.
extension Ledger {
  /// How often work on a redelivered input was begun, this time included. The count is durable before this returns, so
  /// that an input which kills the hub is known as poison after a few restarts.
  ///
  /// - Parameter key: the message-id, or where there is none anything that names the content.
  package func noteAttempt(sender: AgencyID, key: String, at: Instant) async throws(LedgerError) -> Int {
    try await noteAttempts(sender: sender, keys: [key], at: at)[0]
  }

  /// The same for several of one agency, in their order.
  package func noteAttempts(sender: AgencyID, keys: [String], at: Instant) async throws(LedgerError) -> [Int] {
    try await noteAttempts(keys.map { (sender, $0) }, at: at)
  }

  /// The same for several, in their order.
  package func noteAttempts(
    _ suspects: [(sender: AgencyID, key: String)], at: Instant
  ) async throws(LedgerError) -> [Int] {
    guard !suspects.isEmpty else { return [] }
    return try await write(isUrgent: true, bytes: 0) { transaction in
      try suspects.map { sender, key in
        try transaction.execute(
          """
          INSERT INTO suspect (sender, key, attempts, at) VALUES (?1, ?2, 1, ?3)
          ON CONFLICT DO UPDATE SET attempts = attempts + 1, at = ?3
          """, [sender.slug, key, at.milliseconds])
        return try transaction.row("SELECT attempts FROM suspect WHERE sender = ? AND key = ?", [sender.slug, key])?[0]
          ?? 1
      }
    }
  }

  /// How often work on each was begun and not finished, without counting this time.
  package func attempts(sender: AgencyID, keys: [String]) async throws(LedgerError) -> [Int] {
    guard !keys.isEmpty else { return [] }
    return try await read { db in
      try keys.map {
        try db.row("SELECT attempts FROM suspect WHERE sender = ? AND key = ?", [sender.slug, $0])?[0] ?? 0
      }
    }
  }

  /// Those among the keys, whoever's they are, on which work was begun and not finished.
  package func begun(_ keys: [String]) async throws(LedgerError) -> Set<String> {
    guard !keys.isEmpty else { return [] }
    let all = try await read { try String.fetchSet($0.cachedStatement(sql: "SELECT DISTINCT key FROM suspect")) }
    return all.intersection(keys)
  }

  /// Forgets the attempts on an input that was recorded, or that did not end the hub.
  package func clearAttempts(sender: AgencyID, key: String) async throws(LedgerError) {
    try await clearAttempts(sender: sender, keys: [key])
  }

  /// The same for several of one agency.
  package func clearAttempts(sender: AgencyID, keys: [String]) async throws(LedgerError) {
    try await clearAttempts(keys.map { (sender, $0) })
  }

  /// The same for several.
  package func clearAttempts(_ suspects: [(sender: AgencyID, key: String)]) async throws(LedgerError) {
    guard !suspects.isEmpty else { return }
    try await write(isUrgent: true, bytes: 0) { transaction in
      for (sender, key) in suspects {
        try transaction.execute("DELETE FROM suspect WHERE sender = ? AND key = ?", [sender.slug, key])
      }
    }
  }

  /// The message-ids of a sender that lie in the open dead letters for a cause, at most so many, the latest first.
  package func waitingIDs(sender: AgencyID, cause: String, limit: Int = 10_000) async throws(LedgerError) -> [String] {
    try await read { db in
      try db.rows(
        """
        SELECT m.message_id FROM dead_letter d JOIN message m ON m.id = d.message
        WHERE d.cause = ? AND d.state IN ('open', 'replaying') AND d.sender = ? AND d.delivery IS NULL
        ORDER BY d.id DESC LIMIT ?
        """, [cause, sender.slug, limit]
      ).map { $0[0] }
    }
  }

  /// Whether an input lies, with this content under this id, in the open dead letters for a cause.
  package func isWaiting(_ intake: Intake, cause: String) async throws(LedgerError) -> Bool {
    let prepared = PreparedIntake(intake, keys: settings.keys)
    return try await read { db in try prepared.isWaiting(cause: cause, in: db) }
  }
}
