/// How a client comes back after its connection was lost.
public struct AMQPRecovery: Sendable {
  /// The first pause is a random part of this; it doubles with each attempt that fails.
  public var firstDelaySeconds: Double
  /// No pause is longer.
  public var longestDelaySeconds: Double
  /// After so long without a connection the client gives up with the last error; nil means never.
  public var longestOutageSeconds: Double?

  /// The defaults suit a program that runs for months: they never give up.
  public init(
    firstDelaySeconds: Double = 0.2, longestDelaySeconds: Double = 20, longestOutageSeconds: Double? = nil
  ) {
    self.firstDelaySeconds = firstDelaySeconds
    self.longestDelaySeconds = longestDelaySeconds
    self.longestOutageSeconds = longestOutageSeconds
  }
}

/// The pauses between attempts: each random between half and the whole of a bound that doubles, so that many clients of
/// one broker do not come back in step.
struct Backoff: Sendable, Equatable {
  private let first: Double
  private let longest: Double
  private(set) var failures = 0

  init(_ recovery: AMQPRecovery) {
    first = max(0.001, recovery.firstDelaySeconds)
    longest = max(first, recovery.longestDelaySeconds)
  }

  /// Seconds to wait after another failure; `random` is in 0..<1.
  mutating func next(random: Double) -> Double {
    let bound = min(longest, first * Double(1 << min(failures, 30)))
    failures += 1
    return bound * (0.5 + random / 2)
  }

  /// An attempt succeeded.
  mutating func reset() { failures = 0 }
}
