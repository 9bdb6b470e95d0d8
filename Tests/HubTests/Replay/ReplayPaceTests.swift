import Contract
import Testing

@testable import Hub

/// How fast a replay goes on, and when it holds itself.
@Suite struct `A replay's pace` {
  @Test func `begins with one, ten, a hundred`() {
    var pace = ReplayPace(ReplayOrder())
    var steps: [Int] = []
    for _ in 0..<5 {
      steps.append(pace.step)
      #expect(pace.note(done: pace.step, failed: 0) == nil)
    }
    #expect(steps == [1, 10, 100, 256, 256])
    #expect(!pace.isRamping)
  }

  @Test func `keeps to a rate, below the steps and between them`() {
    var order = ReplayOrder(rate: 20, ramps: false)
    #expect(ReplayPace(order).step == 5)
    #expect(ReplayPace(order).milliseconds(for: 5) == 250)
    order.rate = 0.5
    #expect(ReplayPace(order).step == 1)
    #expect(ReplayPace(order).milliseconds(for: 1) == 2000)
    order.rate = 0
    #expect(ReplayPace(order).milliseconds(for: 256) == 0)
  }

  @Test(arguments: [(9, 9, false), (10, 2, false), (10, 3, true), (1000, 200, false), (1000, 201, true)])
  func `holds above its share of failures, once enough are known`(_ done: Int, _ failed: Int, _ holds: Bool) {
    var pace = ReplayPace(ReplayOrder(stopRatio: 0.2))
    #expect((pace.note(done: done, failed: failed) != nil) == holds)
  }

  @Test func `never holds where all may fail`() {
    var pace = ReplayPace(ReplayOrder(stopRatio: 1))
    #expect(pace.note(done: 100, failed: 100) == nil)
  }

  @Test func `comes from an order that reads back the same, or is refused`() throws {
    let order = ReplayOrder(
      rate: 12.5, ramps: false, stopRatio: 0.05, again: true, lane: .incident, reason: "a \"reason\"", choice: "x")
    #expect(try ReplayOrder(decoding: order.encoded()) == order)
    #expect(throws: StageFailure.self) { try ReplayOrder(decoding: Array("{}".utf8)) }
    let strange = #"{"rate":1,"ramps":true,"stop_ratio":1,"again":false,"lane":"slow"}"#
    #expect(throws: StageFailure.self) { try ReplayOrder(decoding: Array(strange.utf8)) }
  }
}
