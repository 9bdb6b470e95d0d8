import Contract
import STIX

/// What becomes of the objects of one class for one recipient, each looked at alone.
struct ObjectVerdict: Sendable, Equatable {
  /// The rule by which they do not pass; nil where they do.
  let rule: DecisionRule?
  /// The label that they pass with; nil where they take the label of what they explain.
  let label: TLP?
  /// The places of the grants that cover them, among those that match the message.
  let covering: TermSet
  /// The rule as a number, 0 for none: which objects pass is compared by these.
  let code: UInt8

  static func pass(_ label: TLP?, _ covering: TermSet) -> Self {
    Self(rule: nil, label: label, covering: covering, code: 0)
  }

  static func withhold(_ rule: DecisionRule) -> Self {
    Self(rule: rule, label: nil, covering: TermSet(), code: Self.codes[rule] ?? .max)
  }

  private static let codes = Dictionary(
    uniqueKeysWithValues: DecisionRule.allCases.enumerated().map { ($1, UInt8($0 + 1)) })
}

/// Judges classes of objects under the grants that match the message. Permission needs one grant that covers the
/// object; what restricts holds whatever the grants say.
final class ObjectJudgement: Sendable {
  let message: MessageJudgement
  let terms: [Term]
  private let ceiling: TLP?
  private let literally: Bool
  private let isNamed: Bool
  private let topics: Topics
  private let onward: OnwardRules

  init(_ message: MessageJudgement, terms: [Term], topics: Topics, onward configuration: Configuration) {
    self.message = message
    self.terms = terms
    self.topics = topics
    onward = OnwardRules(configuration, message)
    ceiling = message.ceiling
    literally = message.readsOldAmberLiterally
    isNamed = message.naming == .recipient
  }

  func verdict(_ object: ObjectClass) -> ObjectVerdict {
    if DecisionRule.cannotBeJudged.fires(object.role == .disputed) { return .withhold(.cannotBeJudged) }
    if DecisionRule.unknownMarking.fires(object.label == .unknown) { return .withhold(.unknownMarking) }
    if DecisionRule.prohibited.fires(message.prohibits(type: object.type)) { return .withhold(.prohibited) }
    if let rule = keptBack(object) { return .withhold(rule) }
    if object.role == .definition(isFree: true) { return .pass(nil, TermSet()) }
    if object.role == .content, DecisionRule.notSubscribed.fires(!isSubscribed(object)) {
      return .withhold(.notSubscribed)
    }
    var covering = TermSet()
    var strictest = TLP.clear
    var nearest = DecisionRule.typeNotGranted
    for (place, term) in terms.enumerated() {
      switch label(object, under: term) {
      case .success(let tlp):
        covering.insert(place)
        strictest = max(strictest, tlp)
      case .failure(let miss):
        if miss.rule.nearness > nearest.nearness { nearest = miss.rule }
      }
    }
    guard !covering.isEmpty else { return .withhold(nearest) }
    guard !DecisionRule.onwardNotAllowed.fires(!onward.allows(object.creator, strictest)) else {
      return .withhold(.onwardNotAllowed)
    }
    return .pass(strictest, covering)
  }

  /// What keeps an object from the recipient whatever the grants say.
  private func keptBack(_ object: ObjectClass) -> DecisionRule? {
    let handling = object.handling
    if DecisionRule.classified.fires(handling.controls.contains(.classified)) { return .classified }
    let country = message.recipient.jurisdiction
    let isForeign =
      handling.controls.contains(.noForeign) && country != "US"
      || !(handling.nationalities?.contains(Nationality.code(country)) ?? true)
    if DecisionRule.notReleasable.fires(isForeign) { return .notReleasable }
    let isItsOwn = object.creator == message.recipient.id && object.creator != message.sender.id
    if object.role == .content, DecisionRule.backToOrigin.fires(isItsOwn) { return .backToOrigin }
    if object.role == .content, DecisionRule.returned.fires(object.isReturned) { return .returned }
    return nil
  }

  /// Whether some line of what the recipient wants fits.
  private func isSubscribed(_ object: ObjectClass) -> Bool {
    let lines = message.recipient.subscriptions
    return lines.isEmpty
      || lines.contains { line in
        (line.kinds?.contains(message.form.kind) ?? true) && (line.objectTypes?.contains(object.type) ?? true)
          && (line.sectors.map { !topics.sectors.isDisjoint(with: $0.map(Sector.comparable)) } ?? true)
          && (line.countries.map { !topics.countries.isDisjoint(with: $0) } ?? true)
          && (line.minimumConfidence.map { (object.confidence ?? -1) >= $0 } ?? true)
      }
  }

  private struct Miss: Error {
    let rule: DecisionRule
  }

  /// The label with which a grant covers objects of the class, or the condition that it fails.
  private func label(_ object: ObjectClass, under term: Term) -> Result<TLP, Miss> {
    let isOtherType = object.needsTypeGranted && !term.grant.objectTypes.contains(object.type)
    if DecisionRule.typeNotGranted.fires(isOtherType) {
      return .failure(Miss(rule: .typeNotGranted))
    }
    let tlp: TLP
    switch object.label {
    case .unknown:
      guard !Safeguard.rule(.unknownMarking).stands else { return .failure(Miss(rule: .unknownMarking)) }
      tlp = .clear
    case .unmarked(let floor):
      let agreed = term.arrangement.unmarked
      if DecisionRule.unmarked.fires(agreed == nil) { return .failure(Miss(rule: .unmarked)) }
      tlp = max(agreed ?? .clear, floor)
    case .known(let strict, let literal): tlp = literally ? literal : strict
    }
    if DecisionRule.redNotNamed.fires(tlp == .red && !isNamed) { return .failure(Miss(rule: .redNotNamed)) }
    if DecisionRule.aboveGrant.fires(tlp > term.grant.maximumTLP) { return .failure(Miss(rule: .aboveGrant)) }
    if let ceiling, DecisionRule.aboveArrangement.fires(tlp > ceiling) {
      return .failure(Miss(rule: .aboveArrangement))
    }
    if DecisionRule.aboveRecipient.fires(tlp > message.recipient.maximumTLP) {
      return .failure(Miss(rule: .aboveRecipient))
    }
    if let pap = object.handling.pap, let maximum = term.grant.maximumPAP,
      DecisionRule.papAboveGrant.fires(pap > maximum)
    {
      return .failure(Miss(rule: .papAboveGrant))
    }
    let controls = object.handling.controls.intersection(HandlingControl.named)
    let covered = term.grant.handling.intersection(message.recipient.clearance)
    if DecisionRule.handlingNotGranted.fires(!controls.isSubset(of: covered)) {
      return .failure(Miss(rule: .handlingNotGranted))
    }
    return .success(tlp)
  }
}
