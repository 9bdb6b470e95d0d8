import Testing

@testable import AMQP

@Suite struct ConfirmRingTests {
  private typealias Ring = ConfirmRing<Int>

  private struct Answer: Equatable {
    var token: Int?
    var answer: Ring.Answer
  }

  /// A ring with publishes 1...count, whose token is their sequence number, sent at that time, with 10 bytes each.
  private func ring(_ count: Int) -> Ring {
    var ring = Ring()
    for number in 1...count {
      let sequence = ring.append(
        .init(
          token: number, bytes: 10, publishedAt: number, exchange: "e", routingKey: "k", messageID: "m\(number)",
          mandatory: true))
      #expect(sequence == UInt64(number))
    }
    return ring
  }

  private func answer(
    _ ring: inout Ring, _ sequence: UInt64, multiple: Bool = false, positive: Bool = true
  ) -> [Answer]? {
    var answers: [Answer] = []
    let isKnown = ring.answer(sequence, multiple: multiple, positive: positive) {
      answers.append(Answer(token: $0, answer: $1))
    }
    return isKnown ? answers : nil
  }

  @Test func `an answer to what was never sent or answered before is refused`() {
    var ring = ring(3)
    #expect(answer(&ring, 4) == nil)
    #expect(answer(&ring, 4, multiple: true) == nil)
    #expect(answer(&ring, 0) == nil)
    #expect(answer(&ring, 2)?.count == 1)
    #expect(answer(&ring, 2) == nil)
    #expect(answer(&ring, 1)?.count == 1)
    #expect(answer(&ring, 1) == nil)
    #expect(ring.waiting == 1)
  }

  @Test func `multiple answers the prefix that has no answer yet`() {
    var ring = ring(5)
    #expect(answer(&ring, 2, positive: false) == [Answer(token: 2, answer: .nacked)])
    #expect(
      answer(&ring, 4, multiple: true) == [
        Answer(token: 1, answer: .confirmed), Answer(token: 3, answer: .confirmed),
        Answer(token: 4, answer: .confirmed),
      ])
    #expect(ring.waiting == 1)
    #expect(ring.waitingBytes == 10)
  }

  @Test func `multiple with 0 answers everything`() {
    var ring = ring(3)
    #expect(answer(&ring, 0, multiple: true)?.map(\.token) == [1, 2, 3])
  }

  @Test func `a return makes its ack unroutable, its nack stays a nack`() {
    var ring = ring(3)
    #expect(ring.returned(exchange: "e", routingKey: "k", messageID: "m2", text: "NO_ROUTE") == true)
    #expect(ring.returned(exchange: "e", routingKey: "k", messageID: "m3", text: "NO_ROUTE") == true)
    #expect(answer(&ring, 2) == [Answer(token: 2, answer: .unroutable("NO_ROUTE"))])
    #expect(answer(&ring, 3, positive: false) == [Answer(token: 3, answer: .nacked)])
  }

  @Test func `a return that fits nothing is refused`() {
    var ring = ring(1)
    #expect(ring.returned(exchange: "e", routingKey: "other", messageID: "m1", text: "") == false)
    #expect(ring.returned(exchange: "e", routingKey: "k", messageID: nil, text: "") == false)
    #expect(ring.returned(exchange: "e", routingKey: "k", messageID: "m1", text: "") == true)
    #expect(ring.returned(exchange: "e", routingKey: "k", messageID: "m1", text: "") == false)
  }

  @Test func `returns of equal messages go to the oldest first`() {
    var ring = Ring()
    for number in 1...2 {
      _ = ring.append(
        .init(token: number, bytes: 0, publishedAt: 0, exchange: "", routingKey: "k", messageID: nil, mandatory: true))
    }
    #expect(ring.returned(exchange: "", routingKey: "k", messageID: nil, text: "NO_ROUTE") == true)
    #expect(
      answer(&ring, 2, multiple: true) == [
        Answer(token: 1, answer: .unroutable("NO_ROUTE")), Answer(token: 2, answer: .confirmed),
      ])
  }

  @Test func `deadlines give up the oldest, whose late answer is taken in silence`() {
    var ring = ring(3)
    var late: [Int?] = []
    ring.expire(sentUpTo: 2) { token, _ in late.append(token) }
    #expect(late == [1, 2])
    #expect(ring.waiting == 1)
    #expect(ring.late == 2)
    #expect(ring.oldest == 3)
    #expect(answer(&ring, 1) == [])
    #expect(answer(&ring, 3, multiple: true) == [Answer(token: 3, answer: .confirmed)])
    #expect(ring.late == 0)
  }

  @Test func `the end gives back those who wait, in order`() {
    var ring = ring(4)
    _ = answer(&ring, 2)
    ring.expire(sentUpTo: 1) { _, _ in }
    #expect(ring.removeAll() == [3, 4])
    #expect(ring.waiting == 0)
  }

  @Test func `ten thousand in any order leave nothing behind`() {
    var ring = ring(10_000)
    var generator = SplitMix(state: 7)
    for sequence in (1...10_000).shuffled(using: &generator) { #expect(answer(&ring, UInt64(sequence))?.count == 1) }
    #expect(ring.waiting == 0)
    #expect(ring.oldest == nil)
    #expect(
      ring.append(.init(token: 1, bytes: 1, publishedAt: 0, exchange: "", routingKey: "", mandatory: false)) == 10_001)
  }
}

/// A generator that gives the same numbers each time.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
