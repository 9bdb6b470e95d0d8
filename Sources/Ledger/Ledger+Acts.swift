package import Contract
import GRDB

/// The state of an operator's act.
package enum ActState: String, Sendable {
  case requested
  case running
  case done
  case failed
}

/// What an operator asked the hub to do: how commands reach a running hub.
package struct ActRow: Sendable, Equatable {
  package let id: Int64
  package let at: Instant
  package let `operator`: String
  /// A code: `replay`, `reload`.
  package let kind: String
  /// JSON.
  package let arguments: [UInt8]
  package let state: ActState
  /// JSON, once it is done or failed.
  package let result: [UInt8]?
  package let claimedBy: String?
  package let changedAt: Instant
}

extension Ledger {
  /// Asks for an act; gives its id. A running hub takes it within a second.
  package func requestAct(
    _ kind: String, arguments: [UInt8], operator: String, at: Instant
  ) async throws(LedgerError) -> Int64 {
    try await insertAct(kind, arguments: arguments, operator: `operator`, state: .requested, result: nil, at: at)
  }

  /// Writes down an act that the command has carried out itself, such as an edit.
  package func recordAct(
    _ kind: String, arguments: [UInt8], operator: String, result: [UInt8], at: Instant
  ) async throws(LedgerError) -> Int64 {
    try await insertAct(kind, arguments: arguments, operator: `operator`, state: .done, result: result, at: at)
  }

  /// Takes the acts that wait, oldest first, and those whose owner's claim has ended.
  package func claimActs(
    owner: String, now: Instant, leaseMilliseconds: Int64, limit: Int = 16
  ) async throws(LedgerError) -> [ActRow] {
    guard try await read({ try !$0.openActs(at: now, limit: 1).isEmpty }) else { return [] }
    return try await write(isUrgent: true, bytes: 0) { transaction in
      try transaction.db.openActs(at: now, limit: limit).map { id in
        try transaction.change(act: id, to: .running, result: nil, at: now)
        try transaction.execute(
          "UPDATE act SET claimed_by = ?, claimed_until = ? WHERE id = ?",
          [owner, now.adding(milliseconds: leaseMilliseconds).milliseconds, id])
        return try transaction.act(id)
      }
    }
  }

  /// Holds a running act for longer; false where it is no longer the owner's.
  package func extendAct(_ id: Int64, owner: String, until: Instant) async throws(LedgerError) -> Bool {
    try await write(isUrgent: true, bytes: 0) {
      try $0.update(
        "UPDATE act SET claimed_until = ? WHERE id = ? AND claimed_by = ? AND state = 'running'",
        [until.milliseconds, id, owner]) == 1
    }
  }

  /// Ends an act with its result as JSON.
  package func finishAct(_ id: Int64, succeeded: Bool, result: [UInt8], at: Instant) async throws(LedgerError) {
    try await write(isUrgent: true, bytes: result.count) { transaction in
      let act = try transaction.act(id)
      guard act.state == .requested || act.state == .running else {
        throw LedgerError(.conflict, "act \(id) is \(act.state.rawValue) already")
      }
      try transaction.change(act: id, to: succeeded ? .done : .failed, result: result, at: at)
    }
  }

  package func act(_ id: Int64) async throws(LedgerError) -> ActRow? {
    try await read { try $0.row("SELECT * FROM act WHERE id = ?", [id]).map { try ActRow($0) } }
  }

  private func insertAct(
    _ kind: String, arguments: [UInt8], operator: String, state: ActState, result: [UInt8]?, at: Instant
  ) async throws(LedgerError) -> Int64 {
    try await write(isUrgent: true, bytes: arguments.count) {
      try $0.insertAct(kind, arguments: arguments, operator: `operator`, state: state, result: result, at: at)
    }
  }
}

extension Transaction {
  func insertAct(
    _ kind: String, arguments: [UInt8], operator: String, state: ActState, result: [UInt8]?, at: Instant
  ) throws -> Int64 {
    let id = try nextID(.act)
    let salt = [UInt8].salt()
    let entry = try append(
      .act(
        id, at: at, kind: kind, state: state.rawValue,
        commitment: Self.actCommitment(by: `operator`, arguments: arguments, result: result, salt: salt)))
    try execute(
      """
      INSERT INTO act (id, at, operator, kind, arguments, state, result, changed_at, salt, entry)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        id, at.milliseconds, `operator`, kind, arguments.blob, state.rawValue, result?.blob, at.milliseconds,
        salt.blob, entry,
      ])
    return id
  }

  fileprivate func act(_ id: Int64) throws -> ActRow {
    guard let row = try row("SELECT * FROM act WHERE id = ?", [id]) else {
      throw LedgerError(.notFound, "there is no act \(id)")
    }
    return try ActRow(row)
  }

  /// Changes the state with its entry. The act's salt stays: operator and arguments are the same.
  fileprivate func change(act id: Int64, to state: ActState, result: [UInt8]?, at: Instant) throws {
    guard let row = try row("SELECT * FROM act WHERE id = ?", [id]) else { return }
    let act = try ActRow(row)
    let entry = try append(
      .act(
        id, at: at, kind: act.kind, state: state.rawValue,
        commitment: Self.actCommitment(
          by: act.operator, arguments: act.arguments, result: result, salt: try row.bytes("salt"))))
    try execute(
      "UPDATE act SET state = ?, result = ?, changed_at = ?, entry = ? WHERE id = ?",
      [state.rawValue, result?.blob, at.milliseconds, entry, id])
  }

  /// What an act's entry vouches for.
  static func actCommitment(by: String, arguments: [UInt8], result: [UInt8]?, salt: [UInt8]) -> [UInt8] {
    var value = CommittedValue()
    value.append(by)
    value.append(arguments)
    value.append(result)
    return value.commitment(salt: salt)
  }
}

extension Database {
  fileprivate func openActs(at now: Instant, limit: Int) throws -> [Int64] {
    try Int64.fetchAll(
      cachedStatement(
        sql: """
          SELECT id FROM act WHERE state IN ('requested', 'running') AND (state = 'requested' OR claimed_until <= ?)
          ORDER BY id LIMIT ?
          """), arguments: [now.milliseconds, limit])
  }
}

extension ActRow {
  init(_ row: Row) throws {
    id = row["id"]
    at = row.instant("at")
    `operator` = row["operator"]
    kind = row["kind"]
    arguments = try row.bytes("arguments")
    state = try row.value("state", ActState.init(rawValue:))
    result = try row.optionalBytes("result")
    claimedBy = row["claimed_by"]
    changedAt = row.instant("changed_at")
  }
}
