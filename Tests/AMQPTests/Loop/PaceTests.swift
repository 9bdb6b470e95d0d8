import Testing

@testable import AMQP

@Suite struct PaceTests {
  private let millisecond = 1_000_000

  @Test func `a quiet loop never rests`() {
    var pace = Pace()
    for turn in 0..<100 {
      pace.note(1, isPressed: false)
      let rest = pace.rest(at: turn * millisecond)
      #expect(rest == nil)
    }
  }

  @Test func `a busy loop rests until there is a batch, and never long`() throws {
    var pace = Pace()
    var now = 1000 * millisecond
    for messages in [10, 60] {
      for _ in 0..<10 {
        pace.note(messages, isPressed: false)
        let found = pace.rest(at: now)
        let rest = try #require(found)
        #expect(rest > 0 && rest <= Pace.longest)
        now += max(rest, millisecond)
      }
    }
  }

  @Test func `where more comes at once than a rest is worth there is none`() {
    for (messages, bytes) in [(10_000, 0), (10, 10_000 * Pace.unit)] {
      var pace = Pace()
      for turn in 1000..<1100 {
        pace.note(messages, bytes: bytes, isPressed: false)
        let rest = pace.rest(at: turn * millisecond)
        #expect(rest == nil)
      }
    }
  }

  @Test(arguments: [true, false]) func `there is no rest after a turn that had enough to do`(_ hasMore: Bool) {
    var pace = Pace()
    let now = 1000 * millisecond
    pace.note(50, isPressed: false)
    let before = pace.rest(at: now)
    #expect(before != nil)
    pace.note(hasMore ? 50 : Pace.aim, isPressed: false, hasMore: hasMore)
    let full = pace.rest(at: now + 2 * millisecond)
    #expect(full == nil)
    pace.note(50, isPressed: false)
    let after = pace.rest(at: now + 4 * millisecond)
    #expect(after != nil)
  }

  @Test func `resting that brings nothing more is given up for a while`() {
    var pace = Pace()
    var now = 1000 * millisecond
    pace.note(50, isPressed: false)
    let first = pace.rest(at: now)
    #expect(first != nil)
    now += 2 * millisecond
    pace.note(1, isPressed: false)
    let afterNothing = pace.rest(at: now)
    #expect(afterNothing == nil)
    pace.note(50, isPressed: false)
    let soon = pace.rest(at: now + millisecond)
    #expect(soon == nil)
    now += 2 * Pace.pauses.lowerBound
    pace.note(50, isPressed: false)
    let later = pace.rest(at: now)
    #expect(later != nil)
  }

  @Test func `a rest in which the work stood still is the last for a while`() {
    var pace = Pace()
    let now = 1000 * millisecond
    pace.note(50, isPressed: true)
    let first = pace.rest(at: now)
    #expect(first != nil)
    pace.note(50, isPressed: true)
    let afterStandstill = pace.rest(at: now + 2 * millisecond)
    #expect(afterStandstill == nil)
  }
}
