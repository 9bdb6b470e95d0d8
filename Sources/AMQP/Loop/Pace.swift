/// How long the loop rests between its turns, so that under load each turn finds more to do: a look at a socket, a write
/// and a task that is woken cost more than many messages. As network cards do with their interrupts.
///
/// Few messages are never kept waiting, and there is no rest after a turn that had enough to do. Where resting brings no
/// more of them, or the work stood still meanwhile because somebody waits for answers before going on, the loop stops
/// resting for a while.
struct Pace {
  /// The longest rest, in nanoseconds.
  static let longest = 2_000_000
  /// Not worth the while.
  static let shortest = 150_000
  /// So much work in one turn is aimed at, in messages or as many times `unit`.
  static let aim = 64
  /// Bytes of bodies that count as much as a message: when more than a socket holds comes meanwhile, resting is a waste.
  static let unit = 2048
  /// Less work in a millisecond is no load.
  static let load = 3
  /// A rest that brought fewer messages was for nothing.
  static let least = 4
  /// The pauses from resting after it brought nothing.
  static let pauses = 10_000_000...160_000_000

  private var window = 0
  private var current = 0
  private var previous = 0
  private var turn = 0
  private var messages = 0
  private var isPressed = false
  private var hasMore = false
  private var hasRested = false
  private var noneUntil = 0
  private var pause = Pace.pauses.lowerBound

  /// Messages came, with so many bytes of bodies, or were settled; `isPressed` where the work behind them stood still,
  /// `hasMore` where more had come than was read.
  mutating func note(_ messages: Int, bytes: Int = 0, isPressed: Bool, hasMore: Bool = false) {
    self.messages += messages
    turn += messages + bytes / Self.unit
    self.isPressed = self.isPressed || isPressed
    self.hasMore = self.hasMore || hasMore
  }

  /// A turn of the loop is over: how long to rest, if at all.
  mutating func rest(at now: Int) -> Int? {
    let wasForNothing = hasRested && (messages < Self.least || isPressed)
    let wasOfUse = hasRested && !wasForNothing
    // There is enough to do without it, and what lies waiting grows cold.
    let isFull = hasMore || turn >= Self.aim
    hasMore = false
    roll(to: now)
    current += turn
    turn = 0
    messages = 0
    isPressed = false
    hasRested = false
    if wasForNothing {
      noneUntil = now + pause
      pause = min(2 * pause, Self.pauses.upperBound)
    } else if wasOfUse {
      pause = Self.pauses.lowerBound
    }
    let rate = max(current, previous) * 1_000_000 / Self.longest
    guard rate >= Self.load, now >= noneUntil, !isFull else { return nil }
    let rest = min(Self.longest, Self.aim * 1_000_000 / rate)
    guard rest >= Self.shortest else { return nil }
    hasRested = true
    return rest
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
