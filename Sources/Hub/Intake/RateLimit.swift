import Contract
import Sharing

/// How fast something may flow: a bucket that holds one second's worth, one piece at least, and fills steadily.
struct RateLimit: Sendable {
  private var tokens: Double
  private var at: Instant

  init(perSecond: Double, at: Instant) {
    tokens = max(1, perSecond)
    self.at = at
  }

  /// Takes what `amount` costs; gives the milliseconds to wait before going on, 0 for none.
  ///
  /// A clock that goes back fills nothing.
  mutating func take(_ amount: Int, perSecond rate: Double, now: Instant) -> Int64 {
    let passed = Double(max(0, now.milliseconds - at.milliseconds))
    at = now
    tokens = min(max(1, rate), tokens + passed * rate / 1000) - Double(amount)
    return tokens >= 0 ? 0 : Int64((-tokens / rate * 1000).rounded(.up))
  }
}

/// The limits of one agency along one lane, with how much of them is used.
struct AgencyRates: Sendable {
  private var messages: RateLimit?
  private var bytes: RateLimit?

  /// Takes what came; gives the milliseconds to wait before it is dealt with.
  mutating func take(messages count: Int, bytes size: Int, _ limits: Limits, now: Instant) -> Int64 {
    max(
      Self.take(count, limits.messagesPerSecond, &messages, now: now),
      Self.take(size, limits.bytesPerSecond, &bytes, now: now))
  }

  private static func take(_ amount: Int, _ rate: Double?, _ limit: inout RateLimit?, now: Instant) -> Int64 {
    guard let rate else {
      limit = nil
      return 0
    }
    var bucket = limit ?? RateLimit(perSecond: rate, at: now)
    defer { limit = bucket }
    return bucket.take(amount, perSecond: rate, now: now)
  }

  /// What an agency may send in a second; nil for no limit.
  struct Limits: Sendable, Equatable {
    var messagesPerSecond: Double?
    var bytesPerSecond: Double?

    /// The stricter one of the agency's file and the hub's settings.
    init(_ agency: AgencyID, _ configuration: Configuration) {
      let own = configuration.agencies[agency]?.rateLimits
      let settings = configuration.settings.flow.messagesPerSecond(agency).map { Double($0) }
      messagesPerSecond = [own?.messagesPerMinute.map { Double($0) / 60 }, settings].compactMap { $0 }.min()
      bytesPerSecond = own?.bytesPerMinute.map { Double($0) / 60 }
    }
  }
}
