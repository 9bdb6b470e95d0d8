import Contract
import Crypto
import GRDB

extension Ledger {
  /// Goes through the books, in one snapshot, while everything runs on: every pair in exactly one state, every row with
  /// the entry that vouches for it, every hash computed again, every payload in its place.
  ///
  /// - Parameter readingPayloads: also computes the digest of every payload again.
  package func audit(readingPayloads: Bool = false) async throws(LedgerError) -> AuditReport {
    let (payloads, keys) = (payloads, settings.keys.payload)
    let orphanAge = settings.orphanAgeMilliseconds
    return try await read { db in
      var audit = Audit(db: db, payloads: payloads, keys: keys)
      try audit.verifyLog()
      try audit.verifyRows()
      try audit.countAndCompare()
      try audit.verifyPayloads(reading: readingPayloads, orphanAge: orphanAge)
      return audit.report
    }
  }
}

/// One audit over one snapshot.
private struct Audit {
  let db: Database
  let payloads: PayloadFiles
  let keys: PayloadKeys
  var report = AuditReport()
  /// How many entries of each type the log has.
  private var types: [String: Int] = [:]
  /// Messages of which nothing but the log is left.
  private var erased: Set<Int64> = []

  init(db: Database, payloads: PayloadFiles, keys: PayloadKeys) {
    self.db = db
    self.payloads = payloads
    self.keys = keys
  }

  // MARK: - The log

  mutating func verifyLog() throws {
    var expected: Int64 = 0
    let cursor = try Row.fetchCursor(db, sql: "SELECT seq, leaf, hash FROM entry ORDER BY seq")
    while let row = try cursor.next() {
      let sequence: Int64 = row["seq"]
      if sequence != expected { report.add(.logGap, "entry \(expected) is missing, \(sequence) follows") }
      expected = sequence + 1
      report.entries += 1
      let leaf = try row.bytes("leaf")
      if LedgerEntry.hash(of: leaf) != (try row.bytes("hash")) {
        report.add(.entryHash, "entry \(sequence) has the hash of another leaf")
      }
      if let type = LedgerEntry.type(of: leaf) { types[type, default: 0] += 1 }
    }
  }

  // MARK: - Rows and their entries

  mutating func verifyRows() throws {
    try verifyErasures()
    try verifyMessages()
    try verifyDecisions()
    try verifyConfirms()
    try verifyFailures()
    try verifyDeadLetterEvents()
    try verifyEdits()
    try verifyActs()
    try verifyConfigurations()
    try verifyReplays()
  }

  /// Compares the leaf at a row's place in the log with the one that the row would have today.
  private mutating func compare(_ row: Row, _ what: @autoclosure () -> String, with entry: LedgerEntry) throws {
    guard let leaf = try row.optionalBytes("leaf") else {
      report.add(.entryMissing, "\(what()) has no entry")
      return
    }
    // Without salt and value the commitment cannot be opened any more: that is what erasing means.
    if let message: Int64 = row["message"], erased.contains(message) { return }
    if leaf != entry.leaf { report.add(.entryDiffers, "\(what()) is not what its entry says") }
  }

  private func cursor(_ table: String, _ columns: String = "t.*", _ more: String = "") throws -> RowCursor {
    try Row.fetchCursor(
      db, sql: "SELECT \(columns), e.leaf FROM \(table) t LEFT JOIN entry e ON e.seq = t.entry \(more)")
  }

  private mutating func verifyErasures() throws {
    var gone: Set<Int64> = []
    let cursor = try cursor("erasure")
    while let row = try cursor.next() {
      let message: Int64 = row["message"]
      try compare(
        row, "the erasure of message \(message)",
        with: .erasure(
          of: message, at: row.instant("at"), scope: row["scope"], cause: row["cause"], act: row["act"]))
      if (row["scope"] as String) == ErasureScope.everything.rawValue { gone.insert(message) }
    }
    erased = gone
  }

  private mutating func verifyMessages() throws {
    let cursor = try cursor("message", "t.*, p.digest, p.size", "LEFT JOIN payload p ON p.message = t.id")
    while let row = try cursor.next() {
      let message = try MessageRow(row)
      report.messages[message.state, default: 0] += 1
      guard !erased.contains(message.id), let digest = try row.optionalBytes("digest") else { continue }
      let content = ContentIdentity(
        bodyDigest: digest, size: row["size"], type: message.type, contentType: message.contentType,
        headers: message.headers)
      try compare(
        row, "message \(message.id)",
        with: .message(
          message.id, at: message.acceptedAt ?? message.receivedAt, sender: message.sender.slug,
          accepted: message.acceptedAt != nil, lane: message.lane, publishedLane: message.publishedLane,
          format: message.format?.slug, kind: message.kind?.rawValue, tlp: message.tlp, exercise: message.exercise,
          configuration: message.configuration, considered: message.considered, replayOf: message.replayOf,
          commitment: content.commitment(messageID: message.messageID, salt: row.bytes("salt"))))
    }
  }

  private mutating func verifyDecisions() throws {
    let cursor = try cursor(
      "decision", "t.*, d.message, d.recipient, d.delivery_id", "JOIN delivery d ON d.id = t.delivery")
    while let row = try cursor.next() {
      let delivery: Int64 = row["delivery"]
      let commitment = Transaction.decisionCommitment(
        reason: row["reason"], objects: try row.bytes("objects"), decision: try row.bytes("bytes"),
        deliveryID: row["delivery_id"], salt: try row.bytes("salt"))
      try compare(
        row, "a decision of delivery \(delivery)",
        with: .decision(
          try row.value("kind", LedgerEntry.DecisionKind.init(rawValue:)), delivery: delivery,
          message: row["message"], at: row.instant("at"), recipient: row["recipient"], outcome: row["outcome"],
          rule: row["rule"], arrangement: row["arrangement"], configuration: row["configuration"],
          deadLetter: row["replay_of"], commitment: commitment))
    }
  }

  private mutating func verifyConfirms() throws {
    let cursor = try Row.fetchCursor(
      db,
      sql: """
        SELECT d.*, e.leaf FROM delivery d LEFT JOIN entry e ON e.seq = d.confirm_entry
        WHERE d.confirmed_revision IS NOT NULL
        """)
    while let row = try cursor.next() {
      let delivery: Int64 = row["id"]
      try compare(
        row, "the confirm of delivery \(delivery)",
        with: .delivery(
          delivery, message: row["message"], at: row.instant("confirmed_at"), revision: row["confirmed_revision"],
          commitment: Transaction.confirmCommitment(
            bodyMAC: row.bytes("body_mac"), losses: row.optionalBytes("losses"), salt: row.bytes("confirm_salt"))))
    }
  }

  private mutating func verifyFailures() throws {
    let cursor = try cursor("failure")
    while let row = try cursor.next() {
      let failure = try FailureRow(row)
      try compare(
        row, "failure \(failure.id)",
        with: .failure(
          failure.id, message: failure.message, delivery: failure.delivery, at: failure.at,
          stage: failure.record.stage, cause: failure.record.cause, permanent: failure.record.permanent,
          commitment: Transaction.failureCommitment(failure.record, salt: row.bytes("salt"))))
    }
  }

  private mutating func verifyDeadLetterEvents() throws {
    let cursor = try cursor(
      "dead_letter_event", "t.*, d.message, d.delivery",
      "JOIN dead_letter d ON d.id = t.dead_letter WHERE t.what <> 'edited'")
    while let row = try cursor.next() {
      let letter: Int64 = row["dead_letter"]
      let commitment = Transaction.noteCommitment(by: row["operator"], note: row["note"], salt: try row.bytes("salt"))
      if let remark = DeadLetterRemark(rawValue: row["what"]) {
        try compare(
          row, "remark '\(remark.rawValue)' on dead letter \(letter)",
          with: .remark(
            remark.rawValue, deadLetter: letter, message: row["message"], at: row.instant("at"), commitment: commitment)
        )
        continue
      }
      try compare(
        row, "event '\(row["what"] as String)' of dead letter \(letter)",
        with: .deadLetter(
          letter, message: row["message"], delivery: row["delivery"], at: row.instant("at"), state: row["what"],
          act: row["act"], failure: row["failure"], commitment: commitment))
    }
  }

  private mutating func verifyEdits() throws {
    let cursor = try cursor("edit")
    while let row = try cursor.next() {
      let letter: Int64 = row["dead_letter"]
      try compare(
        row, "edit \(row["revision"] as Int) of dead letter \(letter)",
        with: .edit(
          deadLetter: letter, message: row["message"], at: row.instant("at"), revision: row["revision"],
          commitment: Transaction.editCommitment(
            by: row["operator"], note: row["note"], digest: row.bytes("digest"), salt: row.bytes("salt"))))
    }
  }

  private mutating func verifyActs() throws {
    let cursor = try cursor("act")
    while let row = try cursor.next() {
      let act = try ActRow(row)
      try compare(
        row, "act \(act.id)",
        with: .act(
          act.id, at: act.changedAt, kind: act.kind, state: act.state.rawValue,
          commitment: Transaction.actCommitment(
            by: act.operator, arguments: act.arguments, result: act.result, salt: row.bytes("salt"))))
    }
  }

  private mutating func verifyConfigurations() throws {
    let cursor = try cursor("configuration")
    while let row = try cursor.next() {
      let version: Int64 = row["version"]
      try compare(
        row, "configuration \(version)",
        with: .configuration(
          version, at: row.instant("at"),
          commitment: Transaction.configurationCommitment(digest: row["digest"], salt: row.bytes("salt"))))
    }
  }

  private mutating func verifyReplays() throws {
    let cursor = try cursor("replay_item", "t.*", "WHERE t.verdict IS NOT NULL")
    while let row = try cursor.next() {
      let (replay, position): (Int64, Int) = (row["replay"], row["position"])
      // Its message was erased, and what it said with it.
      if try row.bytes("salt").isEmpty { continue }
      try compare(
        row, "line \(position) of replay \(replay)",
        with: .replayed(
          replay: replay, position: position, deadLetter: row["dead_letter"], delivery: row["delivery"],
          at: row.instant("at"), verdict: row["verdict"], revision: row["taken"],
          commitment: Transaction.replayCommitment(detail: row["detail"], salt: row.bytes("salt"))))
    }
  }

  // MARK: - The books

  mutating func countAndCompare() throws {
    for row in try db.rows("SELECT recipient, state, count(*) AS n FROM delivery GROUP BY recipient, state") {
      let recipient = try row.value("recipient", { AgencyID($0) })
      report.pairs[recipient, default: [:]][try row.value("state", DeliveryState.init(rawValue:))] = row["n"]
    }
    for row in try db.rows("SELECT state, count(*) AS n FROM dead_letter GROUP BY state") {
      report.deadLetters[try row.value("state", DeadLetterState.init(rawValue:))] = row["n"]
    }
    try compareCounts()
    for check in AuditCheck.all {
      for row in try db.rows(check.sql) { report.add(check.kind, "\(row[0] as String)") }
    }
  }

  /// A row that was taken away with everything that points at it leaves its entry behind.
  private mutating func compareCounts() throws {
    let tables: [(types: [String], rows: String)] = [
      (["message"], "SELECT count(*) FROM message"),
      (["decision", "narrowing"], "SELECT count(*) FROM decision c JOIN delivery d ON d.id = c.delivery"),
      (["failure"], "SELECT count(*) FROM failure"),
      (["dead-letter", "remark"], "SELECT count(*) FROM dead_letter_event WHERE what <> 'edited'"),
      (["edit"], "SELECT count(*) FROM edit"),
      (["configuration"], "SELECT count(*) FROM configuration"),
      (["erasure"], "SELECT count(*) FROM erasure"),
      (["replayed"], "SELECT count(*) FROM replay_item WHERE verdict IS NOT NULL"),
    ]
    for table in tables {
      let entries = table.types.reduce(0) { $0 + types[$1, default: 0] }
      let rows = try Int.fetchOne(db, sql: table.rows) ?? 0
      if entries > rows {
        let names = table.types.joined(separator: " and ")
        report.add(.rowMissing, "the log has \(entries) entries of type \(names), and \(rows) rows are there")
      }
    }
  }

  // MARK: - Payloads

  mutating func verifyPayloads(reading: Bool, orphanAge: Int64) throws {
    let columns = reading ? "*" : "message, size, file, digest, NULL AS bytes, master, wrapped_key"
    let sql = "SELECT \(columns) FROM payload" + (reading ? "" : " WHERE file IS NOT NULL")
    let cursor = try Row.fetchCursor(db, sql: sql)
    while let row = try cursor.next() {
      let message: Int64 = row["message"]
      let file: String? = row["file"]
      let place = try PayloadPlace(row)
      if let file, payloads.size(of: file) != place.storedSize {
        report.add(.payloadMissing, "the payload file \(file) of message \(message) is missing or cut short")
        continue
      }
      guard reading else { continue }
      guard let stored = try file.map({ try payloads.readNow($0) }) ?? place.bytes else { continue }
      do {
        let bytes = try place.opened(stored, keys: keys)
        guard Array(SHA256.hash(data: bytes)) != place.digest else { continue }
        report.add(.payloadDiffers, "the payload of message \(message) is not what was received")
      } catch {
        report.add(.payloadDiffers, "the payload of message \(message) cannot be read: \(error.reason)")
      }
    }
    for name in try payloads.names(olderThan: PayloadFiles.wallClock() - orphanAge).sorted()
    where try !OrphanSweep.isNamed(name, in: db) {
      report.add(.orphanFile, "no row names the payload file \(name)")
    }
  }
}
