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

  /// What became of one item of a batch.
  package struct Item: Sendable, Equatable {
    /// From 1, as lines are counted.
    package var number: Int
    /// Why it was refused; nil where it goes on.
    package var failure: StageFailure?

    package init(number: Int, failure: StageFailure? = nil) {
      self.number = number
      self.failure = failure
    }
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
  /// Of a batch, each item; empty for any other message.
  package var items: [Item] = []

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
      if !items.isEmpty {
        line.member("items") { list in
          list.array { list in
            for item in items {
              list.object { entry in
                entry.member("item", item.number)
                entry.member("verdict", (item.failure == nil ? Verdict.accepted : .rejected).rawValue)
                if let failure = item.failure { Self.write([failure], to: &entry) }
              }
            }
          }
        }
      }
      if !failures.isEmpty { Self.write(failures, to: &line) }
    }
    return writer.bytes
  }
  private static func write(_ failures: [StageFailure], to line: inout JSONWriter) {
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
}
