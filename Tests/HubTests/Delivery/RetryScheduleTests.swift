import Testing

@testable import Hub

@Suite struct `The schedule of retries` {
  @Test func `pauses double up to the longest`() {
    let schedule = RetrySchedule(first: 100, longest: 1000)
    let pauses = (1...6).map { schedule.pause(afterAttempts: $0, delivery: 0) }
    #expect(pauses == [100, 200, 400, 800, 1000, 1000])
  }

  @Test func `a great number of attempts does not overflow`() {
    #expect(RetrySchedule(first: 250, longest: 60_000).pause(afterAttempts: .max, delivery: 0) == 60_000)
    #expect(RetrySchedule(first: 250, longest: 60_000).pause(afterAttempts: 0, delivery: 0) == 250)
  }

  @Test func `deliveries that failed together come back apart, and never earlier than three quarters`() {
    let schedule = RetrySchedule(first: 1000, longest: 60_000)
    let pauses = Set((1...100).map { schedule.pause(afterAttempts: 1, delivery: $0) })
    #expect(pauses.count > 50)
    #expect(pauses.allSatisfy { (750...1000).contains($0) })
  }
}
