import Testing

@testable import AMQP

@Suite struct BackoffTests {
  @Test func `pauses double up to a bound, and are never shorter than half of it`() {
    var backoff = Backoff(AMQPRecovery(firstDelaySeconds: 1, longestDelaySeconds: 10))
    let longest = (0..<6).map { _ in backoff.next(random: 1.0.nextDown) }
    #expect(zip(longest, [1.0, 2, 4, 8, 10, 10]).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(backoff.next(random: 0) == 5)
    backoff.reset()
    #expect(backoff.next(random: 0) == 0.5)
  }

  @Test func `no number of failures overflows`() {
    var backoff = Backoff(AMQPRecovery(firstDelaySeconds: 0, longestDelaySeconds: 3))
    for _ in 0..<200 { #expect(backoff.next(random: 0.5) <= 3) }
  }
}
