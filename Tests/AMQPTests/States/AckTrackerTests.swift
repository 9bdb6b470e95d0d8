import Testing

@testable import AMQP

@Suite struct AckTrackerTests {
  private func tracker(_ count: UInt64, prefetch: Int = 512) -> AckTracker {
    var tracker = AckTracker(prefetch: prefetch)
    for tag in 1...count { #expect(tracker.delivered(tag) == true) }
    return tracker
  }

  private func one(_ tag: UInt64) -> AckTracker.Ack { .init(deliveryTag: tag, multiple: false) }
  private func upTo(_ tag: UInt64) -> AckTracker.Ack { .init(deliveryTag: tag, multiple: true) }

  @Test func `a tag out of order is refused`() {
    var tracker = tracker(2)
    #expect(tracker.delivered(2) == false)
    #expect(tracker.delivered(4) == false)
    #expect(tracker.delivered(3) == true)
  }

  @Test func `what is unknown or settled is not settled again`() {
    var tracker = tracker(3)
    #expect(tracker.acknowledge(0, at: 0) == false)
    #expect(tracker.acknowledge(4, at: 0) == false)
    #expect(tracker.acknowledge(1, at: 0) == true)
    #expect(tracker.acknowledge(1, at: 0) == false)
    #expect(tracker.reject(1) == false)
    #expect(tracker.flush(at: 0) == [one(1)])
    #expect(tracker.acknowledge(1, at: 0) == false)
    #expect(tracker.reject(1) == false)
  }

  @Test func `a contiguous prefix is one ack`() {
    var tracker = tracker(5)
    for tag: UInt64 in [3, 1, 2, 5] { #expect(tracker.acknowledge(tag, at: 0) == true) }
    #expect(tracker.flush(at: 0) == [upTo(3)])
    #expect(tracker.pending == 1)
    #expect(tracker.acknowledge(4, at: 1) == true)
    #expect(tracker.flush(at: 1) == [upTo(5)])
    #expect(tracker.unsettled == 0)
  }

  @Test func `nothing in work is never acknowledged`() {
    var tracker = tracker(3)
    #expect(tracker.acknowledge(2, at: 0) == true)
    #expect(tracker.acknowledge(3, at: 0) == true)
    #expect(tracker.flush(at: 10) == [])
    #expect(tracker.deadline == AckTracker.patience)
    #expect(tracker.flush(at: AckTracker.patience) == [one(2), one(3)])
    #expect(tracker.outstanding == 1)
    #expect(tracker.acknowledge(1, at: 60) == true)
    #expect(tracker.flush(at: 60) == [one(1)])
  }

  @Test func `a multiple ack ends at a tag that was acknowledged, not at a rejected one`() {
    var tracker = tracker(4)
    #expect(tracker.acknowledge(1, at: 0) == true)
    #expect(tracker.reject(2) == true)
    #expect(tracker.acknowledge(3, at: 0) == true)
    #expect(tracker.reject(4) == true)
    #expect(tracker.flush(at: 0) == [upTo(3)])
    #expect(tracker.unsettled == 0)
  }

  @Test func `it is urgent when the broker may soon have nothing left to send`() {
    var tracker = tracker(200)
    for tag in 1...63 as ClosedRange<UInt64> { #expect(tracker.acknowledge(tag, at: 0) == true) }
    #expect(!tracker.isUrgent)
    #expect(tracker.acknowledge(64, at: 0) == true)
    #expect(tracker.isUrgent)
    #expect(tracker.flush(at: 0) == [upTo(64)])
    #expect(!tracker.isUrgent)
  }

  @Test func `it is due with enough acks, sooner where the prefetch is small, and after a while`() {
    var many = tracker(100, prefetch: 1024)
    for tag in 1..<UInt64(AckTracker.batch) { #expect(many.acknowledge(tag, at: 3) == true) }
    #expect(!many.isDue)
    #expect(many.deadline == 3 + AckTracker.delay)
    #expect(many.acknowledge(UInt64(AckTracker.batch), at: 4) == true)
    #expect(many.isDue)
    #expect(!many.isUrgent)
    var few = AckTracker(prefetch: 1)
    #expect(few.delivered(1) == true)
    #expect(few.deadline == nil)
    #expect(few.acknowledge(1, at: 0) == true)
    #expect(few.isDue)
    #expect(few.isUrgent)
    #expect(few.flush(at: 0) == [one(1)])
    #expect(few.deadline == nil)
  }

  @Test func `at the end everything acknowledged goes out`() {
    var tracker = tracker(4)
    for tag: UInt64 in [1, 3] { #expect(tracker.acknowledge(tag, at: 0) == true) }
    #expect(tracker.flush(at: 0, everything: true) == [one(1), one(3)])
  }

  @Test func `random work is acknowledged exactly once each`() {
    var generator = SplitMix(state: 11)
    var tracker = AckTracker()
    var delivered: UInt64 = 0
    var inWork: [UInt64] = []
    var acknowledged: Set<UInt64> = []
    // What a broker would hold as unacknowledged.
    var held: Set<UInt64> = []
    for step in 0..<5000 {
      if Bool.random(using: &generator) {
        delivered += 1
        #expect(tracker.delivered(delivered) == true)
        inWork.append(delivered)
        held.insert(delivered)
      } else if !inWork.isEmpty {
        let tag = inWork.remove(at: Int.random(in: 0..<inWork.count, using: &generator))
        if Int.random(in: 0..<10, using: &generator) == 0 {
          #expect(tracker.reject(tag) == true)
          held.remove(tag)
        } else {
          #expect(tracker.acknowledge(tag, at: step) == true)
          acknowledged.insert(tag)
        }
      }
      for ack in tracker.flush(at: step, everything: step == 4999) {
        #expect(held.contains(ack.deliveryTag))
        let settled = ack.multiple ? held.filter { $0 <= ack.deliveryTag } : [ack.deliveryTag]
        #expect(acknowledged.isSuperset(of: settled))
        held.subtract(settled)
      }
    }
    #expect(held == Set(inWork))
  }
}
