package import Contract
import Formats
package import Ledger

/// Everything an operator wants to see of one dead letter.
package struct DeadLetterStory: Sendable {
  package let letter: DeadLetterDetail
  /// The message as an operator last left it; nil where it was not kept.
  package let body: [UInt8]?
  /// What operators changed in it; nil where nobody did.
  package var difference: EditDifference?
  /// Why it is not there.
  package let bodyTrouble: String?
  package let prospect: ReplayProspect

  /// The message with the fault marked in it; whole where `full`.
  package func excerpt(full: Bool = false) -> FaultExcerpt? {
    body.map { FaultExcerpt(of: $0, at: letter.row.failure.location, context: full ? nil : 4) }
  }
}

extension HubHome {
  /// The story of a dead letter; nil where there is none of this number.
  package func story(ofDeadLetter number: Int64, at time: Instant) async throws(LedgerError) -> DeadLetterStory? {
    guard let letter = try await ledger.deadLetter(number) else { return nil }
    do throws(LedgerError) {
      let body = try await ledger.payload(ofDeadLetter: number)
      var difference: EditDifference?
      if letter.row.editedRevision > 0 {
        difference = EditDifference(from: try await ledger.payload(of: letter.message.id), to: body)
      }
      return DeadLetterStory(
        letter: letter, body: body, difference: difference, bodyTrouble: nil,
        prospect: try await prospect(of: letter, body: body, at: time))
    } catch {
      guard error.code == .payloadGone || error.code == .notFound else { throw error }
      let envelope = letter.row.failure.stage == Stage.envelope.rawValue
      let prospect =
        envelope
        ? try await self.prospect(of: letter, body: [], at: time)
        : ReplayProspect(passes: false, "It cannot be replayed: \(error.reason).")
      return DeadLetterStory(letter: letter, body: nil, bodyTrouble: error.reason, prospect: prospect)
    }
  }
}

extension DeadLetterStory {
  /// The story as lines for a terminal: at most a screenful, unless `full`.
  package func lines(width: Int = PlainText.width, full: Bool = false) -> [String] {
    let row = letter.row
    var lines = ["Dead letter \(row.id) is \(row.state.rawValue), since \(row.changedAt.plain)."]
    if let archived = row.archivedAt { lines.append("It was put aside at \(archived.plain): lists leave it out.") }
    lines += properties(width)
    lines.append("")
    if let excerpt = excerpt(full: full) {
      let edits = row.editedRevision == 0 ? "" : ", as edited (revision \(row.editedRevision))"
      lines.append("The message\(edits):")
      lines += excerpt.text(width: width)
    } else {
      lines += "Its bytes were not kept: \(bodyTrouble ?? "").".printable.wrapped(to: width)
    }
    if let difference {
      lines += ["", "What was changed:"] + difference.lines(width: width, limit: full ? .max : 12)
    }
    lines += ["", "What happened:"] + history(width, full: full)
    guard row.state == .open || row.state == .replaying else { return lines }
    lines += ["", "Would it pass now?"] + prospect.lines(width: width)
    if row.state == .open { lines += ["", "Next: \(nextSteps.joined(separator: "  ·  "))"] }
    return lines
  }

  private func properties(_ width: Int) -> [String] {
    let message = letter.message
    let failure = letter.row.failure
    var rows: [(String, String)] = [("from", message.sender.slug)]
    if let recipient = letter.row.recipient { rows.append(("to", recipient.slug)) }
    rows.append(("message-id", message.messageID + (message.derivedID ? " (derived: the sender set none)" : "")))
    let size = body.map { ", \(PlainText.count($0.count, "byte"))" } ?? ""
    let type = [message.type, message.contentType].compactMap { $0 }.joined(separator: ", ")
    rows.append(("received", "\(message.receivedAt.plain) on the \(message.publishedLane.rawValue) lane\(size)"))
    if !type.isEmpty { rows.append(("type", type)) }
    if message.headers.count > 2 { rows.append(("headers", String(decoding: message.headers, as: UTF8.self))) }
    rows.append(("failed at", "\(failure.stage) (\(failure.cause))"))
    if let location = failure.location, !location.isEmpty { rows.append(("where", location)) }
    rows.append(("why", failure.detail))
    return rows.flatMap { name, value in
      value.printable.cut(to: 600).under("  " + name.padded(to: 12), width: width)
    }
  }

  private func history(_ width: Int, full: Bool) -> [String] {
    let events = letter.history.map { event in
      let failure = letter.failures.first { $0.id == event.failure }
      return (event.at.plain, event.sentence(failure: failure))
    }
    let shown = full ? events[...] : events.suffix(6)
    let earlier = events.count - shown.count
    var lines = earlier == 0 ? [] : ["  \(PlainText.count(earlier, "earlier step")); --full shows all"]
    for (time, sentence) in shown { lines += sentence.printable.cut(to: 300).under("  \(time)  ", width: width) }
    return lines
  }

  /// Commands to type, the most useful first.
  private var nextSteps: [String] {
    let number = letter.row.id
    var steps = ["entente dead discard \(number) --reason TEXT"]
    if letter.row.awaitsApproval { return ["entente dead approve \(number) (somebody else than its editor)"] + steps }
    if letter.row.archivedAt != nil { steps.append("entente dead restore \(number)") }
    if prospect.passes || letter.delivery != nil {
      steps.insert("entente dead replay \(number)", at: 0)
    } else if isMendable {
      steps.insert("entente dead edit \(number)", at: 0)
    }
    return steps
  }

  /// Whether other bytes could help.
  private var isMendable: Bool {
    letter.row.failure.stage != Stage.envelope.rawValue
      && letter.row.failure.cause != FailureCause.messageIDReused.rawValue
  }
}

extension ReplayProspect {
  /// The answer and what is still wrong, as lines.
  package func lines(width: Int = PlainText.width, limit: Int = 8) -> [String] {
    var lines = sentence.printable.cut(to: 800).under(passes ? "  Yes. " : "  No. ", width: width)
    guard findings.count > 1 else { return lines }
    for finding in findings.prefix(limit) {
      let place = finding.location.isEmpty ? "the whole" : finding.location
      lines += "\(place): \(finding.message) (\(finding.rule))".printable.cut(to: 300)
        .under("    \(finding.severity.rawValue)  ", width: width)
    }
    if findings.count > limit { lines.append("    and \(PlainText.grouped(findings.count - limit)) more") }
    return lines
  }
}

extension DeadLetterEvent {
  /// What happened, in a sentence without its end.
  func sentence(failure: FailureRow?) -> String {
    let who = by.map { " by \($0)" } ?? ""
    let why = note.map { $0.isEmpty ? "" : ": \($0)" } ?? ""
    let onAct = act.map { " (act \($0))" } ?? ""
    switch what {
    case "edited": return "edited\(who)\(why)"
    case DeadLetterRemark.noted.rawValue: return "note\(who)\(why)"
    case DeadLetterRemark.archived.rawValue: return "put aside\(who)\(why)"
    case DeadLetterState.open.rawValue:
      guard let record = failure?.record else { return "open again\(onAct)\(why)" }
      return "failed at \(record.stage), \(record.cause)\(onAct): \(record.detail)"
    case DeadLetterState.replaying.rawValue: return "taken for a replay\(onAct)\(who)"
    case DeadLetterState.resolved.rawValue: return "resolved\(onAct)\(why)"
    case DeadLetterState.superseded.rawValue:
      return "closed, since a corrected or an equal message was accepted\(onAct)\(why)"
    case DeadLetterState.discarded.rawValue: return "discarded\(who)\(why)"
    default: return "\(what)\(who)\(why)"
    }
  }
}
