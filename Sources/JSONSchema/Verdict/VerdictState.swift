import JSON

/// What a verdict may still cost, and what stood in its way. A verdict with a fault is no: what could not be judged
/// does not pass.
struct VerdictState {
  /// Schemas that judge the same value again multiply with the depth of the value, so each time has its price.
  var budget: Int
  var fault: Fault?

  enum Fault {
    /// The value at a tape word was not judged, since the schema asks for too much.
    case tooCostly(Int)
    /// A pattern could not be decided on the string at a tape word.
    case pattern(Pattern, Int)
  }

  /// For the value at a tape word.
  init(_ tape: JSONTape, _ index: Int) {
    let words = tape.next(index) - index
    budget = 400_000 + 256 * min(words, 50_000) + 32 * words
  }

  /// Pays for judging the value at a tape word once more; whether that could be paid.
  @inline(__always)
  mutating func pay(_ tape: JSONTape, _ index: Int) -> Bool {
    budget &-= 1 &+ (tape.next(index) &- index) &>> 3
    if budget > 0 { return true }
    if fault == nil { fault = .tooCostly(index) }
    return false
  }
}
