package import Contract
import JSON

/// One line of a receipt: what became of one message, as the sender may know it. It names no other recipients.
package struct ReceiptLine: Sendable, Equatable {
  /// What became of the message.
  package enum Verdict: String, Sendable, CaseIterable {
    /// It is in the ledger and was decided.
    case accepted
    /// It is known already, with the same content.
    case duplicate
    /// A newer version is known, or its time has passed.
    case stale
    /// It was refused; it lies with the operators, and a corrected one is welcome under the same message-id.
    case rejected
  }

  package var verdict: Verdict
  package var messageID: String
  /// True where the sender set none and the hub derived it.
  package var isDerivedID = false
  package var sender: AgencyID
  package var at: Instant
  package var kind: MessageKind?
  package var lane: Lane
  package var isExercise = false
  /// What the sender should know although the message was accepted.
  package var notes: [String] = []
  package var failures: [StageFailure] = []

  package init(_ verdict: Verdict, messageID: String, sender: AgencyID, at: Instant, lane: Lane) {
    self.verdict = verdict
    self.messageID = messageID
    self.sender = sender
    self.at = at
    self.lane = lane
  }

  /// The line as compact JSON without a newline.
  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { line in
      line.member("receipt", verdict.rawValue)
      line.member("message_id", messageID)
      if isDerivedID { line.member("derived_id", true) }
      line.member("sender", sender.slug)
      line.member("at", at.description)
      if let kind { line.member("kind", kind.rawValue) }
      line.member("lane", lane.rawValue)
      if isExercise { line.member("exercise", true) }
      if !notes.isEmpty { line.member("notes", Array(notes.prefix(100))) }
      guard !failures.isEmpty else { return }
      line.key("reasons")
      line.array { list in
        for failure in failures {
          list.object { reason in
            reason.member("cause", failure.cause.rawValue)
            reason.member("stage", failure.stage.rawValue)
            if let rule = failure.rule { reason.member("rule", rule) }
            if let location = failure.location { reason.member("location", location) }
            reason.member("detail", failure.detail)
          }
        }
      }
    }
    return writer.bytes
  }
}
