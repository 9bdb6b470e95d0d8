import Contract

/// A grant with its arrangement, between one sender and one recipient.
struct Term: Sendable {
  let arrangement: Arrangement
  let grant: Grant

  /// The condition of the grant that the message fails, the last in the order of ``DecisionRule`` of those that it
  /// comes to; nil where all match.
  func miss(_ submission: Submission, to agency: Agency, _ topics: Topics) -> DecisionRule? {
    let recipient = agency.id
    guard grant.kinds.contains(submission.kind) else { return .kindNotGranted }
    guard submission.at >= arrangement.effectiveFrom else { return .arrangementNotYetInForce }
    guard arrangement.isInForce(at: submission.at) else { return .arrangementExpired }
    guard arrangement.isAgreed else { return .arrangementNotSigned }
    let bases = arrangement.legalBases.filter { $0.concerns(submission.sender, recipient) }
    guard bases.allSatisfy({ $0.isValid(at: submission.at) }) else { return .legalBasisExpired }
    if let stated = submission.comparableLegalBasis, !bases.contains(where: { ComparableWord($0.id).text == stated }) {
      return .legalBasisUnknown
    }
    if let groups = grant.groups, groups.isDisjoint(with: agency.groups) { return .groupNotGranted }
    if let sectors = grant.sectors {
      if topics.sectors.isEmpty { return .sectorMissing }
      if topics.sectors.isDisjoint(with: sectors.map(Sector.comparable)) { return .sectorNotGranted }
    }
    switch grant.exercises {
    case .refused where submission.exercise: return .exerciseNotGranted
    case .only where !submission.exercise: return .exerciseNotGranted
    default: break
    }
    if let miss = missedPurpose(submission) { return miss }
    guard !grant.mustBeNamed || submission.named?.contains(recipient) ?? false else { return .mustBeNamed }
    return nil
  }

  private func missedPurpose(_ submission: Submission) -> DecisionRule? {
    guard let stated = submission.comparablePurpose else { return grant.purposes == nil ? nil : .purposeMissing }
    guard let agreed = purposes else { return .purposeNotGranted }
    return agreed.contains { ComparableWord($0).text == stated } ? nil : .purposeNotGranted
  }

  /// What the grant is for: its own purposes, else the arrangement's; nil where neither says any.
  var purposes: [String]? { grant.purposes ?? (arrangement.purposes.isEmpty ? nil : arrangement.purposes) }
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
