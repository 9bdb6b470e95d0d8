import Contract

/// How fast one agency may send along one lane: a bucket that holds one second's worth and fills steadily.
struct RateLimit: Sendable {
  private var tokens: Double
  private var at: Instant
  private var perSecond: Int

  init(perSecond: Int, at: Instant) {
    self.perSecond = perSecond
    tokens = Double(perSecond)
    self.at = at
  }

  /// Takes what `count` messages cost; gives the milliseconds to wait before going on, 0 for none.
  ///
  /// A clock that goes back fills nothing.
  mutating func take(_ count: Int, perSecond rate: Int, now: Instant) -> Int64 {
    perSecond = rate
    let passed = Double(max(0, now.milliseconds - at.milliseconds))
    at = now
    tokens = min(Double(rate), tokens + passed * Double(rate) / 1000) - Double(count)
    return tokens >= 0 ? 0 : Int64((-tokens / Double(rate) * 1000).rounded(.up))
  }
}
