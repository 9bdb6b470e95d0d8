package import Contract
import Crypto
import GRDB

extension Ledger {
  /// The dead letters that a filter lets through, oldest first.
  package func deadLetters(_ filter: DeadLetterFilter = DeadLetterFilter()) async throws(LedgerError)
    -> [DeadLetterRow]
  {
    try await read { try $0.deadLetters(filter) }
  }

  /// A dead letter with its message, failures and history; nil where there is none of this id.
  package func deadLetter(_ id: Int64) async throws(LedgerError) -> DeadLetterDetail? {
    try await read { db in
      guard let found = try db.row(Database.deadLetterColumns + " WHERE d.id = ?", [id]) else { return nil }
      let row = try DeadLetterRow(found)
      guard let message = try db.row("SELECT * FROM message WHERE id = ?", [row.message]) else {
        throw LedgerError(.corrupt, "dead letter \(id) names message \(row.message), which is not there")
      }
      return DeadLetterDetail(
        row: row, message: try MessageRow(message),
        delivery: try row.delivery.flatMap {
          try db.row(DeliveryRow.query + " WHERE d.id = ?", [$0]).map { try DeliveryRow($0) }
        },
        failures: try db.rows(
          "SELECT * FROM failure WHERE message = ? AND dead_letter = ? ORDER BY id", [row.message, id]
        ).map { try FailureRow($0) },
        history: try db.rows("SELECT * FROM dead_letter_event WHERE dead_letter = ? ORDER BY id", [id])
          .map { try DeadLetterEvent($0) })
    }
  }

  /// The payload of a dead letter as an operator last left it; the untouched bytes where nobody edited them.
  package func payload(ofDeadLetter id: Int64) async throws(LedgerError) -> [UInt8] {
    let place: PayloadPlace? = try await read { db in
      if let row = try db.row("SELECT * FROM edit WHERE dead_letter = ? ORDER BY id DESC LIMIT 1", [id]) {
        return try PayloadPlace(row)
      }
      guard let message: Int64 = try db.row("SELECT message FROM dead_letter WHERE id = ?", [id])?["message"] else {
        return nil
      }
      return try db.row("SELECT * FROM payload WHERE message = ?", [message]).map { try PayloadPlace($0) }
        ?? db.erasedPayload(message)
    }
    guard let place else { throw LedgerError(.notFound, "there is no payload of dead letter \(id)") }
    return try await read(payload: place)
  }

  /// Keeps an edited payload beside the untouched bytes; gives its revision, from 1. The dead letter must be open.
  ///
  /// - Parameter needsApproval: whether it is replayed only after somebody else has approved it.
  package func editDeadLetter(
    _ id: Int64, body: [UInt8], operator: String, note: String, needsApproval: Bool = false, at: Instant
  ) async throws(LedgerError) -> Int {
    let sealed = try settings.keys.payload.seal(body)
    let file = body.count > settings.inlinePayloadLimit ? try await payloads.write(sealed.bytes) : nil
    let digest = Array(SHA256.hash(data: body))
    do {
      return try await write(isUrgent: true, bytes: file == nil ? body.count : 0) { transaction in
        let letter = try transaction.deadLetter(id)
        guard letter.state == .open else { throw Self.notOpen(letter) }
        let revision: Int =
          try transaction.row("SELECT count(*) + 1 FROM edit WHERE message = ?", [letter.message])?[0] ?? 1
        let salt = [UInt8].salt()
        let entry = try transaction.append(
          .edit(
            deadLetter: id, message: letter.message, at: at, revision: revision,
            commitment: Transaction.editCommitment(by: `operator`, note: note, digest: digest, salt: salt)))
        try transaction.execute(
          """
          INSERT INTO edit (dead_letter, message, revision, size, digest, bytes, file, operator, note, at, salt, entry,
            master, wrapped_key, needs_approval)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
          [
            id, letter.message, revision, body.count, digest.blob, file == nil ? sealed.bytes.blob : nil, file,
            `operator`, note, at.milliseconds, salt.blob, entry, sealed.key.master, sealed.key.bytes.blob,
            needsApproval,
          ])
        try transaction.insertEvent(
          id, at: at, what: "edited", by: `operator`, note: note, act: nil, failure: nil, salt: salt, entry: entry)
        return revision
      }
    } catch {
      if let file, error.code != .io { payloads.remove(file) }
      throw error
    }
  }

  /// Gives up an open dead letter, for a reason. A pair ends as `discarded`; the bytes stay until their retention ends.
  package func discard(
    _ id: Int64, operator: String, reason: String, at: Instant, act: Int64? = nil
  ) async throws(LedgerError) {
    try await write(isUrgent: true, bytes: 0) { transaction in
      let letter = try transaction.deadLetter(id)
      guard letter.state == .open else { throw Self.notOpen(letter) }
      try transaction.change(letter, to: .discarded, at: at, by: `operator`, note: reason, act: act)
      if let delivery = letter.delivery {
        try transaction.execute("UPDATE delivery SET state = 'discarded' WHERE id = ?", [delivery])
      }
    }
  }

  static func notOpen(_ letter: OpenLetter) -> LedgerError {
    LedgerError(.conflict, "dead letter \(letter.id) is \(letter.state.rawValue), not open")
  }
}

extension Transaction {
  /// What an edit's entry vouches for.
  static func editCommitment(by: String, note: String, digest: [UInt8], salt: [UInt8]) -> [UInt8] {
    var value = CommittedValue()
    value.append(by)
    value.append(note)
    value.append(digest)
    return value.commitment(salt: salt)
  }
}

extension Database {
  static let deadLetterColumns = """
    SELECT d.*, m.message_id, f.stage, f.cause, f.permanent, f.detail, f.location, f.fingerprint,
      (SELECT coalesce(max(revision), 0) FROM edit e WHERE e.message = d.message AND e.dead_letter = d.id) AS edited,
      (SELECT needs_approval = 1 AND approved_by IS NULL FROM edit e WHERE e.message = d.message AND e.dead_letter = d.id
        ORDER BY e.id DESC LIMIT 1) AS unapproved
    FROM dead_letter d JOIN message m ON m.id = d.message JOIN failure f ON f.id = d.failure
    """

  func deadLetters(_ filter: DeadLetterFilter) throws -> [DeadLetterRow] {
    let conditions = filter.conditions
    let sql = Self.deadLetterColumns + " WHERE " + conditions.sql + " ORDER BY d.id LIMIT ?"
    let arguments = conditions.arguments + [max(0, filter.limit)]
    return try Row.fetchAll(self, sql: sql, arguments: arguments).map { try DeadLetterRow($0) }
  }
}

extension DeadLetterRow {
  init(_ row: Row) throws {
    id = row["id"]
    message = row["message"]
    delivery = row["delivery"]
    sender = try row.value("sender", { AgencyID($0) })
    messageID = row["message_id"]
    recipient = (row["recipient"] as String?).flatMap { AgencyID($0) }
    state = try row.value("state", DeadLetterState.init(rawValue:))
    failure = FailureRecord(
      stage: row["stage"], cause: row["cause"], permanent: row["permanent"], detail: row["detail"],
      location: row["location"], fingerprint: row["fingerprint"])
    at = row.instant("at")
    changedAt = row.instant("changed_at")
    editedRevision = row["edited"]
    awaitsApproval = (row["unapproved"] as Bool?) ?? false
    archivedAt = row.optionalInstant("archived_at")
  }
}

extension DeadLetterEvent {
  init(_ row: Row) throws {
    at = row.instant("at")
    what = row["what"]
    by = row["operator"]
    note = row["note"]
    act = row["act"]
    failure = row["failure"]
  }
}
