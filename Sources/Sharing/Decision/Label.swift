import STIX

/// What an object's marking comes to in its message, before any arrangement has its say.
enum Label: Hashable, Sendable {
  /// It says something that is not known here.
  case unknown
  /// It says nothing. The sender's header still sets a floor.
  case unmarked(atLeast: TLP)
  /// `strict` reads TLP 1's AMBER as AMBER+STRICT, `literal` as AMBER; they are equal for anything else.
  case known(strict: TLP, literal: TLP)

  /// The label where it is read this way; nil where an arrangement must have a rule for it, or none can.
  func tlp(literally: Bool) -> TLP? {
    guard case .known(let strict, let literal) = self else { return nil }
    return literally ? literal : strict
  }
}
