package import Contract
import GRDB

extension Ledger {
  /// Everything about the messages with this message-id, edited copies of them among these, from one sender or from all; empty where there is none.
  package func trace(messageID: String, sender: AgencyID? = nil) async throws(LedgerError) -> TraceRecord {
    try await read { db in
      // The index begins with the sender, so each sender is asked in turn.
      let senders = try sender.map { [$0.slug] } ?? String.fetchAll(db, sql: Self.sendersQuery)
      let ids = try senders.flatMap {
        try Int64.fetchAll(
          db,
          sql: """
            SELECT id FROM message WHERE sender = ?1 AND message_id = ?2
            UNION SELECT id FROM message WHERE sender = ?1 AND edit_of = ?2
            """, arguments: [$0, messageID])
      }
      return try Tracer(db: db).record(of: ids.sorted())
    }
  }

  /// Everything about the message of a delivery, by the delivery's id on the wire; looks through all deliveries.
  package func trace(deliveryID: String) async throws(LedgerError) -> TraceRecord {
    try await read { db in
      let row = try db.row(
        "SELECT m.sender, m.message_id FROM delivery d JOIN message m ON m.id = d.message WHERE d.delivery_id = ?",
        [deliveryID])
      guard let row else { return TraceRecord() }
      let ids = try Int64.fetchAll(
        db, sql: "SELECT id FROM message WHERE sender = ? AND message_id = ? ORDER BY id",
        arguments: [row["sender"] as String, row["message_id"] as String])
      return try Tracer(db: db).record(of: ids)
    }
  }

  /// The distinct senders, by one step in the index for each.
  static let sendersQuery = """
    WITH RECURSIVE senders (sender) AS (
      SELECT min(sender) FROM message
      UNION ALL
      SELECT (SELECT min(sender) FROM message WHERE sender > senders.sender) FROM senders WHERE senders.sender IS NOT NULL
    ) SELECT sender FROM senders WHERE sender IS NOT NULL
    """
}

/// Gathers the rows of messages, and tells them as events.
private struct Tracer {
  let db: Database

  func record(of messages: [Int64]) throws -> TraceRecord {
    var record = TraceRecord()
    var acts: Set<Int64> = []
    for id in messages {
      guard let row = try db.row("SELECT * FROM message WHERE id = ?", [id]) else { continue }
      let message = try MessageRow(row)
      record.messages.append(message)
      record.events.append(
        TraceEvent(
          at: message.acceptedAt ?? message.receivedAt, what: .received, message: id, delivery: nil, recipient: nil,
          deadLetter: message.replayOf, code: message.acceptedAt == nil ? "failed" : "accepted",
          text: message.duplicates == 0 ? "" : "came again \(message.duplicates) times", entry: message.entry))
      try addDeliveries(of: id, to: &record)
      try addFailures(of: id, to: &record)
      try addDeadLetters(of: id, to: &record, acts: &acts)
      try addReceipts(of: id, to: &record)
      try addErasures(of: id, to: &record, acts: &acts)
    }
    for act in acts.sorted() {
      guard let row = try db.row("SELECT * FROM act WHERE id = ?", [act]) else { continue }
      let act = try ActRow(row)
      record.acts.append(act)
      record.events.append(
        TraceEvent(
          at: act.at, what: .act, message: nil, delivery: nil, recipient: nil, deadLetter: nil, code: act.kind,
          text: "asked for by \(act.operator), \(act.state.rawValue)", entry: row["entry"]))
    }
    record.events.sort { ($0.at, $0.entry ?? .max) < ($1.at, $1.entry ?? .max) }
    return record
  }

  private func addDeliveries(of message: Int64, to record: inout TraceRecord) throws {
    for row in try db.rows(DeliveryRow.query + " WHERE d.message = ? ORDER BY d.id", [message]) {
      let delivery = try DeliveryRow(row)
      record.deliveries.append(delivery)
      var next: Int64? = row["decision"]
      while let id = next, let decision = try db.row("SELECT * FROM decision WHERE id = ?", [id]) {
        let kind = try decision.value("kind", LedgerEntry.DecisionKind.init(rawValue:))
        record.events.append(
          event(
            decision.instant("at"), kind.what, delivery, code: decision["outcome"], text: decision["reason"],
            entry: decision["entry"]))
        next = decision["previous"]
      }
      if let at = delivery.confirmedAt, let revision = delivery.confirmedRevision {
        record.events.append(
          event(at, .delivered, delivery, code: "revision-\(revision)", text: "", entry: row["confirm_entry"]))
      }
    }
  }

  private func event(
    _ at: Instant, _ what: TraceEvent.What, _ delivery: DeliveryRow, code: String, text: String, entry: Int64?
  ) -> TraceEvent {
    TraceEvent(
      at: at, what: what, message: delivery.message, delivery: delivery.id, recipient: delivery.recipient,
      deadLetter: nil, code: code, text: text, entry: entry)
  }

  private func addFailures(of message: Int64, to record: inout TraceRecord) throws {
    for row in try db.rows("SELECT * FROM failure WHERE message = ? ORDER BY id", [message]) {
      let failure = try FailureRow(row)
      record.failures.append(failure)
      record.events.append(
        TraceEvent(
          at: failure.at, what: .failed, message: message, delivery: failure.delivery,
          recipient: record.deliveries.first { $0.id == failure.delivery }?.recipient, deadLetter: failure.deadLetter,
          code: failure.record.cause, text: failure.record.detail, entry: row["entry"]))
    }
  }

  private func addDeadLetters(of message: Int64, to record: inout TraceRecord, acts: inout Set<Int64>) throws {
    for row in try db.rows("SELECT * FROM dead_letter WHERE message = ? ORDER BY id", [message]) {
      let letter = try OpenLetter(row)
      record.deadLetters.append(letter.id)
      for row in try db.rows("SELECT * FROM dead_letter_event WHERE dead_letter = ? ORDER BY id", [letter.id]) {
        let event = try DeadLetterEvent(row)
        if let act = event.act { acts.insert(act) }
        record.events.append(
          TraceEvent(
            at: event.at, what: event.what == "edited" ? .edited : .deadLetter, message: message,
            delivery: letter.delivery,
            recipient: record.deliveries.first { $0.id == letter.delivery }?.recipient, deadLetter: letter.id,
            code: event.what, text: [event.by, event.note].compactMap { $0 }.joined(separator: ": "),
            entry: row["entry"]))
      }
    }
  }

  private func addErasures(of message: Int64, to record: inout TraceRecord, acts: inout Set<Int64>) throws {
    for row in try db.rows("SELECT * FROM erasure WHERE message = ? ORDER BY id", [message]) {
      if let act: Int64 = row["act"] { acts.insert(act) }
      record.events.append(
        TraceEvent(
          at: row.instant("at"), what: .erased, message: message, delivery: nil, recipient: nil, deadLetter: nil,
          code: row["scope"], text: row["cause"], entry: row["entry"]))
    }
  }

  private func addReceipts(of message: Int64, to record: inout TraceRecord) throws {
    for row in try db.rows("SELECT * FROM receipt WHERE message = ? ORDER BY id", [message]) {
      let receipt = try ReceiptRow(row)
      record.receipts.append(receipt)
      record.events.append(
        TraceEvent(
          at: receipt.at, what: .receipt, message: message, delivery: nil, recipient: receipt.agency, deadLetter: nil,
          code: receipt.isSent ? "sent" : "pending", text: "", entry: nil))
    }
  }
}

extension LedgerEntry.DecisionKind {
  fileprivate var what: TraceEvent.What {
    switch self {
    case .intake: .decided
    case .narrowing: .narrowed
    case .replay, .approval: .decidedAgain
    }
  }
}
