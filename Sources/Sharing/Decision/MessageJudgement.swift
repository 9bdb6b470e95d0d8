import Contract
import STIX

/// Where a message and one recipient meet: what binds them, and what stands in the message's way as a whole.
struct MessageJudgement {
  let submission: Submission
  let recipient: Agency
  let sender: Agency
  /// The arrangements of which both are parties. What they forbid holds as long as their files stand, in force or not:
  /// what ends is what they allow.
  let binding: [Arrangement]
  /// The grants from the sender to the recipient.
  let terms: [Term]

  /// A rule that withholds the message whatever the grants say, with the arrangement that it stands in.
  func obstacle(_ graph: ObjectGraph) -> (rule: DecisionRule, arrangement: Arrangement?)? {
    if DecisionRule.cannotBeJudged.fires(graph.fault != nil) { return (.cannotBeJudged, nil) }
    if DecisionRule.senderSuspended.fires(sender.isSuspended) { return (.senderSuspended, nil) }
    if DecisionRule.recipientSuspended.fires(recipient.isSuspended) { return (.recipientSuspended, nil) }
    if let suspended = binding.first(where: { DecisionRule.arrangementSuspended.fires($0.isSuspended) }) {
      return (.arrangementSuspended, suspended)
    }
    if let left = binding.first(where: { arrangement in
      DecisionRule.partySuspended.fires(restrictions(of: arrangement).contains(where: \.isSuspended))
    }) {
      return (.partySuspended, left)
    }
    if DecisionRule.backToOrigin.fires(submission.provenance.origin == recipient.id) { return (.backToOrigin, nil) }
    if DecisionRule.loop.fires(submission.provenance.isLoop) { return (.loop, nil) }
    if let maximum = submission.provenance.maximumHops,
      DecisionRule.hopsExhausted.fires(submission.provenance.hops >= maximum)
    {
      return (.hopsExhausted, nil)
    }
    if DecisionRule.kindReserved.fires(submission.kind.isReserved) { return (.kindReserved, nil) }
    if let named = submission.named, DecisionRule.notNamed.fires(!named.contains(recipient.id)) {
      return (.notNamed, nil)
    }
    if let prohibiting = binding.first(where: { DecisionRule.prohibited.fires(prohibits($0, type: nil)) }) {
      return (.prohibited, prohibiting)
    }
    if let stated = submission.comparablePurpose {
      func knows(_ words: [String]) -> Bool { words.contains { ComparableWord($0).text == stated } }
      if let arrangement = binding.first(where: { DecisionRule.purposeProhibited.fires(knows($0.prohibitedPurposes)) })
      {
        return (.purposeProhibited, arrangement)
      }
      let isKnown = binding.contains { arrangement in
        knows(arrangement.purposes) || arrangement.grants.contains { knows($0.purposes ?? []) }
      }
      if DecisionRule.purposeUnknown.fires(!isKnown) { return (.purposeUnknown, nil) }
    }
    let isUnwanted = recipient.format(for: submission.kind) == nil
    return DecisionRule.kindNotAccepted.fires(isUnwanted) ? (.kindNotAccepted, nil) : nil
  }

  /// What single parties took back of an arrangement, so far as it concerns these two.
  func restrictions(of arrangement: Arrangement) -> [Restriction] {
    guard !arrangement.restrictions.isEmpty, Safeguard.restrictions.stands else { return [] }
    return arrangement.restrictions.filter { $0.concerns(submission.sender, recipient.id, at: submission.at) }
  }

  /// Whether an arrangement, or a party of it, prohibits messages like this one as a whole, or objects of a type.
  func prohibits(_ arrangement: Arrangement, type: String?) -> Bool {
    let restrictions = restrictions(of: arrangement)
    let all =
      restrictions.isEmpty
      ? arrangement.prohibitions : arrangement.prohibitions + restrictions.flatMap(\.prohibitions)
    return all.contains { prohibition in
      guard prohibition.concerns(submission.sender, recipient, submission.kind) else { return false }
      guard let types = prohibition.objectTypes else { return true }
      return type.map { types.contains($0) } ?? false
    }
  }

  /// The grants whose conditions on the message all match, or the one that came nearest with what it missed.
  func matches(_ topics: Topics) -> (matching: [Term], nearest: (term: Term, rule: DecisionRule)?) {
    var matching: [Term] = []
    var nearest: (term: Term, rule: DecisionRule)?
    for term in terms {
      guard let rule = term.miss(submission, to: recipient, topics) else {
        matching.append(term)
        continue
      }
      if rule.nearness > nearest?.rule.nearness ?? -1 { nearest = (term, rule) }
    }
    return (matching, matching.isEmpty ? nearest : nil)
  }

  /// The strictest label that the arrangements between both let pass.
  var ceiling: TLP? {
    guard Safeguard.foreignCeilings.stands else { return nil }
    return binding.flatMap { [$0.maximumTLP] + restrictions(of: $0).map(\.maximumTLP) }.compactMap(\.self).min()
  }

  /// Duties of every arrangement that binds both, with what single parties added to them.
  var bindingObligations: Obligations {
    binding.reduce(Obligations()) { sum, arrangement in
      restrictions(of: arrangement).reduce(sum.adding(arrangement.obligations)) { $0.adding($1.obligations) }
    }
  }

  /// Whether TLP 1's AMBER is read as AMBER between these two.
  var readsOldAmberLiterally: Bool {
    binding.allSatisfy(\.readsOldAmberLiterally) || !Safeguard.oldAmber.stands
  }
}
