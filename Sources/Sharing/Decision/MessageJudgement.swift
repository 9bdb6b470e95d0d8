import Contract
import STIX

/// Where messages of one form and one recipient meet: what binds them, and what stands in their way as a whole.
struct MessageJudgement: Sendable {
  let form: MessageForm
  let naming: MessageForm.Naming
  let recipient: Agency
  let sender: Agency
  /// The arrangements of which both are parties. What they forbid holds as long as their files stand, in force or not:
  /// what ends is what they allow.
  let binding: [Arrangement]
  /// The grants from the sender to the recipient.
  let terms: [Term]
  /// Of those that bind both, what concerns messages like these.
  private let prohibitions: [(arrangement: Arrangement, parts: [Prohibition])]

  init(
    _ form: MessageForm, _ naming: MessageForm.Naming, from sender: Agency, to recipient: Agency,
    binding: [Arrangement],
    terms: [Term]
  ) {
    self.form = form
    self.naming = naming
    self.sender = sender
    self.recipient = recipient
    self.binding = binding
    self.terms = terms
    prohibitions = binding.compactMap { arrangement in
      let restrictions = Self.restrictions(of: arrangement, form, recipient.id)
      let parts = (arrangement.prohibitions + restrictions.flatMap(\.prohibitions)).filter {
        $0.concerns(form.sender, recipient, form.kind)
      }
      return parts.isEmpty ? nil : (arrangement, parts)
    }
  }

  /// A rule that withholds the message whatever the grants say, with the arrangement that it stands in.
  func obstacle() -> (rule: DecisionRule, arrangement: Arrangement?)? {
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
    if DecisionRule.backToOrigin.fires(form.provenance.origin == recipient.id) { return (.backToOrigin, nil) }
    if DecisionRule.loop.fires(form.provenance.isLoop) { return (.loop, nil) }
    if let maximum = form.provenance.maximumHops,
      DecisionRule.hopsExhausted.fires(form.provenance.hops >= maximum)
    {
      return (.hopsExhausted, nil)
    }
    if DecisionRule.kindReserved.fires(form.kind.isReserved) { return (.kindReserved, nil) }
    if DecisionRule.notNamed.fires(naming == .others) { return (.notNamed, nil) }
    if let prohibiting = prohibitions.first(where: { entry in
      DecisionRule.prohibited.fires(entry.parts.contains { $0.objectTypes == nil })
    }) {
      return (.prohibited, prohibiting.arrangement)
    }
    if let stated = form.comparablePurpose {
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
    let isUnwanted = recipient.format(for: form.kind) == nil
    return DecisionRule.kindNotAccepted.fires(isUnwanted) ? (.kindNotAccepted, nil) : nil
  }

  /// What single parties took back of an arrangement, so far as it concerns these two.
  func restrictions(of arrangement: Arrangement) -> [Restriction] {
    Self.restrictions(of: arrangement, form, recipient.id)
  }

  private static func restrictions(
    of arrangement: Arrangement, _ form: MessageForm, _ recipient: AgencyID
  ) -> [Restriction] {
    guard !arrangement.restrictions.isEmpty, Safeguard.restrictions.stands else { return [] }
    return arrangement.restrictions.filter { $0.concerns(form.sender, recipient, at: form.at) }
  }

  /// Whether an arrangement, or a party of one, prohibits objects of a type in messages like this one.
  func prohibits(type: String) -> Bool {
    prohibitions.contains { $0.parts.contains { $0.objectTypes?.contains(type) ?? true } }
  }

  /// The grants whose conditions on the message all match, or the one that came nearest with what it missed.
  func matches(_ topics: Topics) -> (matching: [Term], nearest: (term: Term, rule: DecisionRule)?) {
    var matching: [Term] = []
    var nearest: (term: Term, rule: DecisionRule)?
    for term in terms {
      guard let rule = term.miss(form, naming, to: recipient, topics) else {
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
