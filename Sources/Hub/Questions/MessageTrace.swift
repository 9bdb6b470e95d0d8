package import Contract
import JSON
package import Ledger

/// What happened to a message, told in the order of time.
package struct MessageTrace: Sendable {
  /// One step, in words.
  package struct Step: Sendable, Equatable {
    package var at: Instant
    /// `received`, `decided`, `delivered`, ...
    package var what: String
    /// Whom it concerns, where it is one recipient.
    package var recipient: AgencyID?
    package var sentence: String
    /// Its place in the log; nil where there is none.
    package var entry: Int64?
  }

  package let record: TraceRecord

  package init(_ record: TraceRecord) { self.record = record }

  package var steps: [Step] { record.events.map(step) }

  private func step(_ event: TraceEvent) -> Step {
    let delivery = record.deliveries.first { $0.id == event.delivery }
    let (what, sentence) = words(for: event, delivery)
    return Step(at: event.at, what: what, recipient: event.recipient, sentence: sentence, entry: event.entry)
  }

  private func words(for event: TraceEvent, _ delivery: DeliveryRow?) -> (what: String, sentence: String) {
    let text = event.text
    switch event.what {
    case .received: return ("received", received(event))
    case .decided, .narrowed, .decidedAgain:
      let what = event.what == .decided ? "decided" : event.what == .narrowed ? "narrowed" : "decided again"
      let isCurrent = delivery?.decidedAt == event.at && delivery?.outcome.rawValue == event.code
      let rule = isCurrent ? delivery.map { " (rule \($0.rule))" } ?? "" : ""
      return (what, "\(Self.outcome(event.code)): \(text)\(rule)")
    case .delivered:
      let format = delivery?.format.map { " as \($0)" } ?? ""
      let revision = event.code.split(separator: "-").last.map { ", revision \($0)" } ?? ""
      let losses = (delivery?.losses).flatMap { try? JSONDocument($0).root.count } ?? 0
      let lost = losses == 0 ? "" : ", with \(PlainText.count(losses, "loss", "losses"))"
      return ("delivered", "the broker confirmed it into the inbox\(format)\(revision)\(lost)")
    case .failed:
      let record = record.failures.first {
        $0.at == event.at && $0.record.cause == event.code && $0.delivery == event.delivery
      }?.record
      let place = record?.location.map { $0.isEmpty ? "" : " at \($0)" } ?? ""
      let again = record?.permanent ?? true ? "" : " (to be tried again)"
      return ("failed", "\(record?.stage ?? ""), \(event.code)\(place): \(text)\(again)")
    case .deadLetter: return ("dead letter", "no. \(event.deadLetter ?? 0) \(Self.state(event.code))\(Self.by(text))")
    case .edited: return ("edited", "no. \(event.deadLetter ?? 0)\(Self.by(text))")
    case .receipt:
      return ("receipt", event.code == "sent" ? "sent to \(sender)" : "waits to be sent to \(sender)")
    case .erased: return ("erased", Self.erasure(event))
    case .act:
      // Its outcome is that of all the dead letters that it names: theirs stand on lines of their own.
      let act = record.acts.first { $0.at == event.at && $0.kind == event.code }
      return (event.code, act.map { "asked for by \($0.operator) (act \($0.id))" } ?? text)
    }
  }

  private var sender: String { record.messages.first?.sender.slug ?? "the sender" }

  private func received(_ event: TraceEvent) -> String {
    guard let message = record.messages.first(where: { $0.id == event.message }) else { return event.code }
    let times = message.duplicates == 1 ? "once more" : "\(PlainText.grouped(message.duplicates)) times more"
    let again = message.duplicates == 0 ? "" : "; it came \(times), as a duplicate"
    let replay = message.replayOf.map { ", by the replay of dead letter \($0)" } ?? ""
    guard message.acceptedAt != nil else {
      return "from \(message.sender) on the \(message.publishedLane.rawValue) lane, and refused\(replay)\(again)"
    }
    return "from \(message.sender) on the \(message.publishedLane.rawValue) lane, and accepted\(replay) as message "
      + "\(message.id)\(again)"
  }

  private static func erasure(_ event: TraceEvent) -> String {
    let what =
      event.code == ErasureScope.payload.rawValue
      ? "its bytes and their key were deleted" : "bytes, key, texts and values were deleted; the log stays"
    switch ErasureCause(rawValue: event.text) {
    case .erased: return what + ", as an operator said"
    case .retentionEnded: return what + ", at the end of their retention"
    case .settled: return what + ", since it was TLP:RED or never read and nobody waited for it"
    case nil: return what
    }
  }

  private static func outcome(_ code: String) -> String {
    switch DecisionOutcome(rawValue: code) {
    case .deliver: "gets all of it"
    case .redact: "gets a part of it"
    case .hold: "held until somebody approves it"
    case .withhold: "gets nothing"
    case nil: code
    }
  }

  private static func state(_ code: String) -> String {
    switch DeadLetterState(rawValue: code) {
    case .open: "waits for an operator"
    case .replaying: "taken for a replay"
    case .superseded: "closed: a corrected or an equal message was accepted"
    default: code
    }
  }

  private static func by(_ text: String) -> String {
    let text = text.hasSuffix(": ") ? String(text.dropLast(2)) : text
    return text.isEmpty ? "" : " (\(text))"
  }
}

extension MessageTrace {
  /// The story as lines for a terminal.
  package func lines(width: Int = PlainText.width) -> [String] {
    var lines: [String] = []
    for message in headliners { lines += heading(message).printable.wrapped(to: width) }
    var day = ""
    for step in steps {
      if step.at.day != day {
        day = step.at.day
        lines += ["", "\(day) (UTC)"]
      }
      let recipient = step.recipient.map { step.what == "receipt" ? "" : "\($0): " } ?? ""
      lines += (recipient + step.sentence).printable.cut(to: 500)
        .under("  \(step.at.time)  \(step.what.padded(to: 13))  ", width: width)
    }
    return lines + [""] + standing(width)
  }

  /// For each sender the message that was accepted, else its last.
  private var headliners: [MessageRow] {
    Dictionary(grouping: record.messages, by: \.sender).sorted { $0.key < $1.key }.compactMap { _, messages in
      messages.first { $0.state == .accepted } ?? messages.last
    }
  }

  private func heading(_ message: MessageRow) -> String {
    let format = [message.format?.slug, message.version].compactMap { $0 }.joined(separator: " ")
    let exercise = message.exercise ? "an exercise" : nil
    let facts = [format.isEmpty ? nil : format, message.kind?.rawValue, message.tlp, exercise].compactMap { $0 }
    return "Message \(message.messageID) from \(message.sender)"
      + (facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))")
  }

  /// Where each pair stands now.
  private func standing(_ width: Int) -> [String] {
    guard !record.deliveries.isEmpty else {
      let isAccepted = record.messages.contains { $0.state == .accepted }
      return [isAccepted ? "No grant names a recipient for it." : "It has reached nobody: it was not accepted."]
    }
    var lines = ["Where it stands now:"]
    for delivery in record.deliveries {
      lines += "\(state(of: delivery)), delivery id \(delivery.deliveryID.prefix(16))…"
        .under("  \(delivery.recipient.slug.padded(to: 20))  ", width: width)
    }
    return lines
  }

  private func state(of delivery: DeliveryRow) -> String {
    switch delivery.state {
    case .pending:
      let attempts = delivery.attempts == 0 ? "" : ", \(PlainText.count(delivery.attempts, "attempt")) failed"
      return "pending\(attempts)\(delivery.lastCause.map { " (\($0))" } ?? "")"
    case .delivered: return "delivered, revision \(delivery.confirmedRevision ?? delivery.revision)"
    default: return delivery.state.rawValue
    }
  }

  /// The story as one JSON object.
  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { trace in
      trace.member("messages") { list in
        list.array { list in for message in record.messages { list.object { Self.write(message, &$0) } } }
      }
      trace.member("deliveries") { list in
        list.array { list in for delivery in record.deliveries { list.object { Self.write(delivery, &$0) } } }
      }
      trace.member("events") { list in
        list.array { list in
          for step in steps {
            list.object { item in
              item.member("at", step.at.description)
              item.member("what", step.what)
              if let recipient = step.recipient { item.member("recipient", recipient.slug) }
              item.member("text", step.sentence)
              if let entry = step.entry { item.member("entry", entry) }
            }
          }
        }
      }
    }
    return writer.bytes
  }

  private static func write(_ message: MessageRow, _ item: inout JSONWriter) {
    item.member("message", message.id)
    item.member("sender", message.sender.slug)
    item.member("message_id", message.messageID)
    item.member("state", message.state.rawValue)
    item.member("lane", message.lane.rawValue)
    if let format = message.format { item.member("format", format.slug) }
    if let version = message.version { item.member("version", version) }
    if let kind = message.kind { item.member("kind", kind.rawValue) }
    if let tlp = message.tlp { item.member("tlp", tlp) }
    item.member("exercise", message.exercise)
    item.member("received_at", message.receivedAt.description)
    if let acceptedAt = message.acceptedAt { item.member("accepted_at", acceptedAt.description) }
    item.member("duplicates", message.duplicates)
  }

  private static func write(_ delivery: DeliveryRow, _ item: inout JSONWriter) {
    item.member("recipient", delivery.recipient.slug)
    item.member("delivery_id", delivery.deliveryID)
    item.member("state", delivery.state.rawValue)
    item.member("outcome", delivery.outcome.rawValue)
    item.member("rule", delivery.rule)
    if let arrangement = delivery.arrangement { item.member("arrangement", arrangement) }
    item.member("reason", delivery.reason)
    item.member("objects", delivery.objects.count)
    item.member("revision", delivery.revision)
    if let format = delivery.format { item.member("format", format.slug) }
    if let at = delivery.confirmedAt { item.member("delivered_at", at.description) }
  }
}

extension HubHome {
  /// What happened to a message, by its message-id (from one sender, or all) or by a delivery's id; nil where the ledger
  /// knows neither.
  package func trace(_ id: String, sender: AgencyID? = nil) async throws(LedgerError) -> MessageTrace? {
    var record = try await ledger.trace(messageID: id, sender: sender)
    if record.messages.isEmpty { record = try await ledger.trace(deliveryID: id) }
    return record.messages.isEmpty ? nil : MessageTrace(record)
  }
}
