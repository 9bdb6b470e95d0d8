import Contract
import Sharing
import Testing

@testable import Hub

/// How long an agency waits that sends faster than it may.
struct RateLimitTests {
  @Test func `a burst of one second passes at once, and the next waits for its place`() {
    var limit = RateLimit(perSecond: 10, at: Instant(milliseconds: 0))
    #expect(limit.take(10, perSecond: 10, now: Instant(milliseconds: 0)) == 0)
    #expect(limit.take(1, perSecond: 10, now: Instant(milliseconds: 0)) == 100)
    #expect(limit.take(4, perSecond: 10, now: Instant(milliseconds: 100)) == 400)
  }

  @Test func `over any time it lets through no more than the rate`() {
    var limit = RateLimit(perSecond: 50, at: Instant(milliseconds: 0))
    var now: Int64 = 0
    var taken = 0
    while now < 60_000 {
      taken += 64
      now += limit.take(64, perSecond: 50, now: Instant(milliseconds: now))
    }
    #expect(taken <= 60 * 50 + 50 + 64)
    #expect(taken >= 60 * 50)
  }

  @Test func `long silence saves up one second and no more`() {
    var limit = RateLimit(perSecond: 10, at: Instant(milliseconds: 0))
    #expect(limit.take(20, perSecond: 10, now: Instant(milliseconds: 86_400_000)) == 1000)
  }

  @Test func `a clock that goes back gives nothing`() {
    var limit = RateLimit(perSecond: 10, at: Instant(milliseconds: 10_000))
    _ = limit.take(10, perSecond: 10, now: Instant(milliseconds: 10_000))
    #expect(limit.take(1, perSecond: 10, now: Instant(milliseconds: 0)) == 100)
    #expect(limit.take(1, perSecond: 10, now: Instant(milliseconds: 100)) == 100)
  }

  @Test func `a new rate holds from the next message on`() {
    var limit = RateLimit(perSecond: 1, at: Instant(milliseconds: 0))
    _ = limit.take(1, perSecond: 1, now: Instant(milliseconds: 0))
    #expect(limit.take(10, perSecond: 1000, now: Instant(milliseconds: 1000)) == 0)
  }

  @Test func `a rate below one a second lets one through, and the next after its time`() {
    var limit = RateLimit(perSecond: 0.5, at: Instant(milliseconds: 0))
    #expect(limit.take(1, perSecond: 0.5, now: Instant(milliseconds: 0)) == 0)
    #expect(limit.take(1, perSecond: 0.5, now: Instant(milliseconds: 0)) == 2000)
  }

  @Test func `of messages and bytes the scarcer one decides, and what has no limit never waits`() {
    var rates = AgencyRates()
    var limits = AgencyRates.Limits(.known("us-cisa"), Configuration(agencies: [], arrangements: []))
    #expect(rates.take(messages: 1_000_000, bytes: 1 << 40, limits, now: Example.now) == 0)
    limits.messagesPerSecond = 100
    limits.bytesPerSecond = 1000
    #expect(rates.take(messages: 1, bytes: 3000, limits, now: Example.now) == 2000)
    limits.bytesPerSecond = nil
    #expect(rates.take(messages: 1, bytes: 1 << 40, limits, now: Example.now) == 0)
  }
}
