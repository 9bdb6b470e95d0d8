import Contract
import GRDB

extension Transaction {
  /// Inserts the row of a pair with its decision and the decision's entry; gives its id.
  func insert(_ pair: Pair, of message: Int64, accepted: Accepted, claim: Claim?) throws -> Int64 {
    let id = try nextID(.delivery)
    let decision = try insertDecision(
      RevisedDecision(
        outcome: pair.outcome, rule: pair.rule, arrangement: pair.arrangement, reason: pair.reason,
        objects: pair.objects, decision: pair.decision), .intake, delivery: id, message: message,
      recipient: pair.recipient.slug, deliveryID: pair.deliveryID, previous: nil,
      configuration: accepted.configuration, at: accepted.acceptedAt, deadLetter: nil)
    let state = pair.outcome.state
    let isClaimed = state == .pending && claim != nil
    try statements.run(
      """
      INSERT INTO delivery (id, message, recipient, state, lane, format, delivery_id, decision, next_attempt_at,
        claimed_by)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      id, message, pair.recipient.slug, state.rawValue, pair.lane.rawValue, pair.format?.slug, pair.deliveryID,
      decision, (isClaimed ? claim?.until : nil)?.milliseconds ?? accepted.acceptedAt.milliseconds,
      isClaimed ? claim?.owner : nil)
    return id
  }

  /// Puts a new decision in the place of the one a pair has, which stays on record.
  func replaceDecision(
    of pair: Standing, _ kind: LedgerEntry.DecisionKind, with decision: RevisedDecision, configuration: Int64,
    at: Instant, deadLetter: Int64?
  ) throws {
    let id = try insertDecision(
      decision, kind, delivery: pair.id, message: pair.message, recipient: pair.recipient, deliveryID: pair.deliveryID,
      previous: pair.decision, configuration: configuration, at: at, deadLetter: deadLetter)
    try execute("UPDATE delivery SET decision = ? WHERE id = ?", [id, pair.id])
  }

  private func insertDecision(
    _ decision: RevisedDecision, _ kind: LedgerEntry.DecisionKind, delivery: Int64, message: Int64, recipient: String,
    deliveryID: String, previous: Int64?, configuration: Int64, at: Instant, deadLetter: Int64?
  ) throws -> Int64 {
    let salt = [UInt8].salt()
    let objects = ObjectSet.encode(decision.objects)
    let reason = decision.reason.storable
    let entry = try append(
      .decision(
        kind, delivery: delivery, message: message, at: at, recipient: recipient, outcome: decision.outcome.rawValue,
        rule: decision.rule, arrangement: decision.arrangement, configuration: configuration, deadLetter: deadLetter,
        commitment: Self.decisionCommitment(
          reason: reason, objects: objects, decision: decision.decision, deliveryID: deliveryID, salt: salt)))
    try statements.run(
      """
      INSERT INTO decision (delivery, previous, kind, outcome, rule, arrangement, configuration, replay_of, at, salt,
        entry, reason, objects, bytes)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      delivery, previous, kind.rawValue, decision.outcome.rawValue, decision.rule, decision.arrangement,
      configuration, deadLetter, at.milliseconds, salt, entry, reason, objects,
      decision.decision)
    return db.lastInsertedRowID
  }

  /// What a decision's entry vouches for.
  static func decisionCommitment(
    reason: String, objects: [UInt8], decision: [UInt8], deliveryID: String, salt: [UInt8]
  ) -> [UInt8] {
    var value = CommittedValue()
    value.append(reason)
    value.append(objects)
    value.append(decision)
    value.append(deliveryID)
    return value.commitment(salt: salt)
  }

  /// How a pair stands, without the bytes of its decision.
  func standing(_ id: Int64) throws -> Standing {
    let found = try statements.read(
      """
      SELECT d.id, d.message, d.recipient, d.state, d.delivery_id, d.decision, d.attempts, d.claimed_by, d.last_cause,
        d.confirmed_revision, c.outcome, c.configuration, c.replay_of
      FROM delivery d JOIN decision c ON c.id = d.decision WHERE d.id = ?
      """, id
    ) { try Standing($0) }
    guard let standing = found.first else { throw LedgerError(.notFound, "there is no delivery \(id)") }
    return standing
  }

  /// The objects that a decision lets through.
  func objects(ofDecision id: Int64) throws -> [Int] {
    try row("SELECT objects FROM decision WHERE id = ?", [id]).map { ObjectSet.decode(try $0.bytes("objects")) } ?? []
  }

  func delivery(_ id: Int64) throws -> DeliveryRow {
    guard let row = try row(DeliveryRow.query + " WHERE d.id = ?", [id]) else {
      throw LedgerError(.notFound, "there is no delivery \(id)")
    }
    return try DeliveryRow(row)
  }
}

/// What a transaction must know of a pair to change it.
struct Standing {
  let id: Int64
  let message: Int64
  let recipient: String
  let state: DeliveryState
  let deliveryID: String
  let decision: Int64
  let outcome: DecisionOutcome
  let configuration: Int64
  let replayOf: Int64?
  let attempts: Int
  let claimedBy: String?
  let lastCause: String?
  let confirmedRevision: Int?

  /// Reads the columns of ``Transaction/standing(_:)``, in its order.
  init(_ row: Columns) throws {
    id = row.integer(0)
    message = row.integer(1)
    recipient = row.text(2)
    state = try row.code(3)
    deliveryID = row.text(4)
    decision = row.integer(5)
    attempts = Int(row.integer(6))
    claimedBy = row.optionalText(7)
    lastCause = row.optionalText(8)
    confirmedRevision = row.optionalInteger(9).map { Int($0) }
    outcome = try row.code(10)
    configuration = row.integer(11)
    replayOf = row.optionalInteger(12)
  }
}

/// A decision that takes the place of an earlier one of the same pair.
package struct RevisedDecision: Sendable, Equatable {
  package var outcome: DecisionOutcome
  package var rule: String
  package var arrangement: String?
  package var reason: String
  package var objects: [Int]
  package var decision: [UInt8]

  package init(
    outcome: DecisionOutcome, rule: String, arrangement: String?, reason: String, objects: [Int], decision: [UInt8]
  ) {
    self.outcome = outcome
    self.rule = rule
    self.arrangement = arrangement
    self.reason = reason
    self.objects = objects
    self.decision = decision
  }
}
