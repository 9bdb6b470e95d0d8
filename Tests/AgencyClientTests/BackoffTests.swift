import Testing

@testable import AgencyClient

@Suite struct BackoffTests {
  @Test func `waits double up to the ceiling and are spread`() {
    var backoff = Backoff(first: .milliseconds(100), ceiling: .seconds(2))
    var generator = SystemRandomNumberGenerator()
    for whole in [100, 200, 400, 800, 1600, 2000, 2000] {
      let wait = backoff.next(using: &generator)
      #expect(wait >= .milliseconds(whole / 2))
      #expect(wait <= .milliseconds(whole))
    }
    for _ in 0..<100 { #expect(backoff.next() <= .seconds(2)) }
    backoff.reset()
    #expect(backoff.next() <= .milliseconds(100))
  }
}
