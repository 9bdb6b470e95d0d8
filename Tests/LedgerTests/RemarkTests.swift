import Contract
import GRDB
import Testing

@testable import Ledger

/// Notes, the archive, groups and filters.
struct RemarkTests {
  private func failure(_ fingerprint: String, cause: String = "schema") -> FailureRecord {
    FailureRecord(
      stage: "validate", cause: cause, permanent: true, detail: "Wrong.", location: "/a", fingerprint: fingerprint)
  }

  private func ids(_ desk: Desk, _ filter: DeadLetterFilter) async throws -> [Int64] {
    try await desk.ledger.deadLetters(filter).map(\.id)
  }

  @Test func `what is closed is not archived, what was not archived is not restored, and nothing half`() async throws {
    let desk = try Desk()
    let ledger = desk.ledger
    let open = try await ledger.refuse(.message("m1", failure: .malformed))
    let closed = try await ledger.refuse(.message("m2", failure: .malformed))
    try await ledger.discard(closed, operator: "ada", reason: "spam", at: moment())
    #expect(try await ledger.remark(.restored, on: [open], operator: "ada", note: "", at: moment()) == [])
    #expect(try await ledger.remark(.archived, on: [closed], operator: "ada", note: "", at: moment()) == [])
    await #expect(throws: LedgerError.self) {
      try await ledger.remark(.archived, on: [open, 99], operator: "ada", note: "", at: moment())
    }
    #expect(try await ids(desk, DeadLetterFilter()) == [open])
    #expect(try await ledger.audit().anomalies == [])
  }

  @Test func `a remark that was changed, or taken away, is found`() async throws {
    for (sql, kind) in [
      ("UPDATE dead_letter_event SET note = 'x' WHERE what = 'noted'", AuditReport.Anomaly.Kind.entryDiffers),
      ("UPDATE dead_letter_event SET what = 'archived' WHERE what = 'noted'", .entryDiffers),
      ("DELETE FROM dead_letter_event WHERE what = 'noted'", .rowMissing),
    ] {
      let desk = try Desk()
      let letter = try await desk.ledger.refuse(.message("m1", failure: .malformed))
      _ = try await desk.ledger.remark(.noted, on: [letter], operator: "ada", note: "asked", at: moment())
      #expect(try await desk.ledger.audit().anomalies == [])
      try await desk.ledger.write(isUrgent: true, bytes: 0) { try $0.db.execute(sql: sql) }
      #expect(try await desk.ledger.audit().anomalies.map(\.kind) == [kind])
    }
  }

  @Test func `an archived one is left out until it is restored, and its note stays`() async throws {
    let desk = try Desk()
    let ledger = desk.ledger
    let first = try await ledger.refuse(.message("m1", failure: failure("f")))
    let second = try await ledger.refuse(.message("m2", failure: failure("f")))
    _ = try await ledger.remark(.noted, on: [first], operator: "ada", note: "asked", at: moment(1))
    #expect(
      try await ledger.remark(.archived, on: [first, first], operator: "ada", note: "known", at: moment(2)) == [first])
    #expect(try await ids(desk, DeadLetterFilter()) == [second])
    #expect(try await ids(desk, DeadLetterFilter(archive: .only)) == [first])
    #expect(try await ids(desk, DeadLetterFilter(archive: .included)) == [first, second])
    #expect(try await ledger.deadLetterGroups(limit: 9).map(\.count) == [1])
    // What fails later in the same way is never hidden.
    let third = try await ledger.refuse(.message("m3", failure: failure("f")))
    #expect(try await ids(desk, DeadLetterFilter()) == [second, third])
    #expect(try await ledger.remark(.restored, on: [first], operator: "bob", note: "", at: moment(3)) == [first])
    #expect(try await ids(desk, DeadLetterFilter()) == [first, second, third])
    let history = try #require(try await ledger.deadLetter(first)).history
    #expect(history.map(\.what) == ["open", "noted", "archived", "restored"])
    #expect(history.map(\.by) == [nil, "ada", "ada", "bob"])
    #expect(try await ledger.audit().anomalies == [])
  }

  @Test func `an archived one that fails anew comes back by itself`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", failure: failure("f")))
    _ = try await desk.ledger.remark(.archived, on: [letter], operator: "ada", note: "", at: moment(1))
    #expect(try await desk.ledger.beginReplay(letter, act: nil, now: moment(2)))
    try await desk.ledger.finishReplay(letter, .failed(failure("g")), at: moment(3))
    #expect(try await ids(desk, DeadLetterFilter()) == [letter])
    #expect(try await ids(desk, DeadLetterFilter(fingerprint: "f")) == [])
    #expect(try await ids(desk, DeadLetterFilter(fingerprint: "g")) == [letter])
  }

  @Test func `groups are told by their size, with the newest as the example`() async throws {
    let desk = try Desk()
    for number in 0..<6 {
      _ = try await desk.ledger.refuse(
        .message("m\(number)", at: moment(Int64(number)), failure: failure(number % 3 == 0 ? "rare" : "often")))
    }
    let groups = try await desk.ledger.deadLetterGroups(limit: 9)
    #expect(groups.map(\.fingerprint) == ["often", "rare"])
    #expect(groups.map(\.count) == [4, 2])
    #expect(groups.map(\.first) == [moment(1), moment(0)])
    #expect(groups.map(\.last) == [moment(5), moment(3)])
    #expect(groups.map(\.example.messageID) == ["m5", "m3"])
    #expect(try await desk.ledger.deadLetterGroups(limit: 1).map(\.fingerprint) == ["often"])
    #expect(try await desk.ledger.deadLetterGroups(DeadLetterFilter(messageID: "m3"), limit: 9).map(\.count) == [1])
    #expect(try await desk.ledger.deadLetterGroups(DeadLetterFilter(cause: "rule"), limit: 9) == [])
  }

  @Test func `format and kind are those read, or those that the sender named`() async throws {
    let desk = try Desk()
    let named = try await desk.ledger.refuse(.message("m1", type: "misp/event", failure: .malformed))
    let bare = try await desk.ledger.refuse(.message("m2", type: "misp", failure: .malformed))
    _ = try await desk.ledger.refuse(.message("m3", type: nil, failure: .malformed))
    let claim = Claim(owner: "h", until: moment(1000))
    let read = try await desk.ledger.accept(.message("m4", type: "misp/event", claim: claim, pairs: [.to(enisa)]))
    try await desk.ledger.settle(
      Settlement(delivery: read.deliveries[0], owner: "h", at: moment(1), result: .deadLetter(.refused)))
    let misp = try #require(FormatID("misp"))
    #expect(try await ids(desk, DeadLetterFilter(format: misp)) == [named, bare])
    #expect(try await ids(desk, DeadLetterFilter(kind: .event)) == [named])
    #expect(try await ids(desk, DeadLetterFilter(format: .stix)) == [4])
    #expect(try await ids(desk, DeadLetterFilter(kind: .indicators)) == [4])
  }
}
