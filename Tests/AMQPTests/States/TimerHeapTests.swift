import Testing

@testable import AMQP

@Suite struct TimerHeapTests {
  @Test func `those whose time has come are taken out, earliest first`() {
    var timers = TimerHeap()
    var times: [UInt64: Int] = [:]
    var random = SystemRandomNumberGenerator()
    for id in 1...500 as ClosedRange<UInt64> {
      times[id] = Int.random(in: 0..<10_000, using: &random)
      timers.schedule(id, at: times[id] ?? 0)
    }
    #expect(timers.next == times.values.min())
    var taken: [Int] = []
    while let id = timers.popDue(at: 5000) { taken.append(times[id] ?? -1) }
    #expect(taken == times.values.filter { $0 <= 5000 }.sorted())
    #expect(timers.next ?? 0 > 5000)
  }

  @Test func `an earlier wish wins, a later one waits for the entry that is there`() {
    var timers = TimerHeap()
    timers.schedule(1, at: 100)
    timers.schedule(1, at: 50)
    timers.schedule(1, at: 200)
    #expect(timers.next == 50)
    #expect(timers.popDue(at: 60) == 1)
    #expect(timers.popDue(at: 1000) == nil)
    timers.schedule(1, at: 70)
    #expect(timers.popDue(at: 1000) == 1)
  }

  @Test func `who is gone, or wants nothing, is not called`() {
    var timers = TimerHeap()
    timers.schedule(1, at: 10)
    timers.schedule(2, at: Int.max)
    timers.remove(1)
    #expect(timers.popDue(at: Int.max) == nil)
  }
}
