package import Contract
import GRDB

/// How much of a message goes.
package enum ErasureScope: String, Sendable {
  /// Its bytes with their key, edited ones too.
  case payload
  /// Also every text, value and salt beside the log: what the log's entries vouch for can be guessed by nobody any more.
  case everything
}

/// Why it went: a code that stands in the log.
package enum ErasureCause: String, Sendable {
  /// An operator said so.
  case erased
  case retentionEnded = "retention-ended"
  /// It was TLP:RED or never read, and nobody waited for it any more.
  case settled
}

/// What an erasure did.
package struct Erasure: Sendable, Equatable {
  package internal(set) var messages = 0
  /// Deliveries that waited and are withheld instead.
  package internal(set) var deliveries = 0
  /// Dead letters that were open and are discarded.
  package internal(set) var deadLetters = 0

  package init() {}
}

extension Ledger {
  /// Erases messages for good, all or none: bytes, keys, texts, values and salts. The log and its proofs stay as they are.
  ///
  /// What waits for them ends: pending and held deliveries are withheld, open dead letters discarded.
  ///
  /// - Throws: `conflict` while a hub is delivering or replaying one of them: again in a minute.
  package func erase(
    messages: [Int64], operator: String, reason: String, arguments: [UInt8], at: Instant
  ) async throws(LedgerError) -> Erasure {
    let (erasure, files): (Erasure, [String]) = try await write(isUrgent: true, bytes: 0) { transaction in
      var erasure = Erasure()
      var files: [String] = []
      let act = try transaction.insertAct(
        "erase", arguments: arguments, operator: `operator`, state: .done, result: nil, at: at)
      for message in messages where try !transaction.isErased(message) {
        try transaction.end(message, .erased, by: `operator`, note: reason, at: at, counting: &erasure)
        files += try transaction.erase(message, .everything, .erased, act: act, at: at)
        erasure.messages += 1
      }
      return (erasure, files)
    }
    for file in files { payloads.remove(file) }
    await forgetLog()
    return erasure
  }

  /// Erases what its retention ends for, and deletes the payloads that are not kept once everybody is settled.
  ///
  /// What a hub holds at the moment comes at the next call.
  ///
  /// - Returns: how many messages were touched; call again while it is the limit.
  package func expire(at now: Instant, limit: Int = 100) async throws(LedgerError) -> Int {
    let (due, settled) = try await read { db in
      (try Self.due(at: now, limit: limit, in: db), try Self.settled(limit: limit, in: db))
    }
    guard !due.isEmpty || !settled.isEmpty else { return 0 }
    var count = 0
    for message in due where try await expire(message, .retentionEnded, at: now) { count += 1 }
    for message in settled where try await expire(message, .settled, at: now) { count += 1 }
    await forgetLog()
    return count
  }

  /// False where somebody works on the message at the moment.
  private func expire(_ message: Int64, _ cause: ErasureCause, at now: Instant) async throws(LedgerError) -> Bool {
    let files: [String]
    do {
      files = try await write(isUrgent: false, bytes: 0) { transaction in
        if cause == .settled { return try transaction.erase(message, .payload, cause, act: nil, at: now) }
        var erasure = Erasure()
        try transaction.end(message, cause, by: nil, note: nil, at: now, counting: &erasure)
        return try transaction.erase(message, .everything, cause, act: nil, at: now)
      }
    } catch {
      guard error.code == .conflict else { throw error }
      return false
    }
    for file in files { payloads.remove(file) }
    return true
  }

  private static func due(at now: Instant, limit: Int, in db: Database) throws -> [Int64] {
    try Int64.fetchAll(
      db, sql: "SELECT id FROM message WHERE erase_at <= ? ORDER BY erase_at LIMIT ?",
      arguments: [now.milliseconds, limit])
  }

  private static func settled(limit: Int, in db: Database) throws -> [Int64] {
    try Int64.fetchAll(
      db,
      sql: """
        SELECT p.message FROM payload p WHERE p.red = 1
          AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message = p.message
            AND d.state IN ('pending', 'held', 'dead-lettered'))
          AND NOT EXISTS (SELECT 1 FROM dead_letter l WHERE l.message = p.message
            AND l.state IN ('open', 'replaying'))
        LIMIT ?
        """, arguments: [limit])
  }
}

extension Transaction {
  func isErased(_ message: Int64) throws -> Bool {
    try row("SELECT 1 FROM erasure WHERE message = ? AND scope = 'everything'", [message]) != nil
  }

  /// Ends everything that waits for a message, with an entry for each.
  fileprivate func end(
    _ message: Int64, _ cause: ErasureCause, by: String?, note: String?, at: Instant, counting erasure: inout Erasure
  ) throws {
    for row in try rows("SELECT id FROM delivery WHERE message = ? AND state IN ('pending', 'held')", [message]) {
      let pair = try standing(row["id"])
      guard pair.claimedBy == nil else {
        throw LedgerError(.conflict, "delivery \(pair.id) is under way at this moment: try again in a minute")
      }
      let nothing = RevisedDecision(
        outcome: .withhold, rule: cause.rawValue, arrangement: nil, reason: "", objects: [], decision: [])
      try replaceDecision(
        of: pair, .narrowing, with: nothing, configuration: pair.configuration, at: at, deadLetter: nil)
      try execute("UPDATE delivery SET state = 'withheld', claimed_by = NULL WHERE id = ?", [pair.id])
      erasure.deliveries += 1
    }
    for letter in try deadLetters(of: message) where letter.isOpen {
      if let delivery = letter.delivery, try standing(delivery).state == .withheld {
        try change(letter, to: .resolved, at: at, act: letter.replayAct)
        continue
      }
      guard letter.state == .open else {
        throw LedgerError(.conflict, "dead letter \(letter.id) is being replayed: try again in a minute")
      }
      try change(letter, to: .discarded, at: at, by: by, note: note, act: nil)
      if let delivery = letter.delivery {
        try execute("UPDATE delivery SET state = 'discarded' WHERE id = ?", [delivery])
      }
      erasure.deadLetters += 1
    }
  }

  /// Deletes, with the entry that says so; gives the files that no row names any more.
  fileprivate func erase(
    _ message: Int64, _ scope: ErasureScope, _ cause: ErasureCause, act: Int64?, at: Instant
  ) throws -> [String] {
    let files = try rows(
      """
      SELECT file FROM payload WHERE message = ?1 AND file IS NOT NULL
      UNION SELECT file FROM edit WHERE message = ?1 AND file IS NOT NULL
      """, [message]
    ).map { $0["file"] as String }
    try execute(
      "UPDATE edit SET bytes = NULL, file = NULL, master = NULL, wrapped_key = NULL WHERE message = ?", [message])
    switch scope {
    case .payload:
      try execute(
        """
        UPDATE payload SET bytes = NULL, file = NULL, master = NULL, wrapped_key = NULL, red = 0 WHERE message = ?
        """, [message])
    case .everything: try eraseTexts(of: message)
    }
    let entry = try append(.erasure(of: message, at: at, scope: scope.rawValue, cause: cause.rawValue, act: act))
    try execute(
      "INSERT INTO erasure (message, scope, cause, act, at, entry) VALUES (?, ?, ?, ?, ?, ?)",
      [message, scope.rawValue, cause.rawValue, act, at.milliseconds, entry])
    return files
  }

  /// Without its salt nobody can test guesses against a commitment.
  private func eraseTexts(of message: Int64) throws {
    for delivery in try rows("SELECT decision FROM delivery WHERE message = ?", [message]) {
      var next: Int64? = delivery["decision"]
      while let id = next {
        next = try row("SELECT previous FROM decision WHERE id = ?", [id])?["previous"]
        try execute("UPDATE decision SET reason = '', objects = x'', bytes = x'', salt = x'' WHERE id = ?", [id])
      }
    }
    let statements = [
      "DELETE FROM payload WHERE message = ?",
      "UPDATE edit SET digest = x'', note = '', salt = x'' WHERE message = ?",
      """
      UPDATE message SET headers = CAST('{}' AS BLOB), type = NULL, content_type = NULL, traceparent = NULL,
        salt = x'', erase_at = NULL WHERE id = ?
      """,
      "UPDATE delivery SET losses = NULL, confirm_salt = x'' WHERE message = ? AND confirm_salt IS NOT NULL",
      "UPDATE failure SET detail = '', location = NULL, salt = x'' WHERE message = ?",
      """
      UPDATE dead_letter_event SET note = NULL, salt = x''
      WHERE dead_letter IN (SELECT id FROM dead_letter WHERE message = ?)
      """,
      """
      UPDATE replay_item SET detail = '', salt = x'' WHERE verdict IS NOT NULL
        AND (dead_letter IN (SELECT id FROM dead_letter WHERE message = ?1)
          OR delivery IN (SELECT id FROM delivery WHERE message = ?1))
      """,
      // A receipt that waits is still owed to the sender, who knows what it says.
      "UPDATE receipt SET line = x'' WHERE message = ? AND state = 'sent'",
    ]
    for sql in statements { try execute(sql, [message]) }
  }
}
