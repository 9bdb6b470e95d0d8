package import Contract

/// All that the ledger knows of the messages with one identity.
package struct TraceRecord: Sendable, Equatable {
  /// Oldest first: one accepted at most, beside those that failed.
  package internal(set) var messages: [MessageRow] = []
  package internal(set) var deliveries: [DeliveryRow] = []
  package internal(set) var failures: [FailureRow] = []
  package internal(set) var deadLetters: [Int64] = []
  package internal(set) var receipts: [ReceiptRow] = []
  package internal(set) var acts: [ActRow] = []
  /// What happened, in the order of time.
  package internal(set) var events: [TraceEvent] = []
}

/// One thing that happened to a message.
package struct TraceEvent: Sendable, Equatable {
  package enum What: String, Sendable {
    case received
    /// Decided for one recipient: at intake, narrowed, or at a replay.
    case decided
    case narrowed
    case decidedAgain = "decided-again"
    case delivered
    case failed
    /// A dead letter's new state.
    case deadLetter = "dead-letter"
    case edited
    case receipt
    case act
    /// Its payload, or all that stood beside the log, was deleted.
    case erased
  }

  package let at: Instant
  package let what: What
  package let message: Int64?
  package let delivery: Int64?
  package let recipient: AgencyID?
  package let deadLetter: Int64?
  /// `accepted` or `failed`, an outcome, a cause, a state.
  package let code: String
  /// The rest for people: a reason, a detail, a note.
  package let text: String
  /// Its place in the log; nil where there is none, as for receipts.
  package let entry: Int64?
}
