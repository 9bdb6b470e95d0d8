package import Contract
import STIX

/// One thing that what passes has to wait for.
package struct HoldCause: Sendable, Hashable {
  package var rule: DecisionRule
  /// When it ends by itself; nil where somebody has to end it.
  package var until: Instant?
  /// The parties that may end it; empty for the hub's operators.
  package var releasedBy: [AgencyID] = []

  package init(rule: DecisionRule, until: Instant? = nil, releasedBy: [AgencyID] = []) {
    self.rule = rule
    self.until = until
    self.releasedBy = releasedBy
  }

  /// What a grant lets wait at the moment. What somebody has to end, an approval or a consent, has no end of its own,
  /// whatever a file says.
  static func of(_ term: Term, acceptedAt: Instant, at: Instant) -> [HoldCause] {
    var causes: [HoldCause] =
      DecisionRule.needsApproval.fires(term.grant.needsApproval) ? [HoldCause(rule: .needsApproval)] : []
    for hold in term.grant.holds {
      let rule = DecisionRule(hold.cause)
      guard Safeguard.rule(rule).stands else { continue }
      guard hold.cause.endsByItself else {
        causes.append(HoldCause(rule: rule, releasedBy: hold.releasedBy))
        continue
      }
      // Without an end it would be one that nobody ends; files without are refused.
      let end = hold.end(acceptedAt: acceptedAt) ?? Self.never
      if at >= end || !Safeguard.holdUntilEnd.stands { continue }
      causes.append(HoldCause(rule: rule, until: end))
    }
    return causes
  }

  /// Each cause once, the one that is named first: what somebody has to do before what ends by itself, and of these the
  /// last.
  static func sorted(_ causes: [HoldCause]) -> [HoldCause] {
    Set(causes).sorted { left, right in
      let (first, second) = (left.until?.milliseconds ?? .max, right.until?.milliseconds ?? .max)
      guard first == second else { return first > second }
      guard left.place == right.place else { return left.place < right.place }
      return left.releasedBy.map(\.slug).joined(separator: " ") < right.releasedBy.map(\.slug).joined(separator: " ")
    }
  }

  /// The last day that is written with four digits for its year.
  private static let never = Instant(milliseconds: 253_402_214_400_000)

  private static let order: [DecisionRule] = [
    .needsConsent, .transferCaseByCase, .needsReview, .whereAppropriate, .needsApproval, .embargoed, .delayed,
  ]

  private var place: Int { Self.order.firstIndex(of: rule) ?? 0 }

  /// Whether one of these has ended it. What ends by itself is ended by nobody.
  package func isEnded(by releases: [Release]) -> Bool {
    guard until == nil else { return false }
    return releases.contains { release in
      releasedBy.isEmpty ? release.party == nil : release.party.map(releasedBy.contains) ?? false
    }
  }
}

/// Somebody's word that what is held may go.
package struct Release: Sendable, Hashable {
  /// The party that said so; nil for an operator of the hub.
  package var party: AgencyID?

  package init(by party: AgencyID? = nil) { self.party = party }
}
