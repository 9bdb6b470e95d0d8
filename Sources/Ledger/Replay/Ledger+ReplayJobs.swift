package import Contract
import GRDB

extension Ledger {
  private static let linesPerWrite = 2000

  /// Writes down a replay with its list, which is frozen: what fails later is never among it. Gives its number.
  ///
  /// The list goes in by parts, so that intake waits for none of it; the replay runs once it is whole. One whose writer
  /// died half-way stays `preparing` and replays nothing.
  ///
  /// - Parameters:
  ///   - arguments: what was asked for, as JSON; with who asks for it, the entry of the act vouches for it.
  package func startReplay(
    of targets: [ReplayTarget], kind: String, arguments: [UInt8], operator: String, at: Instant
  ) async throws(LedgerError) -> Int64 {
    let id = try await write(isUrgent: true, bytes: arguments.count) { transaction -> Int64 in
      let act = try transaction.insertAct(
        kind, arguments: arguments, operator: `operator`.storable, state: .done, result: nil, at: at)
      try transaction.execute(
        "INSERT INTO replay (act, state, total, changed_at) VALUES (?, 'preparing', ?, ?)",
        [act, targets.count, at.milliseconds])
      return transaction.db.lastInsertedRowID
    }
    for start in stride(from: 0, to: targets.count, by: Self.linesPerWrite) {
      let part = targets[start..<min(start + Self.linesPerWrite, targets.count)]
      try await write(isUrgent: false, bytes: part.count * 32) { transaction in
        for (offset, target) in part.enumerated() {
          var (letter, delivery): (Int64?, Int64?) = (nil, nil)
          switch target {
          case .deadLetter(let number): letter = number
          case .delivery(let number): delivery = number
          }
          try transaction.execute(
            "INSERT INTO replay_item (replay, position, dead_letter, delivery) VALUES (?, ?, ?, ?)",
            [id, start + offset, letter, delivery])
        }
      }
    }
    try await write(isUrgent: true, bytes: 0) {
      try $0.execute("UPDATE replay SET state = 'running' WHERE id = ? AND state = 'preparing'", [id])
    }
    return id
  }

  package func replay(_ id: Int64) async throws(LedgerError) -> ReplayJob? {
    try await read { try $0.row(ReplayJob.query + " WHERE r.id = ?", [id]).map { try ReplayJob($0) } }
  }

  /// The replays, newest first.
  package func replays(limit: Int) async throws(LedgerError) -> [ReplayJob] {
    try await read {
      try $0.rows(ReplayJob.query + " ORDER BY r.id DESC LIMIT ?", [limit]).map { try ReplayJob($0) }
    }
  }

  /// How many lines of a replay have which verdict.
  package func verdicts(ofReplay id: Int64) async throws(LedgerError) -> [String: Int] {
    try await read { db in
      let rows = try db.rows(
        """
        SELECT verdict, count(*) AS n FROM replay_item WHERE replay = ? AND verdict IS NOT NULL GROUP BY verdict
        """, [id])
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["verdict"] as String, $0["n"] as Int) })
    }
  }

  /// Lines of a replay, in its order.
  ///
  /// - Parameter verdicts: only lines with one of these; nil for all.
  package func items(
    ofReplay id: Int64, after position: Int = -1, verdicts: [String]? = nil, limit: Int
  ) async throws(LedgerError) -> [ReplayItem] {
    try await read { db in
      guard let verdicts else {
        return try db.rows(
          "SELECT * FROM replay_item WHERE replay = ? AND position > ? ORDER BY position LIMIT ?",
          [id, position, limit]
        ).map { try ReplayItem($0) }
      }
      let marks = verdicts.map { _ in "?" }.joined(separator: ", ")
      let arguments = StatementArguments([id]) + StatementArguments(verdicts) + [position, limit]
      return try db.rows(
        """
        SELECT * FROM replay_item WHERE replay = ? AND verdict IN (\(marks)) AND position > ? ORDER BY position LIMIT ?
        """, arguments
      ).map { try ReplayItem($0) }
    }
  }

  // MARK: - For the hub that carries it out

  /// Takes a running replay that nobody carries out; the claim ends by itself after the lease.
  package func claimReplay(
    owner: String, now: Instant, leaseMilliseconds: Int64
  ) async throws(LedgerError) -> ReplayJob? {
    let free = "state = 'running' AND (claimed_until IS NULL OR claimed_until <= ?)"
    let sql = "SELECT id FROM replay WHERE \(free) ORDER BY id LIMIT 1"
    guard try await read({ try $0.row(sql, [now.milliseconds]) != nil }) else { return nil }
    return try await write(isUrgent: true, bytes: 0) { transaction in
      guard let row = try transaction.row(sql, [now.milliseconds]) else { return nil }
      let id: Int64 = row["id"]
      try transaction.execute(
        "UPDATE replay SET claimed_by = ?, claimed_until = ? WHERE id = ?",
        [owner, now.adding(milliseconds: leaseMilliseconds).milliseconds, id])
      return try transaction.row(ReplayJob.query + " WHERE r.id = ?", [id]).map { try ReplayJob($0) }
    }
  }

  /// How pairs stand, by their numbers.
  package func standings(_ deliveries: [Int64]) async throws(LedgerError) -> [Int64: PairStanding] {
    guard !deliveries.isEmpty else { return [:] }
    return try await read { db in
      var standings: [Int64: PairStanding] = [:]
      for id in deliveries {
        let row = try db.row(
          """
          SELECT d.state, d.revision, d.last_cause, c.reason FROM delivery d JOIN decision c ON c.id = d.decision
          WHERE d.id = ?
          """, [id])
        guard let row else { continue }
        standings[id] = PairStanding(
          state: try row.value("state", DeliveryState.init(rawValue:)), revision: row["revision"],
          lastCause: row["last_cause"], reason: row["reason"])
      }
      return standings
    }
  }

  /// Holds a claimed replay for longer; false where it is no longer running, or no longer the owner's.
  package func extendReplay(_ id: Int64, owner: String, until: Instant) async throws(LedgerError) -> Bool {
    try await write(isUrgent: true, bytes: 0) {
      try $0.update(
        "UPDATE replay SET claimed_until = ? WHERE id = ? AND claimed_by = ? AND state = 'running'",
        [until.milliseconds, id, owner]) == 1
    }
  }

  /// The next lines of a replay of which nothing is known yet, in its order.
  ///
  /// - Parameter after: a position behind which they lie.
  package func openItems(
    ofReplay id: Int64, after: Int? = nil, limit: Int
  ) async throws(LedgerError) -> [ReplayItem] {
    try await read {
      try $0.rows(
        """
        SELECT * FROM replay_item WHERE replay = ? AND verdict IS NULL AND position > ? ORDER BY position LIMIT ?
        """, [id, after ?? -1, limit]
      ).map { try ReplayItem($0) }
    }
  }

  /// Writes down what became of lines, each with an entry of its own. A line that has its result keeps it.
  package func recordReplayResults(
    _ results: [ReplayResultLine], ofReplay id: Int64, at: Instant
  ) async throws(LedgerError) {
    guard !results.isEmpty else { return }
    try await write(isUrgent: false, bytes: results.count * 256) { transaction in
      for result in results { try transaction.record(result, ofReplay: id, at: at) }
    }
  }

  /// Changes the state of a replay, as an act with who and why: an operator's, or the hub's own. Compare and set.
  ///
  /// - Returns: false where it is in none of the states that this may come from; nothing was changed then.
  package func changeReplay(
    _ id: Int64, to state: ReplayState, from allowed: Set<ReplayState>, why: String, act kind: String,
    operator: String, at: Instant
  ) async throws(LedgerError) -> Bool {
    try await write(isUrgent: true, bytes: 256) { transaction in
      guard let row = try transaction.row("SELECT state FROM replay WHERE id = ?", [id]) else {
        throw LedgerError(.notFound, "there is no replay \(id)")
      }
      guard allowed.contains(try row.value("state", ReplayState.init(rawValue:))) else { return false }
      let why = why.storable
      try transaction.execute(
        "UPDATE replay SET state = ?, why = ?, changed_at = ?, claimed_by = NULL, claimed_until = NULL WHERE id = ?",
        [state.rawValue, why, at.milliseconds, id])
      let counts = try transaction.rows(
        "SELECT verdict, count(*) AS n FROM replay_item WHERE replay = ? AND verdict IS NOT NULL GROUP BY verdict", [id]
      ).map { #""\#($0["verdict"] as String)":\#($0["n"] as Int)"# }
      _ = try transaction.insertAct(
        kind, arguments: Array(#"{"replay":\#(id),"state":"\#(state.rawValue)"}"#.utf8), operator: `operator`.storable,
        state: .done, result: Array(("{" + counts.sorted().joined(separator: ",") + "}").utf8), at: at)
      return true
    }
  }
}

extension Transaction {
  fileprivate func record(_ result: ReplayResultLine, ofReplay id: Int64, at: Instant) throws {
    guard
      let row = try row("SELECT * FROM replay_item WHERE replay = ? AND position = ?", [id, result.position])
    else { throw LedgerError(.notFound, "replay \(id) has no line \(result.position)") }
    guard (row["verdict"] as String?) == nil else { return }
    let salt = [UInt8].salt()
    let detail = result.detail.storable
    let entry = try append(
      .replayed(
        replay: id, position: result.position, deadLetter: row["dead_letter"], delivery: row["delivery"], at: at,
        verdict: result.verdict, revision: row["taken"],
        commitment: Self.replayCommitment(detail: detail, salt: salt)))
    try execute(
      "UPDATE replay_item SET verdict = ?, detail = ?, at = ?, salt = ?, entry = ? WHERE replay = ? AND position = ?",
      [result.verdict, detail, at.milliseconds, salt.blob, entry, id, result.position])
  }

  /// What the entry of a replay's line vouches for.
  static func replayCommitment(detail: String, salt: [UInt8]) -> [UInt8] {
    var value = CommittedValue()
    value.append(detail)
    return value.commitment(salt: salt)
  }
}
