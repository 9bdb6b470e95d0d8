import Contract

/// A grant with its arrangement, between one sender and one recipient.
final class Term: Sendable {
  let arrangement: Arrangement
  let grant: Grant
  /// What the grant is for: its own purposes, else the arrangement's; nil where neither says any.
  let purposes: [String]?

  init(arrangement: Arrangement, grant: Grant) {
    self.arrangement = arrangement
    self.grant = grant
    purposes = grant.purposes ?? (arrangement.purposes.isEmpty ? nil : arrangement.purposes)
  }

  /// The condition of the grant that the message fails, the last in the order of ``DecisionRule`` of those that it
  /// comes to; nil where all match.
  func miss(
    _ form: MessageForm, _ naming: MessageForm.Naming, to agency: Agency, _ topics: Topics
  ) -> DecisionRule? {
    let recipient = agency.id
    if DecisionRule.kindNotGranted.fires(!grant.kinds.contains(form.kind)) { return .kindNotGranted }
    if DecisionRule.arrangementNotYetInForce.fires(form.at < arrangement.effectiveFrom) {
      return .arrangementNotYetInForce
    }
    let hasEnded = arrangement.expires.map { form.at >= $0 } ?? false
    if DecisionRule.arrangementExpired.fires(hasEnded) { return .arrangementExpired }
    if DecisionRule.arrangementNotSigned.fires(!arrangement.isAgreed) { return .arrangementNotSigned }
    let bases = arrangement.legalBases.filter { $0.concerns(form.sender, recipient) }
    let areValid = bases.allSatisfy { $0.isValid(at: form.at) }
    if DecisionRule.legalBasisExpired.fires(!areValid) { return .legalBasisExpired }
    if let stated = form.comparableLegalBasis,
      DecisionRule.legalBasisUnknown.fires(!bases.contains { ComparableWord($0.id).text == stated })
    {
      return .legalBasisUnknown
    }
    if let groups = grant.groups, DecisionRule.groupNotGranted.fires(groups.isDisjoint(with: agency.groups)) {
      return .groupNotGranted
    }
    if let sectors = grant.sectors {
      if DecisionRule.sectorMissing.fires(topics.sectors.isEmpty) { return .sectorMissing }
      let isOther = !topics.sectors.isEmpty && topics.sectors.isDisjoint(with: sectors.map(Sector.comparable))
      if DecisionRule.sectorNotGranted.fires(isOther) { return .sectorNotGranted }
    }
    let isOtherTraffic = form.exercise ? grant.exercises == .refused : grant.exercises == .only
    if DecisionRule.exerciseNotGranted.fires(isOtherTraffic) { return .exerciseNotGranted }
    if let miss = missedPurpose(form), Safeguard.rule(miss).stands { return miss }
    if DecisionRule.mustBeNamed.fires(grant.mustBeNamed && naming != .recipient) { return .mustBeNamed }
    return nil
  }

  private func missedPurpose(_ form: MessageForm) -> DecisionRule? {
    guard let stated = form.comparablePurpose else { return grant.purposes == nil ? nil : .purposeMissing }
    guard let agreed = purposes else { return .purposeNotGranted }
    return agreed.contains { ComparableWord($0).text == stated } ? nil : .purposeNotGranted
  }
}

extension DecisionRule {
  /// How near a grant came to matching: the further down this list, the nearer.
  static let nearness: [DecisionRule] = [
    .kindNotGranted, .arrangementNotYetInForce, .arrangementExpired, .arrangementNotSigned, .legalBasisExpired,
    .legalBasisUnknown, .groupNotGranted, .sectorMissing, .sectorNotGranted, .exerciseNotGranted, .purposeMissing,
    .purposeNotGranted, .mustBeNamed, .typeNotGranted, .unmarked, .redNotNamed, .aboveGrant, .aboveArrangement,
    .aboveRecipient, .papAboveGrant, .handlingNotGranted,
  ]

  var nearness: Int { Self.nearness.firstIndex(of: self) ?? -1 }
}
