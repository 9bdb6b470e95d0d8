/// When a delivery that failed for a while is tried again: a pure function of the attempts so far.
package struct RetrySchedule: Sendable, Equatable {
  /// Milliseconds before the second attempt.
  package var first: Int64 = 250
  /// The longest pause in milliseconds.
  package var longest: Int64 = 60_000

  package init(first: Int64 = 250, longest: Int64 = 60_000) {
    self.first = first
    self.longest = longest
  }

  /// The pause in milliseconds after so many failed attempts: doubled each time up to the longest, spread by up to a
  /// quarter with a share that follows from the delivery's number, so that many that failed together come back apart.
  package func pause(afterAttempts attempts: Int, delivery: Int64) -> Int64 {
    let doublings = min(max(attempts - 1, 0), 30)
    let base = min(first << Int64(doublings), longest)
    let share = (UInt64(bitPattern: delivery) &* 0x9E37_79B9_7F4A_7C15) >> 54
    return base - base / 4 * Int64(share) / 1024
  }
}
