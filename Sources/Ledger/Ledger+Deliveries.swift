package import Contract
import GRDB

extension Ledger {
  /// Takes deliveries that are due, the incident lane first, then those due longest, and holds them for a while.
  ///
  /// - Parameters:
  ///   - recipient: only those to this agency; nil for all.
  ///   - lanes: only those of these lanes.
  ///   - owner: who claims; the claim ends when it settles, or by itself after the lease.
  package func claimDeliveries(
    limit: Int, recipient: AgencyID? = nil, lanes: Set<Lane> = Set(Lane.allCases), owner: String, now: Instant,
    leaseMilliseconds: Int64
  ) async throws(LedgerError) -> [DeliveryRow] {
    guard try await read({ try !Self.due(1, to: recipient, lanes, at: now, in: $0).isEmpty }) else { return [] }
    return try await write(isUrgent: true, bytes: 0) { transaction in
      let ids = try Self.due(limit, to: recipient, lanes, at: now, in: transaction.db)
      for id in ids {
        try transaction.execute(
          "UPDATE delivery SET claimed_by = ?, next_attempt_at = ? WHERE id = ?",
          [owner, now.adding(milliseconds: leaseMilliseconds).milliseconds, id])
      }
      return try ids.map { try transaction.delivery($0) }
    }
  }

  /// Holds claimed deliveries for longer; gives those that the owner still holds.
  package func extendClaims(
    _ deliveries: [Int64], owner: String, until: Instant
  ) async throws(LedgerError) -> [Int64] {
    try await write(isUrgent: true, bytes: 0) { transaction in
      try deliveries.filter {
        try transaction.update(
          "UPDATE delivery SET next_attempt_at = ? WHERE id = ? AND claimed_by = ? AND state = 'pending'",
          [until.milliseconds, $0, owner]) == 1
      }
    }
  }

  /// Makes all deliveries due at once that an owner holds, as after its death; gives their number.
  package func releaseClaims(of owner: String, at now: Instant) async throws(LedgerError) -> Int {
    try await write(isUrgent: true, bytes: 0) {
      try $0.update(
        "UPDATE delivery SET claimed_by = NULL, next_attempt_at = ? WHERE state = 'pending' AND claimed_by = ?",
        [now.milliseconds, owner])
    }
  }

  /// Who holds claims on pending deliveries: the hubs among them that no longer beat are dead.
  package func claimOwners() async throws(LedgerError) -> Set<String> {
    try await read {
      try Set(
        String.fetchAll(
          $0, sql: "SELECT DISTINCT claimed_by FROM delivery WHERE state = 'pending' AND claimed_by IS NOT NULL"))
    }
  }

  /// Writes down what came of attempts, all or none of them, in order.
  @discardableResult
  package func settle(_ settlements: [Settlement]) async throws(LedgerError) -> [SettlementOutcome] {
    guard !settlements.isEmpty else { return [] }
    var bytes = 0
    for settlement in settlements {
      bytes += 256
      if case .narrowed(let decision) = settlement.result { bytes += decision.decision.count }
    }
    return try await write(isUrgent: false, bytes: bytes) { transaction in
      try settlements.map { try transaction.settle($0) }
    }
  }

  /// Writes down what came of one attempt.
  @discardableResult
  package func settle(_ settlement: Settlement) async throws(LedgerError) -> SettlementOutcome {
    try await write(isUrgent: false, bytes: 256) { try $0.settle(settlement) }
  }

  package func delivery(_ id: Int64) async throws(LedgerError) -> DeliveryRow? {
    try await read { try $0.row(DeliveryRow.query + " WHERE d.id = ?", [id]).map { try DeliveryRow($0) } }
  }

  /// Several pairs, by their numbers; those that are not there are left out.
  package func deliveries(_ ids: [Int64]) async throws(LedgerError) -> [Int64: DeliveryRow] {
    guard !ids.isEmpty else { return [:] }
    return try await read { db in
      var rows: [Int64: DeliveryRow] = [:]
      for id in ids { rows[id] = try db.row(DeliveryRow.query + " WHERE d.id = ?", [id]).map { try DeliveryRow($0) } }
      return rows
    }
  }

  /// The pairs of a message, in the order of their ids.
  package func deliveries(of message: Int64) async throws(LedgerError) -> [DeliveryRow] {
    try await read {
      try $0.rows(DeliveryRow.query + " WHERE d.message = ? ORDER BY d.id", [message]).map { try DeliveryRow($0) }
    }
  }

  package func message(_ id: Int64) async throws(LedgerError) -> MessageRow? {
    try await read { try $0.row("SELECT * FROM message WHERE id = ?", [id]).map { try MessageRow($0) } }
  }

  /// Several messages with where their payloads are, by their numbers; those that are not there are left out.
  package func kept(messages ids: [Int64]) async throws(LedgerError) -> [Int64: KeptMessage] {
    try await read { db in
      var kept: [Int64: KeptMessage] = [:]
      for id in Set(ids) {
        guard let row = try db.row("SELECT * FROM message WHERE id = ?", [id]) else { continue }
        let place =
          try db.row("SELECT * FROM payload WHERE message = ?", [id]).map { try PayloadPlace($0) }
          ?? db.erasedPayload(id)
        kept[id] = KeptMessage(row: try MessageRow(row), place: place)
      }
      return kept
    }
  }

  /// The payload of a message that was looked up.
  package func payload(of message: KeptMessage) async throws(LedgerError) -> [UInt8] {
    guard let place = message.place else {
      throw LedgerError(.notFound, "there is no payload of message \(message.row.id)")
    }
    return try await read(payload: place)
  }

  /// The payload of a message.
  ///
  /// - Parameter edited: the newest revision that an operator made, if there is one.
  package func payload(of message: Int64, edited: Bool = false) async throws(LedgerError) -> [UInt8] {
    let place: PayloadPlace? = try await read { db in
      if edited, let row = try db.row("SELECT * FROM edit WHERE message = ? ORDER BY id DESC LIMIT 1", [message]) {
        return try PayloadPlace(row)
      }
      return try db.row("SELECT * FROM payload WHERE message = ?", [message]).map { try PayloadPlace($0) }
        ?? db.erasedPayload(message)
    }
    guard let place else { throw LedgerError(.notFound, "there is no payload of message \(message)") }
    return try await read(payload: place)
  }

  /// Ids of due deliveries; both lanes use the index that is ordered by the time they are due.
  private static func due(
    _ limit: Int, to recipient: AgencyID?, _ lanes: Set<Lane>, at now: Instant, in db: Database
  ) throws -> [Int64] {
    var ids: [Int64] = []
    for lane in [Lane.incident, .threat] where ids.count < limit && lanes.contains(lane) {
      let condition = recipient == nil ? "" : "recipient = :recipient AND"
      let statement = try db.cachedStatement(
        sql: """
          SELECT id FROM delivery WHERE state = 'pending' AND \(condition) lane = :lane AND next_attempt_at <= :now
          ORDER BY next_attempt_at, id LIMIT :limit
          """)
      var arguments: StatementArguments = [
        "lane": lane.rawValue, "now": now.milliseconds, "limit": limit - ids.count,
      ]
      if let recipient { arguments += ["recipient": recipient.slug] }
      ids += try Int64.fetchAll(statement, arguments: arguments)
    }
    return ids
  }
}

extension Transaction {
  func settle(_ settlement: Settlement) throws -> SettlementOutcome {
    let row = try standing(settlement.delivery)
    if case .delivered(let revision, let mac, let losses) = settlement.result {
      return try confirm(row, revision: revision, mac: mac, losses: losses, at: settlement.at)
    }
    guard row.state == .pending, row.claimedBy == settlement.owner else { return .notClaimed(row.state) }
    switch settlement.result {
    case .delivered: return .notClaimed(row.state)
    case .narrowed(let decision): return try narrow(row, to: decision, at: settlement.at)
    case .retry(let failure, let next): return try retry(row, failure, at: settlement.at, next: next)
    case .deadLetter(let failure): return .deadLettered(try giveUp(row, failure, at: settlement.at))
    case .released:
      try execute(
        "UPDATE delivery SET claimed_by = NULL, next_attempt_at = ? WHERE id = ?", [settlement.at.milliseconds, row.id])
      return .settled(.pending)
    }
  }

  private func confirm(
    _ row: Standing, revision: Int, mac: [UInt8], losses: [UInt8]?, at: Instant
  ) throws -> SettlementOutcome {
    let isAgain = try sendsAgain(row, revision)
    if let confirmed = row.confirmedRevision, confirmed >= revision, !isAgain { return .repeated }
    let salt = [UInt8].salt()
    let entry = try append(
      .delivery(
        row.id, message: row.message, at: at, revision: revision,
        commitment: Self.confirmCommitment(bodyMAC: mac, losses: losses, salt: salt)))
    try statements.run(
      """
      UPDATE delivery SET state = 'delivered', claimed_by = NULL, revision = ?, confirmed_revision = ?,
        confirmed_at = ?, body_mac = ?, losses = ?, confirm_salt = ?, confirm_entry = ?, attempts = attempts + 1,
        last_cause = NULL
      WHERE id = ?
      """,
      revision, revision, at.milliseconds, mac, losses, salt, entry, row.id)
    // A first delivery has none: the index of messages is asked only where one may be open.
    if row.state != .pending || row.attempts > 0 || row.lastCause != nil || row.replayOf != nil {
      for letter in try deadLetters(of: row.message) where letter.delivery == row.id && letter.isOpen {
        try change(letter, to: .resolved, at: at, act: letter.replayAct)
      }
    }
    return .settled(.delivered)
  }

  /// Whether a replay sends what was confirmed once more, as it was. A late confirm of the revision before is none of it.
  private func sendsAgain(_ row: Standing, _ revision: Int) throws -> Bool {
    guard row.state == .pending, row.confirmedRevision == revision else { return false }
    let wanted: Int? = try self.row("SELECT revision FROM delivery WHERE id = ?", [row.id])?[0]
    return wanted == revision
  }

  /// What the entry of a confirmed delivery vouches for.
  static func confirmCommitment(bodyMAC: [UInt8], losses: [UInt8]?, salt: [UInt8]) -> [UInt8] {
    var value = CommittedValue()
    value.append(bodyMAC)
    value.append(losses)
    return value.commitment(salt: salt)
  }

  private func narrow(_ row: Standing, to decision: RevisedDecision, at: Instant) throws -> SettlementOutcome {
    guard decision.outcome >= row.outcome, decision.outcome != .deliver,
      Set(decision.objects).isSubset(of: try objects(ofDecision: row.decision))
    else {
      throw LedgerError(
        .invalid, "delivery \(row.id) was decided as \(row.outcome.rawValue): it can be narrowed, never widened")
    }
    try replaceDecision(
      of: row, .narrowing, with: decision, configuration: row.configuration, at: at, deadLetter: row.replayOf)
    let state = decision.outcome.state
    if state != .pending {
      try execute("UPDATE delivery SET state = ?, claimed_by = NULL WHERE id = ?", [state.rawValue, row.id])
      for letter in try deadLetters(of: row.message) where letter.delivery == row.id && letter.isOpen {
        try change(letter, to: .resolved, at: at, act: letter.replayAct)
      }
    }
    return .settled(state)
  }

  /// A failure that repeats itself is counted; only another cause makes a new entry, so that an inbox which stays full
  /// for a week does not fill the log.
  private func retry(_ row: Standing, _ failure: FailureRecord, at: Instant, next: Instant) throws
    -> SettlementOutcome
  {
    if row.lastCause != failure.cause {
      _ = try insertFailure(failure, message: row.message, delivery: row.id, deadLetter: nil, at: at)
    }
    try execute(
      """
      UPDATE delivery SET claimed_by = NULL, attempts = attempts + 1, next_attempt_at = ?, last_cause = ? WHERE id = ?
      """, [next.milliseconds, failure.cause, row.id])
    return .settled(.pending)
  }

  private func giveUp(_ row: Standing, _ failure: FailureRecord, at: Instant) throws -> Int64 {
    try execute(
      """
      UPDATE delivery SET state = 'dead-lettered', claimed_by = NULL, attempts = attempts + 1, last_cause = ?
      WHERE id = ?
      """, [failure.cause, row.id])
    if let letter = try deadLetters(of: row.message).first(where: { $0.delivery == row.id && $0.state == .replaying }) {
      try reopen(letter, failure, at: at)
      return letter.id
    }
    let sender: String = try self.row("SELECT sender FROM message WHERE id = ?", [row.message])?[0] ?? ""
    return try openDeadLetter(
      message: row.message, delivery: row.id, sender: sender, recipient: row.recipient, failure, at: at)
  }
}
