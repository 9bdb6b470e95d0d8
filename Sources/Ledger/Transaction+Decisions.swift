import Contract
import GRDB

extension Transaction {
  /// Inserts the row of a pair with its decision's entry; gives its id.
  func insert(_ pair: Pair, of message: Int64, accepted: Accepted, claim: Claim?) throws -> Int64 {
    let id = try nextID(.delivery)
    let salt = [UInt8].salt()
    let objects = ObjectSet.encode(pair.objects)
    let entry = try append(
      .decision(
        .intake, delivery: id, message: message, at: accepted.acceptedAt, recipient: pair.recipient.slug,
        outcome: pair.outcome.rawValue, rule: pair.rule, arrangement: pair.arrangement,
        configuration: accepted.configuration, deadLetter: nil,
        commitment: Self.decisionCommitment(
          reason: pair.reason, objects: objects, decision: pair.decision, deliveryID: pair.deliveryID, salt: salt)))
    let state = pair.outcome.state
    let isClaimed = state == .pending && claim != nil
    try execute(
      """
      INSERT INTO delivery (id, message, recipient, state, lane, format, delivery_id, outcome, rule, arrangement,
        reason, objects, decision, decision_kind, decided_at, configuration, salt, entry, next_attempt_at, claimed_by)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        id, message, pair.recipient.slug, state.rawValue, pair.lane.rawValue, pair.format?.slug, pair.deliveryID,
        pair.outcome.rawValue, pair.rule, pair.arrangement, pair.reason, objects.blob, pair.decision.blob,
        LedgerEntry.DecisionKind.intake.rawValue, accepted.acceptedAt.milliseconds, accepted.configuration, salt.blob,
        entry, (isClaimed ? claim?.until : nil)?.milliseconds ?? accepted.acceptedAt.milliseconds,
        isClaimed ? claim?.owner : nil,
      ])
    return id
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

  /// Puts a new decision in the place of the one a pair has, which stays on record.
  func replaceDecision(
    of row: DeliveryRow, _ kind: LedgerEntry.DecisionKind, with pair: RevisedDecision, configuration: Int64,
    at: Instant, deadLetter: Int64?
  ) throws {
    try execute(
      """
      INSERT INTO past_decision (delivery, outcome, rule, arrangement, reason, objects, decision, decision_kind,
        decided_at, configuration, replay_of, salt, entry)
      SELECT id, outcome, rule, arrangement, reason, objects, decision, decision_kind, decided_at, configuration,
        replay_of, salt, entry FROM delivery WHERE id = ?
      """, [row.id])
    let salt = [UInt8].salt()
    let objects = ObjectSet.encode(pair.objects)
    let entry = try append(
      .decision(
        kind, delivery: row.id, message: row.message, at: at, recipient: row.recipient.slug,
        outcome: pair.outcome.rawValue, rule: pair.rule, arrangement: pair.arrangement, configuration: configuration,
        deadLetter: deadLetter,
        commitment: Self.decisionCommitment(
          reason: pair.reason, objects: objects, decision: pair.decision, deliveryID: row.deliveryID, salt: salt)))
    try execute(
      """
      UPDATE delivery SET outcome = ?, rule = ?, arrangement = ?, reason = ?, objects = ?, decision = ?,
        decision_kind = ?, decided_at = ?, configuration = ?, replay_of = ?, salt = ?, entry = ?
      WHERE id = ?
      """,
      [
        pair.outcome.rawValue, pair.rule, pair.arrangement, pair.reason, objects.blob, pair.decision.blob,
        kind.rawValue, at.milliseconds, configuration, deadLetter, salt.blob, entry, row.id,
      ])
  }

  func delivery(_ id: Int64) throws -> DeliveryRow {
    guard let row = try row("SELECT * FROM delivery WHERE id = ?", [id]) else {
      throw LedgerError(.notFound, "there is no delivery \(id)")
    }
    return try DeliveryRow(row)
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
