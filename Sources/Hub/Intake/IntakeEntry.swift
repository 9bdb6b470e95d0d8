import Contract
import Ledger
import Sharing

/// A message on its way into the ledger, with what delivering it needs once it is there.
///
/// A class, since it goes through several lists and is large.
final class IntakeEntry: Sendable {
  let intake: Intake
  /// Nil where it was not accepted.
  let judged: JudgedMessage?
  let message: IncomingMessage?
  let ground: DecisionGround?

  /// What is not delivered.
  init(_ intake: Intake) {
    self.intake = intake
    judged = nil
    message = nil
    ground = nil
  }

  /// - Parameter ground: what it was decided under.
  init(_ intake: Intake, _ judged: JudgedMessage, _ message: IncomingMessage, ground: DecisionGround) {
    self.intake = intake
    self.judged = judged
    self.message = message
    self.ground = ground
  }
}

extension HubContext {
  /// Who delivers what is accepted now, and until when nobody else may.
  func claim(at time: Instant) -> Claim {
    Claim(owner: owner, until: time.adding(milliseconds: Outlet.leaseMilliseconds))
  }

  /// What is to be delivered of a message that was just written down; the message itself is kept for a while, so that
  /// nobody asks the ledger for it.
  func deliveries(of entry: IntakeEntry, _ outcome: IntakeOutcome) -> [PendingDelivery] {
    guard case .accepted(let number, let deliveries, _) = outcome, let judged = entry.judged,
      let message = entry.message, case .accepted(let accepted) = entry.intake.verdict, let claim = entry.intake.claim
    else { return [] }
    let pending = accepted.pairs.indices.filter { accepted.pairs[$0].outcome.state == .pending }
    recent.keep(
      RecentMessages.Entry(message: message, read: judged.read, acceptedAt: accepted.acceptedAt), as: number,
      uses: pending.count)
    return pending.map { index in
      PendingDelivery(
        number: deliveries[index], message: number, pair: accepted.pairs[index], decision: judged.decisions[index],
        ground: entry.ground, claimedUntil: claim.until)
    }
  }

  /// Gives them to the outlets, without asking the ledger for them again.
  func handOver(_ deliveries: [PendingDelivery]) {
    guard !deliveries.isEmpty else { return }
    handedOver.put(deliveries)
    var seen: [(AgencyID, Lane)] = []
    for delivery in deliveries where !seen.contains(where: { $0 == (delivery.recipient, delivery.lane) }) {
      seen.append((delivery.recipient, delivery.lane))
      bells.ring(Outlet.deliveriesBell(delivery.recipient, delivery.lane))
    }
  }
}
