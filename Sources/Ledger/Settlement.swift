package import Contract

/// What came of one attempt to deliver.
package struct Settlement: Sendable {
  package var delivery: Int64
  /// Who holds the claim. Anything but `delivered` is refused to others, since the row may be in other hands by now.
  package var owner: String
  package var at: Instant
  package var result: Result

  package enum Result: Sendable {
    /// The broker confirmed it into the inbox. True whoever says it, so it is always taken.
    case delivered(revision: Int, bodyMAC: [UInt8], losses: [UInt8]?)
    /// Delivery may do less than was decided. `redact` keeps the claim, and nothing may leave before this returned;
    /// `hold` and `withhold` end it.
    case narrowed(RevisedDecision)
    /// A transient failure: due again at `next`.
    case retry(FailureRecord, next: Instant)
    /// A permanent failure: an operator decides.
    case deadLetter(FailureRecord)
    /// Nothing was tried; due again at once.
    case released
  }

  package init(delivery: Int64, owner: String, at: Instant, result: Result) {
    self.delivery = delivery
    self.owner = owner
    self.at = at
    self.result = result
  }
}

/// What the ledger made of a settlement.
package enum SettlementOutcome: Sendable, Equatable {
  /// Taken; the state that the pair has now.
  case settled(DeliveryState)
  /// Taken; the dead letter that an operator finds.
  case deadLettered(Int64)
  /// This revision was confirmed before.
  case repeated
  /// Not taken: the pair is not pending, or somebody else holds the claim. Nothing may be sent on its strength.
  case notClaimed(DeliveryState)
}
