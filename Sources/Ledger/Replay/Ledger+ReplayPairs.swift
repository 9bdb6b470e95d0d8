package import Contract
import GRDB

/// What a replay does with one pair of history.
package struct PairReplay: Sendable {
  /// The decision as of now; nil keeps the one in force.
  package var decision: RevisedDecision?
  package var configuration: Int64
  /// The revision to send; nil where nothing leaves.
  package var revision: Int?
  /// The lane to send it along, and the format to write; nil keeps its own.
  package var lane: Lane?
  package var format: FormatID?
  /// Who delivers it at once; nil leaves it to whoever claims it.
  package var claim: Claim?
  /// The pair as it was when this was decided: another hand on it since refuses the replay.
  package var seen: DeliveryRow

  package init(
    decision: RevisedDecision?, configuration: Int64, revision: Int?, lane: Lane? = nil, seen: DeliveryRow
  ) {
    self.decision = decision
    self.configuration = configuration
    self.revision = revision
    self.lane = lane
    self.seen = seen
  }
}

extension Ledger {
  /// The pairs of history that a filter lets through, in the order in which their messages came: those that are
  /// dead-lettered as their dead letters.
  package func history(
    _ filter: HistoryFilter, after: Int64 = 0, limit: Int
  ) async throws(LedgerError) -> (targets: [ReplayTarget], last: Int64?) {
    try await read { db in
      var conditions = ["d.id > ?"]
      var arguments: StatementArguments = [after]
      func require(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
        guard let value else { return }
        conditions.append(condition)
        arguments += StatementArguments([value])
      }
      require("m.sender = ?", filter.sender?.slug)
      require("d.recipient = ?", filter.recipient?.slug)
      require("m.received_at >= ?", filter.since?.milliseconds)
      require("m.received_at < ?", filter.until?.milliseconds)
      require("m.message_id = ?", filter.messageID)
      let states = filter.states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
      let rows = try db.rows(
        """
        SELECT d.id, (SELECT l.id FROM dead_letter l WHERE l.message = d.message AND l.delivery = d.id
            AND d.state = 'dead-lettered' AND l.state = 'open') AS letter
        FROM delivery d JOIN message m ON m.id = d.message
        WHERE m.state = 'accepted' AND d.state IN (\(states)) AND \(conditions.joined(separator: " AND "))
        ORDER BY d.id LIMIT ?
        """, arguments + [limit])
      let targets = rows.map { row -> ReplayTarget in
        (row["letter"] as Int64?).map { .deadLetter($0) } ?? .delivery(row["id"])
      }
      return (targets, rows.last?["id"])
    }
  }

  /// Puts pairs of history on their way again, or ends them by today's decision, each for one line of a replay: compare
  /// and set, so that no line does so twice and two replays do not meet in one pair.
  ///
  /// A pair that was delivered stays so where nothing leaves: what its recipient has, it has.
  ///
  /// - Returns: in their order, false where another hand has changed the pair since, or is about to deliver it; nothing
  ///   was changed then.
  package func replayPairs(
    _ lines: [(position: Int, replay: PairReplay)], job: Int64, at: Instant
  ) async -> [Result<Bool, LedgerError>] {
    await write(
      each: lines.map { position, replay in
        (
          false, replay.decision?.decision.count ?? 0,
          { transaction in try transaction.replay(replay, job: job, position: position, at: at) }
        )
      })
  }
}

extension Transaction {
  fileprivate func replay(_ replay: PairReplay, job: Int64, position: Int, at: Instant) throws -> Bool {
    let row = try standing(replay.seen.id)
    let isTaken = try update(
      "UPDATE replay_item SET taken = ? WHERE replay = ? AND position = ? AND taken IS NULL AND verdict IS NULL",
      [replay.revision ?? 0, job, position])
    guard isTaken == 1, row.state == replay.seen.state, row.state != .pending, row.state != .deadLettered,
      row.confirmedRevision == replay.seen.confirmedRevision
    else {
      if isTaken == 1 {
        try execute(
          "UPDATE replay_item SET taken = NULL WHERE replay = ? AND position = ?", [job, position])
      }
      return false
    }
    if let decision = replay.decision, row.state != .delivered || replay.revision != nil {
      try replaceDecision(
        of: row, .replay, with: decision, configuration: replay.configuration, at: at, deadLetter: nil)
      try execute(
        "UPDATE delivery SET state = ? WHERE id = ?", [decision.outcome.state.rawValue, row.id])
    }
    guard let revision = replay.revision else { return true }
    try execute(
      """
      UPDATE delivery SET state = 'pending', revision = ?, lane = coalesce(?, lane), format = coalesce(?, format),
        attempts = 0, last_cause = NULL, next_attempt_at = ?, claimed_by = ?
      WHERE id = ?
      """,
      [
        revision, replay.lane?.rawValue, replay.format?.slug, (replay.claim?.until ?? at).milliseconds,
        replay.claim?.owner, row.id,
      ])
    return true
  }
}
