import Contract
import STIX

/// What becomes of the objects of one class for one recipient, each looked at alone.
enum ObjectVerdict: Sendable, Equatable {
  /// They pass with this label; nil where they take the label of what they explain. `terms` are the places of the
  /// grants that cover them, among those that match the message.
  case pass(TLP?, terms: [Int])
  case withhold(DecisionRule)

  var isPass: Bool { if case .pass = self { true } else { false } }
}

/// Judges classes of objects under the grants that match the message. Permission needs one grant that covers the
/// object; what restricts holds whatever the grants say.
struct ObjectJudgement {
  let message: MessageJudgement
  let terms: [Term]
  private let ceiling: TLP?
  private let literally: Bool
  private let isNamed: Bool

  init(_ message: MessageJudgement, terms: [Term]) {
    self.message = message
    self.terms = terms
    ceiling = message.ceiling
    literally = message.readsOldAmberLiterally
    isNamed = message.submission.named?.contains(message.recipient.id) ?? false
  }

  func verdict(_ object: ObjectClass) -> ObjectVerdict {
    if object.role == .disputed { return .withhold(.cannotBeJudged) }
    if object.label == .unknown { return .withhold(.unknownMarking) }
    if message.binding.contains(where: { message.prohibits($0, type: object.type) }) { return .withhold(.prohibited) }
    if object.role == .definition(isFree: true) { return .pass(nil, terms: []) }
    var covering: [Int] = []
    var strictest = TLP.clear
    var nearest = DecisionRule.typeNotGranted
    for (place, term) in terms.enumerated() {
      switch label(object, under: term) {
      case .success(let tlp):
        covering.append(place)
        strictest = max(strictest, tlp)
      case .failure(let miss):
        if miss.rule.nearness > nearest.nearness { nearest = miss.rule }
      }
    }
    return covering.isEmpty ? .withhold(nearest) : .pass(strictest, terms: covering)
  }

  private struct Miss: Error {
    let rule: DecisionRule
  }

  /// The label with which a grant covers objects of the class, or the condition that it fails.
  private func label(_ object: ObjectClass, under term: Term) -> Result<TLP, Miss> {
    if object.needsTypeGranted, !term.grant.objectTypes.contains(object.type) {
      return .failure(Miss(rule: .typeNotGranted))
    }
    let tlp: TLP
    switch object.label {
    case .unknown: return .failure(Miss(rule: .unknownMarking))
    case .unmarked(let floor):
      guard let agreed = term.arrangement.unmarked else { return .failure(Miss(rule: .unmarked)) }
      tlp = max(agreed, floor)
    case .known(let strict, let literal): tlp = literally ? literal : strict
    }
    if tlp == .red, !isNamed { return .failure(Miss(rule: .redNotNamed)) }
    if tlp > term.grant.maximumTLP { return .failure(Miss(rule: .aboveGrant)) }
    if let ceiling, tlp > ceiling { return .failure(Miss(rule: .aboveArrangement)) }
    if tlp > message.recipient.maximumTLP { return .failure(Miss(rule: .aboveRecipient)) }
    return .success(tlp)
  }
}
