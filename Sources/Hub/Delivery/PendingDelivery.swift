package import Contract
package import Ledger
package import Sharing

/// One message that is intended for one recipient, as the ledger has it: all that delivering it needs.
///
/// A class, since it goes through several lists and is large.
package final class PendingDelivery: Sendable {
  /// The pair's number in the ledger.
  package let number: Int64
  /// The message's number in the ledger.
  package let message: Int64
  package let recipient: AgencyID
  package let lane: Lane
  package let format: FormatID?
  /// The id on the wire.
  package let deliveryID: String
  package let revision: Int
  package let decision: Decision
  /// Attempts that failed before this one.
  package let attempts: Int
  /// Until when nobody else may work on it.
  package let claimedUntil: Instant
  /// True where it was claimed from the ledger, so that its attempts are counted there.
  package let isClaimed: Bool
  /// What it was decided under, where that was a moment ago in this process.
  let ground: DecisionGround?

  /// From a row.
  /// - Throws: what is wrong with the decision's text; the ledger is damaged then.
  package init(_ row: DeliveryRow, isClaimed: Bool = false) throws {
    self.isClaimed = isClaimed
    ground = nil
    number = row.id
    message = row.message
    recipient = row.recipient
    lane = row.lane
    format = row.format
    deliveryID = row.deliveryID
    revision = row.revision
    decision = try Decision(decoding: row.decision)
    attempts = row.attempts
    claimedUntil = row.nextAttemptAt
  }

  /// A pair of history, under another decision than the one in force or as another revision.
  init(
    _ row: DeliveryRow, _ decision: Decision, format: FormatID?, revision: Int, lane: Lane? = nil,
    claimedUntil: Instant? = nil
  ) {
    isClaimed = false
    ground = nil
    number = row.id
    message = row.message
    recipient = row.recipient
    self.lane = lane ?? row.lane
    self.format = format
    deliveryID = row.deliveryID
    self.revision = revision
    self.decision = decision
    attempts = 0
    self.claimedUntil = claimedUntil ?? row.nextAttemptAt
  }

  /// From what was written down a moment ago.
  package init(
    number: Int64, message: Int64, pair: Pair, decision: Decision, ground: DecisionGround? = nil, claimedUntil: Instant
  ) {
    self.ground = ground
    self.number = number
    self.message = message
    recipient = pair.recipient
    lane = pair.lane
    format = pair.format
    deliveryID = pair.deliveryID
    revision = 1
    self.decision = decision
    isClaimed = false
    attempts = 0
    self.claimedUntil = claimedUntil
  }
}
