import Testing

@testable import AMQP

@Suite struct ActiveClockTests {
  @Test func `time stands still while blocked`() {
    var clock = ActiveClock()
    #expect(clock.time(at: 100) == 100)
    clock.block(at: 100)
    clock.block(at: 150)
    #expect(clock.time(at: 400) == 100)
    #expect(clock.moment(of: 200) == nil)
    clock.unblock(at: 400)
    #expect(clock.time(at: 410) == 110)
    #expect(clock.moment(of: 200) == 500)
    clock.unblock(at: 600)
    #expect(clock.time(at: 610) == 310)
  }
}
