package import Contract

/// What an audit found: the books, and whatever does not balance.
package struct AuditReport: Sendable, Equatable {
  /// How many entries the log has; all of their hashes were computed again.
  package internal(set) var entries = 0
  package internal(set) var messages: [MessageState: Int] = [:]
  /// The pairs of message and considered recipient, each in exactly one state.
  package internal(set) var pairs: [AgencyID: [DeliveryState: Int]] = [:]
  package internal(set) var deadLetters: [DeadLetterState: Int] = [:]
  /// The first thousand of them.
  package internal(set) var anomalies: [Anomaly] = []
  package internal(set) var anomalyCount = 0

  /// True where everything is accounted for.
  package var isBalanced: Bool { anomalyCount == 0 }

  /// One thing that does not balance.
  package struct Anomaly: Sendable, Equatable {
    package let kind: Kind
    /// Which row, entry or file, and what is wrong with it.
    package let what: String

    /// The kinds of damage that an audit looks for.
    package enum Kind: String, Sendable, CaseIterable {
      /// The log has a gap, or does not begin at its beginning.
      case logGap = "log-gap"
      /// The hash of an entry is not that of its leaf.
      case entryHash = "entry-hash"
      /// A row has no entry.
      case entryMissing = "entry-missing"
      /// The entry of a row says something else than the row.
      case entryDiffers = "entry-differs"
      /// The log knows rows that are gone.
      case rowMissing = "row-missing"
      /// An accepted message has fewer or more pairs than recipients were considered.
      case pairsMissing = "pairs-missing"
      /// Two accepted messages have the same sender and message-id.
      case identityTwice = "identity-twice"
      /// A pair's state contradicts its decision: it was delivered, or waits, although it was withheld.
      case stateAgainstDecision = "state-against-decision"
      /// A pair is delivered, and no confirm is on record.
      case deliveredUnconfirmed = "delivered-unconfirmed"
      /// A failed message or a dead-lettered pair has no dead letter, or its dead letter tells another story.
      case deadLetterMissing = "dead-letter-missing"
      /// A dead letter is open although its pair went on.
      case deadLetterStale = "dead-letter-stale"
      /// A payload has no row, or its file is missing or cut short.
      case payloadMissing = "payload-missing"
      /// A payload's bytes are not those that were received.
      case payloadDiffers = "payload-differs"
      /// A payload file that no row names.
      case orphanFile = "orphan-file"
    }
  }

  static let anomalyLimit = 1000

  mutating func add(_ kind: Anomaly.Kind, _ what: @autoclosure () -> String) {
    anomalyCount += 1
    if anomalies.count < Self.anomalyLimit { anomalies.append(Anomaly(kind: kind, what: what())) }
  }
}
