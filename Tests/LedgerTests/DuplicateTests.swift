import Contract
import Testing

@testable import Ledger

struct DuplicateTests {
  @Test func `an id with other content is a dead letter with its own bytes, and the first message stands`() async throws
  {
    let desk = try Desk()
    let first = try await desk.ledger.accept(.message("m1", body: "one"))
    guard case .messageIDReused(let letter) = try await desk.ledger.record(.message("m1", body: "two")) else {
      Issue.record("not recognised")
      return
    }
    let detail = try #require(try await desk.ledger.deadLetter(letter))
    #expect(detail.row.failure.cause == "message-id-reused")
    #expect(detail.message.id != first.message)
    #expect(try await desk.ledger.payload(ofDeadLetter: letter) == Array("two".utf8))
    #expect(try await desk.ledger.payload(of: first.message) == Array("one".utf8))
    #expect(try await desk.ledger.deliveries(of: detail.message.id).isEmpty)
    #expect(try await desk.ledger.waitingReceipts() == ["accepted", "reused"])
  }

  @Test(arguments: [
    Intake.message("m1", body: "{ }"), .message("m1", type: nil), .message("m1", type: "stix/bundle"),
    .message("m1", contentType: nil), .message("m1", headers: #"{"entente-tlp":"red"}"#),
  ])
  func `body, type, content type and headers are all compared`(other: Intake) async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1"))
    guard case .messageIDReused = try await desk.ledger.record(other) else {
      Issue.record("taken as equal")
      return
    }
  }

  @Test func `parts that could run into each other are told apart`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1", type: "a", contentType: "bc"))
    guard case .messageIDReused = try await desk.ledger.record(.message("m1", type: "ab", contentType: "c")) else {
      Issue.record("taken as equal")
      return
    }
  }

  @Test func `an equal message is a duplicate, counted, with a receipt, whatever its trace says`() async throws {
    let desk = try Desk()
    let first = try await desk.ledger.accept(.message("m1", traceparent: "00-a"))
    #expect(try await desk.ledger.record(.message("m1", traceparent: "00-b")) == .duplicate(of: first.message))
    #expect(try await desk.ledger.record(.message("m1")) == .duplicate(of: first.message))
    #expect(try await desk.ledger.message(first.message)?.duplicates == 2)
    #expect(try await desk.ledger.waitingReceipts() == ["accepted", "duplicate", "duplicate"])
  }

  @Test func `a redelivery of an accepted message writes nothing`() async throws {
    let desk = try Desk()
    let first = try await desk.ledger.accept(.message("m1"))
    let entries = try await desk.ledger.audit().entries
    #expect(try await desk.ledger.record(.message("m1", redelivered: true)) == .redelivery(of: first.message))
    #expect(try await desk.ledger.message(first.message)?.duplicates == 0)
    #expect(try await desk.ledger.waitingReceipts() == ["accepted"])
    #expect(try await desk.ledger.audit().entries == entries)
  }

  @Test func `a redelivery of a failed message makes no second dead letter and no second receipt`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", failure: .malformed))
    let message = try #require(try await desk.ledger.deadLetter(letter)).message.id
    let again = Intake.message("m1", redelivered: true, failure: .malformed)
    #expect(try await desk.ledger.record(again) == .redelivery(of: message))
    #expect(try await desk.ledger.deadLetters().count == 1)
    #expect(try await desk.ledger.waitingReceipts() == ["failed"])
  }

  @Test func `what was refused and is published again lies in the dead letters once, with a receipt for each time`()
    async throws
  {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", failure: .malformed))
    let message = try #require(try await desk.ledger.deadLetter(letter)).message.id
    #expect(try await desk.ledger.record(.message("m1", failure: .malformed)) == .duplicate(of: message))
    #expect(try await desk.ledger.deadLetters().map(\.id) == [letter])
    #expect(try await desk.ledger.message(message)?.duplicates == 1)
    #expect(try await desk.ledger.waitingReceipts() == ["failed", "failed"])
    #expect(try await desk.ledger.audit().isBalanced)
  }

  @Test func `so does a reused id`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1", body: "one"))
    _ = try await desk.ledger.record(.message("m1", body: "two"))
    _ = try await desk.ledger.record(.message("m1", body: "two"))
    #expect(try await desk.ledger.deadLetters().count == 1)
    #expect(try await desk.ledger.waitingReceipts() == ["accepted", "reused", "reused"])
  }

  @Test func `what was discarded and is published again is a dead letter again`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", failure: .malformed))
    try await desk.ledger.discard(letter, operator: "anna", reason: "a test", at: moment(1))
    let second = try await desk.ledger.refuse(.message("m1", failure: .malformed))
    #expect(second != letter)
  }

  @Test func `what an operator mended meanwhile is a duplicate where its sender publishes it once more`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", body: "bad", failure: .malformed))
    #expect(try await desk.ledger.beginReplay(letter, act: 1, now: moment(1)))
    let outcome = try await desk.ledger.record(replay: .message("m1", body: "good", at: moment(2)), of: letter)
    guard case .accepted(let mended, _, _) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(try await desk.ledger.record(.message("m1", body: "bad", failure: .malformed)) == .duplicate(of: mended))
    // Other content is still an id used twice.
    guard case .failed = try await desk.ledger.record(.message("m1", body: "worse", failure: .malformed)) else {
      Issue.record("not a dead letter of its own")
      return
    }
  }

  @Test(arguments: [false, true])
  func `so is what an operator edited, whose copy went under an id of its own`(redelivered: Bool) async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", body: "bad", failure: .malformed))
    #expect(try await desk.ledger.beginReplay(letter, act: 1, now: moment(1)))
    let outcome = try await desk.ledger.record(
      replay: .message("m1/edit-1", body: "good", at: moment(2)), of: letter, editOf: "m1")
    guard case .accepted(let mended, _, _) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    let again = Intake.message("m1", body: "bad", redelivered: redelivered, failure: .malformed)
    #expect(try await desk.ledger.record(again) == (redelivered ? .redelivery(of: mended) : .duplicate(of: mended)))
    #expect(try await desk.ledger.deadLetters().isEmpty)
    #expect(try await desk.ledger.audit().isBalanced)
  }

  @Test func `a redelivery of what its sender has corrected meanwhile is no dead letter again`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", body: "bad", failure: .malformed))
    let refused = try #require(try await desk.ledger.deadLetter(letter)).message.id
    _ = try await desk.ledger.accept(.message("m1", body: "good"))
    let again = Intake.message("m1", body: "bad", redelivered: true, failure: .malformed)
    #expect(try await desk.ledger.record(again) == .redelivery(of: refused))
    #expect(try await desk.ledger.deadLetters().isEmpty)
  }

  @Test func `a redelivery of a reused id makes no second dead letter`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1", body: "one"))
    _ = try await desk.ledger.record(.message("m1", body: "two"))
    let again = try await desk.ledger.record(.message("m1", body: "two", redelivered: true))
    guard case .redelivery = again else {
      Issue.record("taken as \(again)")
      return
    }
    #expect(try await desk.ledger.deadLetters().count == 1)
  }

  @Test func `what the broker gave up on after it was accepted is no failure`() async throws {
    let desk = try Desk()
    let first = try await desk.ledger.accept(.message("m1"))
    let gaveUp = FailureRecord(
      stage: "broker", cause: "delivery-limit", permanent: true, detail: "Too many.", fingerprint: "delivery-limit")
    let dead = Intake.message("m1", redelivered: true, failure: gaveUp)
    #expect(try await desk.ledger.record(dead) == .redelivery(of: first.message))
    #expect(try await desk.ledger.deadLetters().isEmpty)
  }

  @Test func `a failed message does not claim its id, and a corrected one closes its dead letters`() async throws {
    let desk = try Desk()
    let one = try await desk.ledger.refuse(.message("m1", body: "bad", failure: .malformed))
    let two = try await desk.ledger.refuse(.message("m1", body: "worse", failure: .malformed))
    let other = try await desk.ledger.refuse(.message("m2", body: "bad", failure: .malformed))
    let fixed = try await desk.ledger.accept(.message("m1", body: "good", at: moment(5)))
    #expect(fixed.closed == [one, two])
    for letter in [one, two] {
      let detail = try #require(try await desk.ledger.deadLetter(letter))
      #expect(detail.row.state == .superseded)
      #expect(detail.message.state == .superseded)
      #expect(detail.history.map(\.what) == ["open", "superseded"])
    }
    #expect(try await desk.ledger.deadLetters().map(\.id) == [other])
  }

  @Test func `equal messages in one group are one message and its duplicates`() async throws {
    let desk = try Desk { $0.groupMicroseconds = 50_000 }
    let outcomes = try await withThrowingTaskGroup(of: IntakeOutcome.self) { group in
      for _ in 0..<20 { group.addTask { try await desk.ledger.record(.message("m1")) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let accepted = outcomes.filter { if case .accepted = $0 { true } else { false } }
    #expect(accepted.count == 1)
    #expect(outcomes.filter { $0 == .duplicate(of: 1) }.count == 19)
    #expect(try await desk.ledger.message(1)?.duplicates == 19)
  }

  @Test func `the same id from another sender is another message`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1", body: "one"))
    var other = Intake.message("m1", body: "two")
    other.sender = enisa
    _ = try await desk.ledger.accept(other)
  }

  @Test func `a message from before the key's rotation is still recognised`() async throws {
    let desk = try Desk()
    let first = try await desk.ledger.accept(.message("m1"))
    await desk.ledger.close()
    let keys = LedgerKeys(
      identifier: "k2", hmacKey: Array(repeating: 9, count: 32), retired: ["k1": Array(repeating: 7, count: 32)],
      payload: Desk.masters("p1"))
    let rotated = try Ledger.open(LedgerSettings(path: desk.path, keys: keys))
    #expect(try await rotated.record(.message("m1")) == .duplicate(of: first.message))
    await rotated.close()
  }

  @Test func `a message too large to keep is compared by its digest and its payload is reported as gone`() async throws
  {
    let desk = try Desk()
    var huge = Intake.message("m1", failure: .malformed)
    huge.body = .omitted(size: 1 << 30, sha256: Array(repeating: 1, count: 32))
    let letter = try await desk.ledger.refuse(huge)
    huge.redelivered = true
    #expect(try await desk.ledger.record(huge) == .redelivery(of: 1))
    await #expect { try await desk.ledger.payload(ofDeadLetter: letter) } throws: {
      ($0 as? LedgerError)?.code == .payloadGone
    }
  }

  @Test func `a NUL in what a sender wrote cuts nothing off`() async throws {
    let desk = try Desk()
    let failure = FailureRecord(
      stage: "identify", cause: "format", permanent: true, detail: "'a\0b' is unknown.", fingerprint: "format")
    let letter = try await desk.ledger.refuse(.message("m\0one", type: "x\0y", failure: failure))
    let first = try await desk.ledger.accept(.message("m\0two"))
    #expect(try await desk.ledger.deadLetter(letter)?.row.messageID == "m\u{FFFD}one")
    #expect(try await desk.ledger.deadLetter(letter)?.row.failure.detail == "'a\u{FFFD}b' is unknown.")
    #expect(try await desk.ledger.record(.message("m\0two")) == .duplicate(of: first.message))
    #expect(try await desk.ledger.audit().anomalies == [])
  }
}
