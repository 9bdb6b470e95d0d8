import Contract
import GRDB

extension Ledger {
  /// Writes down an intake: the message with its payload, its decisions and intended deliveries (or its failure as a
  /// dead letter), and its receipt, all or nothing. The input may be acknowledged once this returns.
  ///
  /// Equal inputs in the same group, or recorded by another process meanwhile, are recognised.
  package func record(_ intake: Intake) async throws(LedgerError) -> IntakeOutcome {
    try await record(intake, isReplay: false) { prepared, transaction in try prepared.record(in: transaction) }
  }

  /// Writes down several intakes, each all or nothing and with an outcome of its own, in their order.
  package func record(_ intakes: [Intake]) async -> [Result<IntakeOutcome, LedgerError>] {
    var results: [Result<IntakeOutcome, LedgerError>?] = Array(repeating: nil, count: intakes.count)
    var places: [Int] = []
    var ready: [PreparedIntake] = []
    for (place, intake) in intakes.enumerated() {
      do {
        ready.append(try await prepare(intake))
        places.append(place)
      } catch {
        results[place] = .failure(error)
      }
    }
    let outcomes = await write(
      each: ready.map { prepared in
        (prepared.isUrgent, prepared.groupBytes, { transaction in try prepared.record(in: transaction) })
      })
    for (outcome, (place, prepared)) in zip(outcomes, zip(places, ready)) {
      results[place] = outcome
      removeFile(of: prepared, after: outcome, isReplay: false)
    }
    return results.map { $0 ?? .failure(LedgerError(.internal, "an intake was not written")) }
  }

  /// Writes down the replay of a message that had failed before the decision, with today's verdict, and closes its dead
  /// letter in the same transaction; a new failure opens it again.
  ///
  /// - Parameter deadLetter: must be `replaying` (see ``beginReplay(_:act:now:leaseMilliseconds:)``).
  /// - Returns: `accepted` (the dead letter is resolved), `duplicate` (it was accepted in the meantime: superseded),
  ///   `messageIDReused` or `failed` (open again; the dead letter is the same one).
  ///
  /// - Parameter editOf: the sender's message-id, where an edited copy goes under an id of its own.
  package func record(
    replay intake: Intake, of deadLetter: Int64, editOf: String? = nil
  ) async throws(LedgerError) -> IntakeOutcome {
    try await record(intake, isReplay: true) { prepared, transaction in
      let outcome = try prepared.record(replayOf: deadLetter, in: transaction)
      if let editOf, case .accepted(let message, _, _) = outcome {
        try transaction.execute("UPDATE message SET edit_of = ? WHERE id = ?", [editOf.storable, message])
      }
      return outcome
    }
  }

  private func record(
    _ intake: Intake, isReplay: Bool, _ body: @escaping @Sendable (PreparedIntake, Transaction) throws -> IntakeOutcome
  ) async throws(LedgerError) -> IntakeOutcome {
    let prepared = try await prepare(intake)
    let outcome: Result<IntakeOutcome, LedgerError>
    do {
      outcome = .success(
        try await write(isUrgent: prepared.isUrgent, bytes: prepared.groupBytes) { transaction in
          try body(prepared, transaction)
        })
    } catch {
      outcome = .failure(error)
    }
    removeFile(of: prepared, after: outcome, isReplay: isReplay)
    return try outcome.get()
  }

  /// All that can be done of an intake before its turn in the transaction.
  private func prepare(_ intake: Intake) async throws(LedgerError) -> PreparedIntake {
    var prepared = PreparedIntake(intake, keys: settings.keys)
    guard case .bytes(let bytes) = intake.body else { return prepared }
    var sealed = try settings.keys.payload.seal(bytes)
    if bytes.count > settings.inlinePayloadLimit {
      prepared.file = try await payloads.write(sealed.bytes)
      sealed.bytes = []
    }
    prepared.sealed = sealed
    return prepared
  }

  /// Removes a payload's file that no row names.
  private func removeFile(
    of prepared: PreparedIntake, after outcome: Result<IntakeOutcome, LedgerError>, isReplay: Bool
  ) {
    guard let file = prepared.file else { return }
    switch outcome {
    case .success(let outcome): if !outcome.keepsPayload(isReplay: isReplay) { payloads.remove(file) }
    // After an I/O error the commit may have happened: the sweep knows later whether a row names the file.
    case .failure(let error): if error.code != .io { payloads.remove(file) }
    }
  }
}

extension IntakeOutcome {
  /// True where the input became a message with a payload of its own; a replay that is not accepted leaves it at the
  /// one that failed before.
  fileprivate func keepsPayload(isReplay: Bool) -> Bool {
    switch self {
    case .accepted: true
    case .failed, .messageIDReused: !isReplay
    case .duplicate, .redelivery: false
    }
  }
}

/// An intake with all that can be computed before its turn in the transaction.
struct PreparedIntake: Sendable {
  private let intake: Intake
  private let keys: LedgerKeys
  private let content: ContentIdentity
  private let mac: [UInt8]
  private let salt: [UInt8]
  /// The payload's file, where it is too large for the database.
  var file: String?
  /// The payload with its key, without its bytes where they are in the file; nil where it is not kept.
  var sealed: SealedPayload?

  /// The label of what is deleted once every recipient is settled.
  static let red = "TLP:RED"

  /// The code of a message whose id belongs to another content.
  static let messageIDReused = "message-id-reused"

  init(_ intake: Intake, keys: LedgerKeys) {
    var intake = intake
    intake.messageID = intake.messageID.storable
    intake.type = intake.type?.storable
    intake.contentType = intake.contentType?.storable
    intake.traceparent = intake.traceparent?.storable
    self.intake = intake
    self.keys = keys
    content = ContentIdentity(intake)
    mac = content.mac(key: keys.secrets[keys.identifier] ?? [])
    salt = .salt()
  }

  var isUrgent: Bool { intake.lane == .incident }

  /// What this adds to its group: bytes that go through the write-ahead log.
  var groupBytes: Int {
    var bytes = 512
    if file == nil { bytes += content.size }
    if case .accepted(let accepted) = intake.verdict {
      for pair in accepted.pairs { bytes += 512 + pair.decision.count }
    }
    return bytes
  }

  // MARK: - Deciding which case it is

  func record(in transaction: Transaction) throws -> IntakeOutcome {
    guard try isKnown(in: transaction) else {
      guard case .accepted(let accepted) = intake.verdict else { return try recordFailed(in: transaction) }
      return try recordAccepted(accepted, isFirst: true, in: transaction)
    }
    let claimed = try claimed(in: transaction)
    if let equal = try claimed.flatMap({ $0.isEqual ? $0.id : nil }) ?? mended(in: transaction) {
      return intake.redelivered ? .redelivery(of: equal) : try countDuplicate(of: equal, in: transaction)
    }
    if claimed != nil {
      if let again = try refusedAgain(in: transaction) { return again }
      guard case .accepted = intake.verdict else { return try recordFailed(in: transaction) }
      let (message, _) = try insertMessage(replayOf: nil, accepted: nil, in: transaction)
      let deadLetter = try transaction.openDeadLetter(
        message: message, delivery: nil, sender: intake.sender.slug, recipient: nil, Self.reuse, at: intake.receivedAt)
      try insertReceipt(intake.receipts.messageIDReused, message, in: transaction)
      return .messageIDReused(deadLetter: deadLetter)
    }
    switch intake.verdict {
    case .accepted(let accepted):
      return try recordAccepted(accepted, isFirst: false, in: transaction)
    case .failed:
      if let again = try refusedAgain(in: transaction) { return again }
      return try recordFailed(in: transaction)
    }
  }

  private func recordAccepted(
    _ accepted: Accepted, isFirst: Bool, in transaction: Transaction
  ) throws -> IntakeOutcome {
    let (message, deliveries) = try insertMessage(replayOf: nil, accepted: accepted, in: transaction)
    let closed = isFirst ? [] : try supersede(except: nil, at: accepted.acceptedAt, in: transaction)
    try insertReceipt(intake.receipts.accepted, message, in: transaction)
    return .accepted(message: message, deliveries: deliveries, closedDeadLetters: closed)
  }

  func record(replayOf deadLetter: Int64, in transaction: Transaction) throws -> IntakeOutcome {
    let letter = try transaction.deadLetter(deadLetter)
    guard letter.state == .replaying else {
      throw LedgerError(.conflict, "dead letter \(deadLetter) is \(letter.state.rawValue), not replaying")
    }
    guard letter.delivery == nil else {
      throw LedgerError(.invalid, "dead letter \(deadLetter) is that of a delivery: redeliver it")
    }
    if let claimed = try claimed(in: transaction) {
      if claimed.isEqual {
        try transaction.change(letter, to: .superseded, at: intake.receivedAt, act: letter.replayAct)
        try transaction.execute("UPDATE message SET state = 'superseded' WHERE id = ?", [letter.message])
        return .duplicate(of: claimed.id)
      }
      try transaction.reopen(letter, Self.reuse, at: intake.receivedAt)
      try insertReceipt(intake.receipts.messageIDReused, letter.message, in: transaction)
      return .messageIDReused(deadLetter: deadLetter)
    }
    switch intake.verdict {
    case .accepted(let accepted):
      let (message, deliveries) = try insertMessage(replayOf: deadLetter, accepted: accepted, in: transaction)
      try transaction.change(letter, to: .resolved, at: accepted.acceptedAt, act: letter.replayAct)
      try transaction.execute("UPDATE message SET state = 'superseded' WHERE id = ?", [letter.message])
      let closed = try supersede(except: letter.message, at: accepted.acceptedAt, in: transaction)
      try insertReceipt(intake.receipts.accepted, message, in: transaction)
      return .accepted(message: message, deliveries: deliveries, closedDeadLetters: closed)
    case .failed(let failure):
      try transaction.reopen(letter, failure, at: intake.receivedAt)
      try insertReceipt(intake.receipts.failed, letter.message, in: transaction)
      return .failed(deadLetter: deadLetter)
    }
  }

  private func recordFailed(in transaction: Transaction) throws -> IntakeOutcome {
    guard case .failed(let failure) = intake.verdict else {
      throw LedgerError(.internal, "an accepted intake was recorded as failed")
    }
    let (message, _) = try insertMessage(replayOf: nil, accepted: nil, in: transaction)
    let deadLetter = try transaction.openDeadLetter(
      message: message, delivery: nil, sender: intake.sender.slug, recipient: nil, failure, at: intake.receivedAt)
    try insertReceipt(intake.receipts.failed, message, in: transaction)
    return .failed(deadLetter: deadLetter)
  }

  private static let reuse = FailureRecord(
    stage: "record", cause: messageIDReused, permanent: true,
    detail: "This message-id was accepted before with other content.", fingerprint: messageIDReused)

  // MARK: - What is known of the id

  private struct Known {
    let id: Int64
    let isEqual: Bool
  }

  /// Whether anything has come under this id before, which is seldom.
  private func isKnown(in transaction: Transaction) throws -> Bool {
    try !transaction.statements.read(
      "SELECT 1 FROM message WHERE sender = ? AND message_id = ? LIMIT 1", intake.sender.slug, intake.messageID
    ) { _ in true }.isEmpty
  }

  /// The accepted message with this id.
  private func claimed(in transaction: Transaction) throws -> Known? {
    try known(.accepted, limit: 1, in: transaction).first
  }

  /// What was refused before under this id with this content and lies in the dead letters still: there it stays once,
  /// however often its sender, whose confirm may be lost, publishes it. What its sender has corrected meanwhile is known
  /// where the broker brings it again. Nil where there is none.
  private func refusedAgain(in transaction: Transaction) throws -> IntakeOutcome? {
    guard let failed = try known(.failed, limit: 100, in: transaction).first(where: \.isEqual) else {
      // The broker was not told of it before its sender corrected it.
      guard intake.redelivered else { return nil }
      let corrected = try known(.superseded, limit: 100, in: transaction).first(where: \.isEqual)
      return corrected.map { .redelivery(of: $0.id) }
    }
    if intake.redelivered { return .redelivery(of: failed.id) }
    guard try transaction.deadLetters(of: failed.id).contains(where: { $0.state == .open }) else { return nil }
    var receipt = intake.receipts.failed
    if case .accepted = intake.verdict { receipt = intake.receipts.messageIDReused }
    return try countDuplicate(of: failed.id, answer: receipt, in: transaction)
  }

  /// The accepted copy of what an operator mended and replayed, where this is the sender's own once more. An edited copy
  /// goes under an id of its own.
  private func mended(in transaction: Transaction) throws -> Int64? {
    try transaction.statements.read(
      """
      SELECT a.id, m.content_mac, m.mac_key
      FROM (
        SELECT id, replay_of FROM message WHERE sender = ?1 AND message_id = ?2 AND state = 'accepted'
        UNION ALL SELECT id, replay_of FROM message WHERE sender = ?1 AND edit_of = ?2 AND state = 'accepted'
      ) a JOIN dead_letter d ON d.id = a.replay_of JOIN message m ON m.id = d.message
      ORDER BY a.id DESC
      """, intake.sender.slug, intake.messageID
    ) { Known(id: $0.integer(0), isEqual: isEqual(mac: $0.bytes(1), key: $0.text(2))) }.first(where: \.isEqual)?.id
  }

  /// Messages with this id in a state, newest first.
  private func known(_ state: MessageState, limit: Int, in transaction: Transaction) throws -> [Known] {
    try transaction.statements.read(
      """
      SELECT id, content_mac, mac_key FROM message WHERE sender = ? AND message_id = ? AND state = ?
      ORDER BY id DESC LIMIT ?
      """, intake.sender.slug, intake.messageID, state.rawValue, limit
    ) { Known(id: $0.integer(0), isEqual: isEqual(mac: $0.bytes(1), key: $0.text(2))) }
  }

  /// Compares under the key of the message's day; without that key the content counts as other.
  private func isEqual(mac known: [UInt8], key: String) -> Bool {
    if key == keys.identifier { return known == mac }
    guard let secret = keys.secrets[key] else { return false }
    return content.mac(key: secret) == known
  }

  /// Whether this content lies under its id in the open dead letters for a cause.
  func isWaiting(cause: String, in db: Database) throws -> Bool {
    let rows = try db.rows(
      """
      SELECT m.content_mac, m.mac_key FROM message m JOIN dead_letter d ON d.message = m.id
      WHERE m.sender = ? AND m.message_id = ? AND m.state = 'failed'
        AND d.delivery IS NULL AND d.state IN ('open', 'replaying') AND d.cause = ?
      """, [intake.sender.slug, intake.messageID, cause])
    return try rows.contains { isEqual(mac: try $0.bytes("content_mac"), key: $0["mac_key"]) }
  }

  // MARK: - Writing

  /// - Parameter answer: the receipt; by default the one that says duplicate.
  private func countDuplicate(
    of message: Int64, answer: [UInt8]? = nil, in transaction: Transaction
  ) throws -> IntakeOutcome {
    try transaction.execute("UPDATE message SET duplicates = duplicates + 1 WHERE id = ?", [message])
    let count: Int = try transaction.row("SELECT duplicates FROM message WHERE id = ?", [message])?[0] ?? 1
    _ = try transaction.append(.duplicate(of: message, at: intake.receivedAt, count: count))
    try insertReceipt(answer ?? intake.receipts.duplicate, message, in: transaction)
    return .duplicate(of: message)
  }

  /// Closes the open dead letters of failed messages with this id; gives theirs, oldest first.
  private func supersede(except done: Int64?, at: Instant, in transaction: Transaction) throws -> [Int64] {
    var closed: [Int64] = []
    for message in try known(.failed, limit: -1, in: transaction).reversed() where message.id != done {
      try transaction.execute("UPDATE message SET state = 'superseded' WHERE id = ?", [message.id])
      for letter in try transaction.deadLetters(of: message.id) where letter.state == .open {
        try transaction.change(letter, to: .superseded, at: at, act: nil)
        closed.append(letter.id)
      }
    }
    return closed
  }

  private func insertReceipt(_ line: [UInt8]?, _ message: Int64, in transaction: Transaction) throws {
    guard let line else { return }
    try transaction.statements.run(
      "INSERT INTO receipt (agency, message, line, state, at) VALUES (?, ?, ?, 'pending', ?)",
      intake.sender.slug, message, line, intake.receivedAt.milliseconds)
  }

  private func insertMessage(
    replayOf: Int64?, accepted: Accepted?, in transaction: Transaction
  ) throws -> (message: Int64, deliveries: [Int64]) {
    let id = try transaction.nextID(.message)
    let considered = accepted?.pairs.count ?? 0
    let entry = try transaction.append(
      .message(
        id, at: accepted?.acceptedAt ?? intake.receivedAt, sender: intake.sender.slug, accepted: accepted != nil,
        lane: intake.lane, publishedLane: intake.publishedLane, format: accepted?.format.slug,
        kind: accepted?.kind.rawValue, tlp: accepted?.tlp, exercise: accepted?.exercise ?? false,
        configuration: accepted?.configuration, considered: considered, replayOf: replayOf,
        commitment: content.commitment(messageID: intake.messageID, salt: salt)))
    try transaction.statements.run(
      """
      INSERT INTO message (id, sender, message_id, derived_id, lane, published_lane, format, version, kind, type,
        content_type, headers, traceparent, content_mac, mac_key, salt, received_at, accepted_at, tlp, exercise,
        configuration, considered, state, replay_of, entry, erase_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      id, intake.sender.slug, intake.messageID, intake.derivedID, intake.lane.rawValue,
      intake.publishedLane.rawValue, accepted?.format.slug, accepted?.version, accepted?.kind.rawValue, intake.type,
      intake.contentType, intake.headers, intake.traceparent, mac, keys.identifier, salt,
      intake.receivedAt.milliseconds, accepted?.acceptedAt.milliseconds, accepted?.tlp, accepted?.exercise ?? false,
      accepted?.configuration, considered, (accepted == nil ? MessageState.failed : .accepted).rawValue, replayOf,
      entry, intake.eraseAt?.milliseconds)
    try insertPayload(of: id, in: transaction)
    guard let accepted else { return (id, []) }
    try transaction.insert(accepted.objects, of: id)
    let deliveries = try accepted.pairs.map {
      try transaction.insert($0, of: id, accepted: accepted, claim: intake.claim)
    }
    return (id, deliveries)
  }

  private func insertPayload(of message: Int64, in transaction: Transaction) throws {
    var isRed = false
    if case .accepted(let accepted) = intake.verdict { isRed = accepted.tlp == Self.red }
    try transaction.statements.run(
      """
      INSERT INTO payload (message, size, digest, bytes, file, master, wrapped_key, red)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      message, content.size, content.bodyDigest, file == nil ? sealed?.bytes : nil, file, sealed?.key.master,
      sealed?.key.bytes, isRed)
  }
}
