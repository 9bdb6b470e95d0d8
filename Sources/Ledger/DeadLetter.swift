package import Contract
import GRDB

/// The state of a dead letter.
package enum DeadLetterState: String, Sendable, CaseIterable {
  /// Waits for an operator.
  case open
  /// A replay has taken it.
  case replaying
  /// A replay brought it to its end.
  case resolved
  /// A corrected message, or an equal one, was accepted.
  case superseded
  /// An operator gave it up.
  case discarded
}

/// A message that failed before the decision, or one delivery after it.
package struct DeadLetterRow: Sendable, Equatable {
  package let id: Int64
  package let message: Int64
  /// Nil where the message failed as a whole.
  package let delivery: Int64?
  package let sender: AgencyID
  package let messageID: String
  package let recipient: AgencyID?
  package let state: DeadLetterState
  /// The newest failure.
  package let failure: FailureRecord
  /// When it was opened, and when its state last changed.
  package let at: Instant
  package let changedAt: Instant
  /// The newest revision that an operator made of the payload; 0 for none.
  package let editedRevision: Int
  /// Whether that revision is replayed only after somebody else than its editor has approved it.
  package let awaitsApproval: Bool
  /// When an operator put it aside; nil where it was not, or was restored.
  package let archivedAt: Instant?
}

/// One step in the life of a dead letter.
package struct DeadLetterEvent: Sendable, Equatable {
  package let at: Instant
  /// A state, `edited`, or a ``DeadLetterRemark``.
  package let what: String
  package let by: String?
  package let note: String?
  package let act: Int64?
  package let failure: Int64?
}

/// A dead letter with all that an operator looks at.
package struct DeadLetterDetail: Sendable, Equatable {
  package let row: DeadLetterRow
  package let message: MessageRow
  package let delivery: DeliveryRow?
  /// All failures of it, oldest first.
  package let failures: [FailureRow]
  package let history: [DeadLetterEvent]
}

/// A dead letter as transactions handle it.
struct OpenLetter {
  let id: Int64
  let message: Int64
  let delivery: Int64?
  let state: DeadLetterState
  let replayAct: Int64?
  /// When a replay that shows no end counts as dead; nil while its delivery is on the way.
  let replayUntil: Instant?
  let isArchived: Bool

  var isOpen: Bool { state == .open || state == .replaying }

  init(_ row: Row) throws {
    id = row["id"]
    message = row["message"]
    delivery = row["delivery"]
    state = try row.value("state", DeadLetterState.init(rawValue:))
    replayAct = row["replay_act"]
    replayUntil = row.optionalInstant("replay_until")
    isArchived = row.optionalInstant("archived_at") != nil
  }
}

extension Transaction {
  func deadLetter(_ id: Int64) throws -> OpenLetter {
    guard let row = try row("SELECT * FROM dead_letter WHERE id = ?", [id]) else {
      throw LedgerError(.notFound, "there is no dead letter \(id)")
    }
    return try OpenLetter(row)
  }

  /// All dead letters of a message and its deliveries.
  func deadLetters(of message: Int64) throws -> [OpenLetter] {
    try rows("SELECT * FROM dead_letter WHERE message = ? ORDER BY id", [message]).map { try OpenLetter($0) }
  }

  func insertFailure(
    _ failure: FailureRecord, message: Int64, delivery: Int64?, deadLetter: Int64?, at: Instant
  ) throws -> Int64 {
    var record = failure
    record.detail = record.detail.storable
    record.location = record.location?.storable
    record.fingerprint = record.fingerprint.storable
    let id = try nextID(.failure)
    let salt = [UInt8].salt()
    let entry = try append(
      .failure(
        id, message: message, delivery: delivery, at: at, stage: record.stage, cause: record.cause,
        permanent: record.permanent, commitment: Self.failureCommitment(record, salt: salt)))
    try execute(
      """
      INSERT INTO failure (id, message, delivery, dead_letter, stage, cause, permanent, detail, location, fingerprint,
        at, salt, entry)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        id, message, delivery, deadLetter, record.stage, record.cause, record.permanent, record.detail,
        record.location, record.fingerprint, at.milliseconds, salt.blob, entry,
      ])
    return id
  }

  /// What a failure's entry vouches for.
  static func failureCommitment(_ record: FailureRecord, salt: [UInt8]) -> [UInt8] {
    var value = CommittedValue()
    value.append(record.detail)
    value.append(record.location)
    value.append(record.fingerprint)
    return value.commitment(salt: salt)
  }

  /// Opens a dead letter for a failure; gives its id.
  func openDeadLetter(
    message: Int64, delivery: Int64?, sender: String, recipient: String?, _ failure: FailureRecord, at: Instant
  ) throws -> Int64 {
    let id = try nextID(.deadLetter)
    let failureID = try insertFailure(failure, message: message, delivery: delivery, deadLetter: id, at: at)
    try execute(
      """
      INSERT INTO dead_letter (id, message, delivery, sender, recipient, state, failure, fingerprint, stage, cause, format,
        kind, at, changed_at)
      SELECT ?, m.id, ?, ?, ?, 'open', ?, ?, ?, ?, \(Migrations.format), \(Migrations.kind), ?, ? FROM message m
      WHERE m.id = ?
      """,
      [
        id, delivery, sender, recipient, failureID, failure.fingerprint.storable, failure.stage, failure.cause,
        at.milliseconds, at.milliseconds, message,
      ])
    try note(id, message: message, delivery: delivery, .open, at: at, failure: failureID)
    return id
  }

  /// A replay failed: the dead letter waits again, with the new failure in front, out of the archive where it was there.
  func reopen(_ letter: OpenLetter, _ failure: FailureRecord, at: Instant) throws {
    let id = try insertFailure(
      failure, message: letter.message, delivery: letter.delivery, deadLetter: letter.id, at: at)
    try execute(
      """
      UPDATE dead_letter SET state = 'open', failure = ?, fingerprint = ?, stage = ?, cause = ?, changed_at = ?,
        archived_at = NULL, replay_act = NULL, replay_until = NULL
      WHERE id = ?
      """, [id, failure.fingerprint.storable, failure.stage, failure.cause, at.milliseconds, letter.id])
    try note(
      letter.id, message: letter.message, delivery: letter.delivery, .open, at: at, act: letter.replayAct, failure: id)
  }

  /// Changes the state, with the entry that says so.
  func change(
    _ letter: OpenLetter, to state: DeadLetterState, at: Instant, by: String? = nil, note text: String? = nil,
    act: Int64?
  ) throws {
    try execute(
      "UPDATE dead_letter SET state = ?, changed_at = ?, replay_until = NULL WHERE id = ?",
      [state.rawValue, at.milliseconds, letter.id])
    // What was never read counts as TLP:RED: it is not kept once nobody waits for it.
    if letter.delivery == nil, state != .open, state != .replaying {
      try execute("UPDATE payload SET red = 1 WHERE message = ?", [letter.message])
    }
    try note(letter.id, message: letter.message, delivery: letter.delivery, state, at: at, by: by, text: text, act: act)
  }

  private func note(
    _ letter: Int64, message: Int64, delivery: Int64?, _ state: DeadLetterState, at: Instant, by: String? = nil,
    text: String? = nil, act: Int64? = nil, failure: Int64? = nil
  ) throws {
    let salt = [UInt8].salt()
    let entry = try append(
      .deadLetter(
        letter, message: message, delivery: delivery, at: at, state: state.rawValue, act: act, failure: failure,
        commitment: Self.noteCommitment(by: by, note: text, salt: salt)))
    try insertEvent(
      letter, at: at, what: state.rawValue, by: by, note: text, act: act, failure: failure, salt: salt, entry: entry)
  }

  func insertEvent(
    _ letter: Int64, at: Instant, what: String, by: String?, note: String?, act: Int64?, failure: Int64?,
    salt: [UInt8], entry: Int64
  ) throws {
    try execute(
      """
      INSERT INTO dead_letter_event (dead_letter, at, what, operator, note, act, failure, salt, entry)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, [letter, at.milliseconds, what, by, note, act, failure, salt.blob, entry])
  }

  /// What the entry of a dead letter's new state vouches for.
  static func noteCommitment(by: String?, note: String?, salt: [UInt8]) -> [UInt8] {
    var value = CommittedValue()
    value.append(by)
    value.append(note)
    return value.commitment(salt: salt)
  }
}
