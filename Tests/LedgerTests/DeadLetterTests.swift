import Contract
import Testing

@testable import Ledger

struct DeadLetterTests {
  private func expect(_ code: LedgerError.Code, _ body: () async throws -> Void) async {
    await #expect { try await body() } throws: { ($0 as? LedgerError)?.code == code }
  }

  private func deadDelivery(_ desk: Desk, _ id: String = "m1") async throws -> (letter: Int64, delivery: Int64) {
    let claim = Claim(owner: "hub-1", until: moment(1000))
    let delivery = try await desk.ledger.accept(.message(id, claim: claim, pairs: [.to(enisa)])).deliveries[0]
    let outcome = try await desk.ledger.settle(
      Settlement(delivery: delivery, owner: "hub-1", at: moment(1), result: .deadLetter(.refused)))
    guard case .deadLettered(let letter) = outcome else { throw LedgerError(.invalid, "\(outcome)") }
    return (letter, delivery)
  }

  private let again = RevisedDecision(
    outcome: .deliver, rule: "grant", arrangement: "eu-us-2026", reason: "Today too.", objects: [0, 1, 2, 5, 6],
    decision: Array("today".utf8))

  // MARK: - What operators do

  @Test func `what does not exist, or is closed, is not touched`() async throws {
    let desk = try Desk()
    await expect(.notFound) { try await desk.ledger.discard(9, operator: "ada", reason: "?", at: moment()) }
    await expect(.notFound) { _ = try await desk.ledger.beginReplay(9, act: nil, now: moment()) }
    await expect(.notFound) { _ = try await desk.ledger.payload(ofDeadLetter: 9) }
    #expect(try await desk.ledger.deadLetter(9) == nil)
    let letter = try await desk.ledger.refuse(.message("m1", failure: .malformed))
    try await desk.ledger.discard(letter, operator: "ada", reason: "spam", at: moment(1))
    await expect(.conflict) { try await desk.ledger.discard(letter, operator: "ada", reason: "again", at: moment()) }
    await expect(.conflict) {
      _ = try await desk.ledger.editDeadLetter(letter, body: [], operator: "ada", note: "", at: moment())
    }
    #expect(try await desk.ledger.beginReplay(letter, act: nil, now: moment()) == false)
  }

  @Test func `an edit stands beside the untouched bytes, with who and why`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", body: "bad", failure: .malformed))
    let large = [UInt8](repeating: 0x61, count: 100_000)
    for (revision, body) in [Array("better".utf8), large].enumerated() {
      let made = try await desk.ledger.editDeadLetter(letter, body: body, operator: "ada", note: "fix", at: moment(1))
      #expect(made == revision + 1)
    }
    #expect(try await desk.ledger.payload(ofDeadLetter: letter) == large)
    #expect(try await desk.ledger.payload(of: 1) == Array("bad".utf8))
    #expect(try await desk.ledger.payload(of: 1, edited: true) == large)
    let detail = try #require(try await desk.ledger.deadLetter(letter))
    #expect(detail.row.editedRevision == 2)
    #expect(detail.history.map(\.what) == ["open", "edited", "edited"])
    #expect(detail.history.last?.by == "ada")
    #expect(try await desk.ledger.sweepOrphans(olderThanMilliseconds: -60_000) == 0)
    #expect(try await desk.ledger.audit(readingPayloads: true).anomalies == [])
  }

  @Test func `a discarded delivery ends as discarded, with the reason`() async throws {
    let desk = try Desk()
    let (letter, delivery) = try await deadDelivery(desk)
    try await desk.ledger.discard(letter, operator: "ada", reason: "recipient left", at: moment(2))
    #expect(try await desk.ledger.delivery(delivery)?.state == .discarded)
    #expect(try await desk.ledger.deadLetter(letter)?.history.last?.note == "recipient left")
    #expect(try await desk.ledger.audit().anomalies == [])
  }

  @Test func `a filter narrows by each of its parts, and pages by id`() async throws {
    let desk = try Desk()
    let message = try await desk.ledger.refuse(.message("m1", at: moment(5), failure: .malformed))
    let (delivery, _) = try await deadDelivery(desk, "m2")
    let discarded = try await desk.ledger.refuse(.message("m3", at: moment(7), failure: .malformed))
    try await desk.ledger.discard(discarded, operator: "ada", reason: "spam", at: moment(8))
    func ids(_ filter: DeadLetterFilter) async throws -> [Int64] { try await desk.ledger.deadLetters(filter).map(\.id) }
    #expect(try await ids(.init()) == [message, delivery])
    #expect(try await ids(.init(states: [.discarded])) == [discarded])
    #expect(try await ids(.init(states: Set(DeadLetterState.allCases))) == [message, delivery, discarded])
    #expect(try await ids(.init(states: [])) == [])
    #expect(try await ids(.init(sender: enisa)) == [])
    #expect(try await ids(.init(recipient: enisa)) == [delivery])
    #expect(try await ids(.init(cause: "schema")) == [message])
    #expect(try await ids(.init(stage: "write")) == [delivery])
    #expect(try await ids(.init(fingerprint: "adapter/refused")) == [delivery])
    #expect(try await ids(.init(messageID: "m1")) == [message])
    #expect(try await ids(.init(since: moment(2))) == [message])
    #expect(try await ids(.init(until: moment(2))) == [delivery])
    #expect(try await ids(.init(limit: 1)) == [message])
    #expect(try await ids(.init(after: message, limit: 1)) == [delivery])
  }

  // MARK: - Replay of a message

  @Test func `nothing is replayed that was not taken, and nothing is taken twice`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", failure: .malformed))
    await expect(.conflict) { _ = try await desk.ledger.record(replay: .message("m1"), of: letter) }
    await expect(.conflict) { try await desk.ledger.finishReplay(letter, .abandoned, at: moment()) }
    #expect(try await desk.ledger.beginReplay(letter, act: 1, now: moment(), leaseMilliseconds: 100))
    #expect(try await desk.ledger.beginReplay(letter, act: 2, now: moment(99)) == false)
    await expect(.conflict) { try await desk.ledger.discard(letter, operator: "ada", reason: "", at: moment()) }
  }

  @Test func `a replay that died is taken over once its lease has ended`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", failure: .malformed))
    #expect(try await desk.ledger.beginReplay(letter, act: 1, now: moment(), leaseMilliseconds: 100))
    #expect(try await desk.ledger.beginReplay(letter, act: 2, now: moment(100)))
  }

  @Test func `an accepted replay resolves its dead letter and closes the others of its id`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", body: "bad", failure: .malformed))
    let other = try await desk.ledger.refuse(.message("m1", body: "worse", failure: .malformed))
    #expect(try await desk.ledger.beginReplay(letter, act: 1, now: moment(1)))
    let outcome = try await desk.ledger.record(replay: .message("m1", body: "good", at: moment(2)), of: letter)
    guard case .accepted(let message, let deliveries, let closed) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(closed == [other])
    #expect(deliveries.count == 2)
    #expect(try await desk.ledger.message(message)?.replayOf == letter)
    let detail = try #require(try await desk.ledger.deadLetter(letter))
    #expect(detail.row.state == .resolved)
    #expect(detail.message.state == .superseded)
    #expect(detail.history.map(\.what) == ["open", "replaying", "resolved"])
    #expect(detail.history.map(\.act) == [nil, 1, 1])
    #expect(try await desk.ledger.audit().anomalies == [])
  }

  @Test func `a replay that fails again opens the same dead letter with the new failure in front`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", failure: .malformed))
    #expect(try await desk.ledger.beginReplay(letter, act: 1, now: moment(1)))
    let outcome = try await desk.ledger.record(replay: .message("m1", failure: .refused), of: letter)
    #expect(outcome == .failed(deadLetter: letter))
    let detail = try #require(try await desk.ledger.deadLetter(letter))
    #expect(detail.row.state == .open)
    #expect(detail.row.failure == .refused)
    #expect(detail.failures.map(\.record) == [.malformed, .refused])
    #expect(try await desk.ledger.deadLetters().count == 1)
    #expect(try await desk.ledger.beginReplay(letter, act: 2, now: moment(2)))
    #expect(try await desk.ledger.audit().anomalies == [])
  }

  @Test func `a replay whose id was accepted meanwhile is superseded, or refused for its content`() async throws {
    let desk = try Desk()
    let equal = try await desk.ledger.refuse(.message("m1", failure: .malformed))
    let different = try await desk.ledger.refuse(.message("m1", body: "other", failure: .malformed))
    for letter in [equal, different] {
      #expect(try await desk.ledger.beginReplay(letter, act: nil, now: moment(1)))
    }
    let accepted = try await desk.ledger.accept(.message("m1", at: moment(2)))
    #expect(accepted.closed == [], "a replay that runs is left to its own end")
    #expect(try await desk.ledger.record(replay: .message("m1"), of: equal) == .duplicate(of: accepted.message))
    #expect(
      try await desk.ledger.record(replay: .message("m1", body: "other"), of: different)
        == .messageIDReused(deadLetter: different))
    #expect(try await desk.ledger.deadLetter(equal)?.row.state == .superseded)
    #expect(try await desk.ledger.deadLetter(equal)?.message.state == .superseded)
    #expect(try await desk.ledger.deadLetter(different)?.row.failure.cause == "message-id-reused")
    #expect(try await desk.ledger.audit().anomalies == [])
  }

  @Test func `an abandoned replay leaves the dead letter as it was`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", failure: .malformed))
    #expect(try await desk.ledger.beginReplay(letter, act: 1, now: moment(1)))
    try await desk.ledger.finishReplay(letter, .abandoned, at: moment(2))
    #expect(try await desk.ledger.deadLetters().map(\.id) == [letter])
    #expect(try await desk.ledger.deadLetters().map(\.failure) == [.malformed])
  }

  // MARK: - Replay of a delivery

  @Test func `each kind of dead letter has its own way back`() async throws {
    let desk = try Desk()
    let message = try await desk.ledger.refuse(.message("m1", failure: .malformed))
    let (delivery, _) = try await deadDelivery(desk, "m2")
    for letter in [message, delivery] { #expect(try await desk.ledger.beginReplay(letter, act: nil, now: moment())) }
    await expect(.invalid) { _ = try await desk.ledger.record(replay: .message("m2"), of: delivery) }
    await expect(.invalid) {
      _ = try await desk.ledger.redeliver(deadLetter: message, decision: again, configuration: 2, at: moment())
    }
  }

  @Test func `a redelivery is pending under today's decision, and resolved by the confirm`() async throws {
    let desk = try Desk()
    let (letter, delivery) = try await deadDelivery(desk)
    #expect(try await desk.ledger.beginReplay(letter, act: 4, now: moment(2)))
    let row = try await desk.ledger.redeliver(
      deadLetter: letter, decision: again, configuration: 2, at: moment(3),
      claim: Claim(owner: "hub-1", until: moment(1000)))
    #expect(row.state == .pending)
    #expect(row.revision == 1)
    #expect(row.configuration == 2)
    #expect(row.objects == again.objects)
    #expect(try await desk.ledger.audit().anomalies == [])
    await expect(.conflict) { try await desk.ledger.finishReplay(letter, .abandoned, at: moment()) }
    #expect(
      try await desk.ledger.settle(
        Settlement(
          delivery: delivery, owner: "hub-1", at: moment(4),
          result: .delivered(revision: 1, bodyMAC: [1], losses: nil))) == .settled(.delivered))
    let detail = try #require(try await desk.ledger.deadLetter(letter))
    #expect(detail.row.state == .resolved)
    #expect(detail.history.map(\.act) == [nil, 4, 4])
    #expect(try await desk.ledger.audit().anomalies == [])
  }

  @Test func `a redelivery that fails again opens the same dead letter`() async throws {
    let desk = try Desk()
    let (letter, delivery) = try await deadDelivery(desk)
    #expect(try await desk.ledger.beginReplay(letter, act: 4, now: moment(2)))
    _ = try await desk.ledger.redeliver(
      deadLetter: letter, decision: again, configuration: 2, at: moment(3),
      claim: Claim(owner: "hub-1", until: moment(1000)))
    #expect(
      try await desk.ledger.settle(
        Settlement(delivery: delivery, owner: "hub-1", at: moment(4), result: .deadLetter(.refused)))
        == .deadLettered(letter))
    #expect(try await desk.ledger.deadLetter(letter)?.failures.count == 2)
    #expect(try await desk.ledger.audit().anomalies == [])
  }

  @Test func `what is no longer allowed is withheld now`() async throws {
    let desk = try Desk()
    let (letter, delivery) = try await deadDelivery(desk)
    #expect(try await desk.ledger.beginReplay(letter, act: nil, now: moment(2)))
    var withheld = again
    withheld.outcome = .withhold
    withheld.objects = []
    let row = try await desk.ledger.redeliver(deadLetter: letter, decision: withheld, configuration: 2, at: moment(3))
    #expect(row.state == .withheld)
    #expect(try await desk.ledger.deadLetter(letter)?.row.state == .resolved)
    #expect(try await desk.ledger.delivery(delivery)?.outcome == .withhold)
    #expect(try await desk.ledger.audit().anomalies == [])
  }
}
