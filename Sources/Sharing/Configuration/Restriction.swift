package import Contract
package import STIX

/// What one party takes back of an arrangement, alone and at once, from `restrictions/<arrangement>.<party>.yaml`.
///
/// It can only narrow, so it needs no signature and no other party.
package struct Restriction: Sendable, Equatable {
  package let party: AgencyID
  /// From when it holds; nil for at once.
  package var from: Instant?
  package var reason: String
  /// Nothing passes between the party and the others.
  package var isSuspended: Bool
  /// The strictest label that the party still lets pass to it or from it.
  package var maximumTLP: TLP?
  /// What the party does not send or take any more.
  package var prohibitions: [Prohibition]
  package var obligations: Obligations

  package init(
    party: AgencyID, from: Instant? = nil, reason: String = "", isSuspended: Bool = false, maximumTLP: TLP? = nil,
    prohibitions: [Prohibition] = [], obligations: Obligations = Obligations()
  ) {
    self.party = party
    self.from = from
    self.reason = reason
    self.isSuspended = isSuspended
    self.maximumTLP = maximumTLP
    self.prohibitions = prohibitions
    self.obligations = obligations
  }

  /// Whether it has a say in what passes between the two.
  func concerns(_ sender: AgencyID, _ recipient: AgencyID, at time: Instant) -> Bool {
    (party == sender || party == recipient) && (from.map { time >= $0 } ?? true)
  }
}
