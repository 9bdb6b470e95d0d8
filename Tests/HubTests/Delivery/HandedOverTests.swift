import Contract
import Ledger
import Sharing
import Testing

@testable import Hub

@Suite struct `Deliveries that wait in memory` {
  private func delivery(_ number: Int64, _ lane: Lane) -> PendingDelivery {
    let pair = Pair(
      recipient: .known("beta"), outcome: .deliver, rule: "granted", arrangement: nil, reason: "", objects: [],
      decision: [], deliveryID: "d", lane: lane, format: .stix)
    let decision = Decision(recipient: .known("beta"), outcome: .deliver, rule: .granted, reason: "")
    return PendingDelivery(
      number: number, message: number, pair: pair, decision: decision, claimedUntil: Instant(milliseconds: 0))
  }

  @Test func `are bounded, and an urgent one takes the place of one that is not`() {
    let waiting = HandedOver(maximum: 3)
    for number in 1...5 { waiting.put(delivery(Int64(number), .threat)) }
    waiting.put(delivery(6, .incident))
    #expect(waiting.take(for: .known("beta"), limit: 10).map(\.number) == [6, 1, 2])
    #expect(waiting.take(for: .known("beta"), limit: 10).isEmpty)
  }

  @Test func `are known by their numbers where they do not fit, so that none waits until its claim runs out`() {
    let waiting = HandedOver(maximum: 2)
    for number in 1...4 { waiting.put(delivery(Int64(number), .threat)) }
    waiting.put(delivery(5, .incident))
    #expect(waiting.takeDropped(for: .known("gamma")).isEmpty)
    #expect(waiting.takeDropped(for: .known("beta")) == [3, 4, 2])
    #expect(waiting.takeDropped(for: .known("beta")).isEmpty)
  }

  @Test func `come urgent ones first, in their order`() {
    let waiting = HandedOver()
    for (number, lane) in [(1, Lane.threat), (2, .incident), (3, .threat), (4, .incident)] {
      waiting.put(delivery(Int64(number), lane))
    }
    #expect(waiting.take(for: .known("beta"), limit: 3).map(\.number) == [2, 4, 1])
    #expect(waiting.take(for: .known("beta"), limit: 3).map(\.number) == [3])
  }

  @Test func `come along one lane where only that is asked for`() {
    let waiting = HandedOver()
    waiting.put([(1, Lane.threat), (2, .incident), (3, .threat)].map { delivery($0, $1) })
    #expect(waiting.take(for: .known("beta"), along: .threat, limit: 1).map(\.number) == [1])
    #expect(waiting.take(for: .known("beta"), along: .incident, limit: 9).map(\.number) == [2])
    #expect(waiting.take(for: .known("beta"), along: .incident, limit: 9).isEmpty)
    #expect(waiting.take(for: .known("beta"), limit: 9).map(\.number) == [3])
  }
}
