/// How long to wait before the next try: doubling up to a ceiling, and each time somewhere between half of it and the
/// whole, so that many clients do not come back in the same moment.
public struct Backoff: Sendable, Equatable {
  /// The bound of the first pause.
  public var first: Duration
  /// The bound of the longest pause.
  public var ceiling: Duration
  private var failures = 0

  /// Pauses from a fifth of a second to half a minute, where nothing else is said.
  public init(first: Duration = .milliseconds(200), ceiling: Duration = .seconds(30)) {
    self.first = first
    self.ceiling = ceiling
  }

  /// The time to wait after one more failure.
  public mutating func next() -> Duration {
    var generator = SystemRandomNumberGenerator()
    return next(using: &generator)
  }

  mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
    let whole = min(ceiling, first * Double(1 << min(failures, 20)))
    failures += 1
    return whole * Double.random(in: 0.5...1, using: &generator)
  }

  /// After a success.
  public mutating func reset() { failures = 0 }
}
