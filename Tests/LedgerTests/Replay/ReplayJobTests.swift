import Contract
import Testing

@testable import Ledger

/// Replays of many as the ledger keeps them.
@Suite struct `A replay of many` {
  private func failed(_ count: Int, in ledger: Ledger) async throws -> [Int64] {
    var letters: [Int64] = []
    for number in 0..<count { letters.append(try await ledger.refuse(.message("m-\(number)", failure: .malformed))) }
    return letters
  }

  private func start(_ targets: [ReplayTarget], in ledger: Ledger) async throws -> Int64 {
    try await ledger.startReplay(
      of: targets, kind: "replay-started", arguments: Array("{}".utf8), operator: "ada", at: moment())
  }

  @Test func `has a list that what fails later is never on`() async throws {
    try await TestLedger.with { ledger in
      let letters = try await failed(3, in: ledger)
      let id = try await start(letters.map { .deadLetter($0) }, in: ledger)
      _ = try await ledger.refuse(.message("later", failure: .malformed))
      let items = try await ledger.items(ofReplay: id, limit: 10)
      #expect(items.map(\.target) == letters.map { .deadLetter($0) })
      let job = try await ledger.replay(id)
      #expect(job?.state == .running && job?.total == 3 && job?.operator == "ada")
    }
  }

  @Test func `is carried out by one hub at a time, and taken over when that is gone`() async throws {
    try await TestLedger.with { ledger in
      let id = try await start([.deadLetter(1)], in: ledger)
      let first = try await ledger.claimReplay(owner: "a", now: moment(), leaseMilliseconds: 1000)
      #expect(first?.id == id)
      #expect(try await ledger.claimReplay(owner: "b", now: moment(999), leaseMilliseconds: 1000) == nil)
      let second = try await ledger.claimReplay(owner: "b", now: moment(1000), leaseMilliseconds: 1000)
      #expect(second?.id == id)
      #expect(try await !ledger.extendReplay(id, owner: "a", until: moment(5000)))
      #expect(try await ledger.extendReplay(id, owner: "b", until: moment(5000)))
    }
  }

  @Test func `that is paused is carried out by nobody, and one that is cancelled never again`() async throws {
    try await TestLedger.with { ledger in
      let id = try await start([.deadLetter(1)], in: ledger)
      func change(_ state: ReplayState, _ from: Set<ReplayState>) async throws -> Bool {
        try await ledger.changeReplay(
          id, to: state, from: from, why: "a test", act: "replay-test", operator: "ada", at: moment())
      }
      _ = try await ledger.claimReplay(owner: "a", now: moment(), leaseMilliseconds: 1000)
      #expect(try await change(.paused, [.running]))
      #expect(try await !ledger.extendReplay(id, owner: "a", until: moment(5000)))
      #expect(try await ledger.claimReplay(owner: "b", now: moment(9000), leaseMilliseconds: 1000) == nil)
      #expect(try await !change(.paused, [.running]))
      #expect(try await change(.running, [.paused]))
      #expect(try await ledger.claimReplay(owner: "b", now: moment(9000), leaseMilliseconds: 1000)?.id == id)
      #expect(try await change(.cancelled, [.running]))
      #expect(try await !change(.running, [.paused, .stopped]))
      #expect(try await ledger.audit().isBalanced)
    }
  }

  @Test func `keeps the first result of each line, with an entry that vouches for it`() async throws {
    try await TestLedger.with { ledger in
      let letters = try await failed(2, in: ledger)
      let id = try await start(letters.map { .deadLetter($0) }, in: ledger)
      func record(_ verdict: String, _ position: Int) async throws {
        try await ledger.recordReplayResults(
          [ReplayResultLine(position: position, verdict: verdict, detail: "said \(verdict)")], ofReplay: id,
          at: moment())
      }
      try await record("accepted", 0)
      try await record("failed", 0)
      #expect(try await ledger.verdicts(ofReplay: id) == ["accepted": 1])
      #expect(try await ledger.openItems(ofReplay: id, limit: 10).map(\.position) == [1])
      await #expect(throws: LedgerError.self) { try await record("accepted", 7) }
      #expect(try await ledger.audit().isBalanced)
      try await ledger.write(isUrgent: true, bytes: 0) {
        try $0.execute("UPDATE replay_item SET verdict = 'failed' WHERE position = 0")
      }
      #expect(try await ledger.audit().anomalies.map(\.kind) == [.entryDiffers])
    }
  }

  // MARK: - Pairs of history

  private func delivered(_ ledger: Ledger) async throws -> DeliveryRow {
    let message = try await ledger.accept(.message("m", pairs: [.to(enisa)]))
    try await ledger.settle(
      Settlement(
        delivery: message.deliveries[0], owner: "hub", at: moment(),
        result: .delivered(revision: 1, bodyMAC: [1], losses: nil)))
    return try #require(try await ledger.delivery(message.deliveries[0]))
  }

  private func decision(_ outcome: DecisionOutcome) -> RevisedDecision {
    RevisedDecision(
      outcome: outcome, rule: outcome == .withhold ? "tlp" : "grant", arrangement: "eu-us-2026", reason: "As of now.",
      objects: outcome == .withhold ? [] : [0], decision: Array("{}".utf8))
  }

  @Test func `sends one pair once, whoever else replays it`() async throws {
    try await TestLedger.with { ledger in
      let row = try await delivered(ledger)
      let first = try await start([.delivery(row.id), .delivery(row.id)], in: ledger)
      let second = try await start([.delivery(row.id)], in: ledger)
      let replay = PairReplay(decision: decision(.deliver), configuration: 1, revision: 2, seen: row)
      #expect(try await ledger.replayPair(replay, job: first, position: 0))
      #expect(try await !ledger.replayPair(replay, job: first, position: 0))
      #expect(try await !ledger.replayPair(replay, job: first, position: 1))
      #expect(try await !ledger.replayPair(replay, job: second, position: 0))
      let now = try await ledger.delivery(row.id)
      #expect(now?.state == .pending && now?.revision == 2)
      // The first one's confirm, come late, is not the second's.
      let late = Settlement(
        delivery: row.id, owner: "hub", at: moment(9), result: .delivered(revision: 1, bodyMAC: [1], losses: nil))
      #expect(try await ledger.settle(late) == .repeated)
      #expect(try await ledger.items(ofReplay: first, limit: 9).map(\.taken) == [2, nil])
      #expect(try await ledger.audit().isBalanced)
    }
  }

  @Test func `that sends the same revision again is settled by its confirm`() async throws {
    try await TestLedger.with { ledger in
      let row = try await delivered(ledger)
      let id = try await start([.delivery(row.id)], in: ledger)
      let replay = PairReplay(decision: nil, configuration: 1, revision: 1, seen: row)
      #expect(try await ledger.replayPair(replay, job: id, position: 0))
      let again = Settlement(
        delivery: row.id, owner: "hub", at: moment(5), result: .delivered(revision: 1, bodyMAC: [1], losses: nil))
      #expect(try await ledger.settle(again) == .settled(.delivered))
      #expect(try await ledger.settle(again) == .repeated)
      #expect(try await ledger.audit().isBalanced)
    }
  }

  @Test func `takes nothing back that a recipient has, and withholds what it has not`() async throws {
    try await TestLedger.with { ledger in
      let has = try await delivered(ledger)
      let message = try await ledger.accept(.message("n", pairs: [.to(cert, .hold)]))
      let hasNot = try #require(try await ledger.delivery(message.deliveries[0]))
      let id = try await start([.delivery(has.id), .delivery(hasNot.id)], in: ledger)
      for (position, row) in [has, hasNot].enumerated() {
        let replay = PairReplay(decision: decision(.withhold), configuration: 1, revision: nil, seen: row)
        #expect(try await ledger.replayPair(replay, job: id, position: position))
      }
      #expect(try await ledger.delivery(has.id)?.state == .delivered)
      #expect(try await ledger.delivery(hasNot.id)?.state == .withheld)
      #expect(try await ledger.audit().isBalanced)
    }
  }

  @Test func `finds in history what was not delivered, and dead letters as such`() async throws {
    try await TestLedger.with { ledger in
      _ = try await delivered(ledger)
      let late = try await ledger.accept(.message("late", at: moment(1000), pairs: [.to(enisa), .to(cert, .withhold)]))
      _ = try await ledger.claimDeliveries(
        limit: 9, owner: "hub", now: moment(1000), leaseMilliseconds: 1000)
      try await ledger.settle(
        Settlement(delivery: late.deliveries[0], owner: "hub", at: moment(1001), result: .deadLetter(.refused)))
      let undelivered = HistoryFilter(states: [.deadLettered, .withheld])
      let letter = try await ledger.deadLetters()[0].id
      #expect(
        try await ledger.history(undelivered, limit: 9).targets == [.deadLetter(letter), .delivery(late.deliveries[1])])
      let early = HistoryFilter(states: [.delivered, .withheld], recipient: enisa, until: moment(1000))
      #expect(try await ledger.history(early, limit: 9).targets.count == 1)
    }
  }
}

/// Edits that a second person approves.
@Suite struct `An edit that waits for a second person` {
  @Test func `is not replayed before somebody else has approved it`() async throws {
    try await TestLedger.with { ledger in
      let letter = try await ledger.refuse(.message("m", failure: .malformed))
      await #expect(throws: LedgerError.self) {
        try await ledger.approveEdit(ofDeadLetter: letter, operator: "bob", note: "", at: moment())
      }
      _ = try await ledger.editDeadLetter(
        letter, body: [1], operator: "ada", note: "", needsApproval: true, at: moment())
      #expect(try await ledger.deadLetter(letter)?.row.awaitsApproval == true)
      #expect(try await !ledger.beginReplay(letter, act: nil, now: moment()))
      await #expect(throws: LedgerError.self) {
        try await ledger.approveEdit(ofDeadLetter: letter, operator: "ada", note: "", at: moment())
      }
      #expect(try await ledger.approveEdit(ofDeadLetter: letter, operator: "bob", note: "seen", at: moment()) == 1)
      #expect(try await ledger.audit().isBalanced)
      // Another edit wants another approval.
      _ = try await ledger.editDeadLetter(
        letter, body: [2], operator: "ada", note: "", needsApproval: true, at: moment())
      #expect(try await !ledger.beginReplay(letter, act: nil, now: moment()))
      #expect(try await ledger.approveEdit(ofDeadLetter: letter, operator: "bob", note: "", at: moment()) == 2)
      #expect(try await ledger.beginReplay(letter, act: nil, now: moment()))
    }
  }
}

/// A ledger of a test's own.
private enum TestLedger {
  static func with(_ body: (Ledger) async throws -> Void) async throws {
    let desk = try Desk()
    try await body(desk.ledger)
  }
}

extension Ledger {
  fileprivate func replayPair(_ replay: PairReplay, job: Int64, position: Int) async throws -> Bool {
    try await replayPairs([(position, replay)], job: job, at: moment())[0].get()
  }
}
