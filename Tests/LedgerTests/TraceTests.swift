import Contract
import Testing

@testable import Ledger

struct TraceTests {
  @Test func `an unknown id has an empty trace`() async throws {
    let ledger = try Desk().ledger
    #expect(try await ledger.trace(messageID: "none") == TraceRecord())
    #expect(try await ledger.trace(deliveryID: "none") == TraceRecord())
  }

  @Test func `the story of a message is told in the order of time`() async throws {
    let ledger = try Desk().ledger
    let letter = try await ledger.refuse(.message("m1", body: "bad", at: moment(0), failure: .malformed))
    let act = try await ledger.requestAct("replay", arguments: [], operator: "ada", at: moment(1))
    _ = try await ledger.editDeadLetter(letter, body: [1], operator: "ada", note: "quote missing", at: moment(2))
    #expect(try await ledger.beginReplay(letter, act: act, now: moment(3)))
    let replay = Intake.message("m1", body: "good", at: moment(4), claim: Claim(owner: "hub-1", until: moment(900)))
    guard case .accepted(let message, let deliveries, _) = try await ledger.record(replay: replay, of: letter) else {
      Issue.record("the replay was refused")
      return
    }
    try await ledger.settle(
      Settlement(delivery: deliveries[0], owner: "hub-1", at: moment(5), result: .retry(.inboxFull, next: moment(6))))
    try await ledger.settle(
      Settlement(
        delivery: deliveries[0], owner: "hub-1", at: moment(7),
        result: .delivered(revision: 1, bodyMAC: [1], losses: nil)))
    let trace = try await ledger.trace(messageID: "m1", sender: cisa)
    #expect(
      trace.events.filter { $0.what != .receipt }.map { "\($0.what.rawValue) \($0.code)" } == [
        "received failed", "failed schema", "dead-letter open", "act replay", "edited edited", "dead-letter replaying",
        "received accepted", "decided deliver", "decided withhold", "dead-letter resolved", "failed inbox-full",
        "delivered revision-1",
      ])
    #expect(trace.messages.map(\.id) == [1, message])
    #expect(trace.acts.map(\.id) == [act])
    #expect(trace.deadLetters == [letter])
    #expect(try await ledger.trace(messageID: "m1") == trace)
    #expect(try await ledger.trace(deliveryID: "d1-eu-enisa") == trace)
    #expect(try await ledger.trace(messageID: "m1", sender: enisa).messages.isEmpty)
  }

  @Test func `a message-id of two senders has both their stories, unless one is asked for`() async throws {
    let ledger = try Desk().ledger
    var other = Intake.message("m1")
    other.sender = enisa
    _ = try await ledger.accept(.message("m1"))
    _ = try await ledger.accept(other)
    #expect(try await ledger.trace(messageID: "m1").messages.map(\.sender) == [cisa, enisa])
    #expect(try await ledger.trace(messageID: "m1", sender: enisa).messages.map(\.sender) == [enisa])
  }
}
