/// How long the loop rests between its turns, so that under load each turn finds more to do: a look at a socket, a write
/// and a task that is woken cost more than many messages. As network cards do with their interrupts.
///
/// Few messages are never kept waiting. Where resting brings no more of them, or the work stood still meanwhile because
/// somebody waits for answers before going on, the loop stops resting for a while.
struct Pace {
  /// The longest rest, in nanoseconds.
  static let longest = 2_000_000
  /// So many messages in one turn are aimed at.
  static let aim = 64
  /// Fewer messages in a millisecond are no load.
  static let load = 3
  /// A rest that brought fewer messages was for nothing.
  static let least = 4
  /// The pauses from resting after it brought nothing.
  static let pauses = 10_000_000...160_000_000

  private var window = 0
  private var current = 0
  private var previous = 0
  private var turn = 0
  private var isPressed = false
  private var hasRested = false
  private var noneUntil = 0
  private var pause = Pace.pauses.lowerBound

  /// Messages came or were settled; `isPressed` where the work behind them stood still.
  mutating func note(_ messages: Int, isPressed: Bool) {
    turn += messages
    self.isPressed = self.isPressed || isPressed
  }

  /// A turn of the loop is over: how long to rest, if at all.
  mutating func rest(at now: Int) -> Int? {
    let messages = turn
    let wasForNothing = hasRested && (messages < Self.least || isPressed)
    let wasOfUse = hasRested && !wasForNothing
    turn = 0
    isPressed = false
    hasRested = false
    roll(to: now)
    current += messages
    if wasForNothing {
      noneUntil = now + pause
      pause = min(2 * pause, Self.pauses.upperBound)
    } else if wasOfUse {
      pause = Self.pauses.lowerBound
    }
    let rate = max(current, previous) * 1_000_000 / Self.longest
    guard rate >= Self.load, now >= noneUntil else { return nil }
    hasRested = true
    return min(Self.longest, Self.aim * 1_000_000 / rate)
  }

  /// Counts go by windows as long as the longest rest; the rate is that of a millisecond.
  private mutating func roll(to now: Int) {
    let window = now / Self.longest
    guard window != self.window else { return }
    previous = window == self.window + 1 ? current : 0
    current = 0
    self.window = window
  }
}
