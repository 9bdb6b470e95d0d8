import Contract
import Testing

@testable import Ledger

struct DeliveryTests {
  private func claim(
    _ ledger: Ledger, _ limit: Int = 100, to recipient: AgencyID? = nil, owner: String = "hub-1", at offset: Int64 = 0,
    lease: Int64 = 1000
  ) async throws -> [DeliveryRow] {
    try await ledger.claimDeliveries(
      limit: limit, recipient: recipient, owner: owner, now: moment(offset), leaseMilliseconds: lease)
  }

  // MARK: - Claims

  @Test func `withheld and held pairs are never handed out`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1", pairs: [.to(enisa, .withhold), .to(cert, .hold)]))
    #expect(try await claim(desk.ledger, at: 1_000_000_000).isEmpty)
  }

  @Test func `a claimed delivery goes to nobody else until its lease ends`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1"))
    let first = try await claim(desk.ledger)
    #expect(first.map(\.recipient) == [enisa])
    #expect(first.first?.claimedBy == "hub-1")
    #expect(try await claim(desk.ledger, owner: "hub-2", at: 999).isEmpty)
    #expect(try await claim(desk.ledger, owner: "hub-2", at: 1000).map(\.id) == first.map(\.id))
  }

  @Test func `a delivery that was recorded with a claim is its owner's from the start`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1", claim: Claim(owner: "hub-1", until: moment(500))))
    #expect(try await claim(desk.ledger, owner: "hub-2", at: 499).isEmpty)
    #expect(try await claim(desk.ledger, owner: "hub-2", at: 500).count == 1)
  }

  @Test func `claims of a dead hub are due at once, those of others are not`() async throws {
    let desk = try Desk()
    for id in ["m1", "m2"] { _ = try await desk.ledger.accept(.message(id)) }
    _ = try await claim(desk.ledger, 1, owner: "dead")
    _ = try await claim(desk.ledger, 1, owner: "alive")
    #expect(try await desk.ledger.claimOwners() == ["dead", "alive"])
    #expect(try await desk.ledger.releaseClaims(of: "dead", at: moment(1)) == 1)
    #expect(try await claim(desk.ledger, owner: "hub-3", at: 1).count == 1)
  }

  @Test func `an extended claim lasts longer, and only its owner extends it`() async throws {
    let desk = try Desk()
    let row = try await desk.ledger.accept(.message("m1"))
    _ = try await claim(desk.ledger)
    #expect(try await desk.ledger.extendClaims([row.deliveries[0]], owner: "hub-2", until: moment(9000)) == [])
    #expect(
      try await desk.ledger.extendClaims([row.deliveries[0]], owner: "hub-1", until: moment(9000))
        == [row.deliveries[0]])
    #expect(try await claim(desk.ledger, owner: "hub-2", at: 8999).isEmpty)
  }

  @Test func `the incident lane comes first, then what has been due longest`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("late", at: moment(20), pairs: [.to(enisa)]))
    _ = try await desk.ledger.accept(.message("early", at: moment(10), pairs: [.to(enisa)]))
    _ = try await desk.ledger.accept(
      .message("urgent", lane: .incident, at: moment(30), pairs: [.to(enisa, lane: .incident)]))
    var messages: [String] = []
    for row in try await claim(desk.ledger, at: 30) {
      messages.append(try #require(try await desk.ledger.message(row.message)).messageID)
    }
    #expect(messages == ["urgent", "early", "late"])
  }

  @Test func `a limit and a recipient narrow what is claimed`() async throws {
    let desk = try Desk()
    for id in 0..<5 { _ = try await desk.ledger.accept(.message("m\(id)", pairs: [.to(enisa), .to(cert)])) }
    #expect(try await claim(desk.ledger, 3, to: cert).map(\.recipient) == [cert, cert, cert])
    #expect(try await claim(desk.ledger).count == 7)
  }

  @Test func `two decisions for one recipient of one message are refused`() async throws {
    let desk = try Desk()
    await #expect {
      try await desk.ledger.record(.message("m1", pairs: [.to(enisa), .to(enisa, .withhold)]))
    } throws: {
      ($0 as? LedgerError)?.code == .invalid
    }
    #expect(try await desk.ledger.message(1) == nil)
  }

  // MARK: - Settlements

  private func settle(
    _ desk: Desk, _ delivery: Int64, owner: String = "hub-1", at offset: Int64 = 10, _ result: Settlement.Result
  ) async throws -> SettlementOutcome {
    try await desk.ledger.settle(
      Settlement(delivery: delivery, owner: owner, at: moment(offset), result: result))
  }

  private func claimed(_ desk: Desk, _ outcome: DecisionOutcome = .deliver) async throws -> Int64 {
    let claim = Claim(owner: "hub-1", until: moment(1000))
    return try await desk.ledger.accept(.message("m1", claim: claim, pairs: [.to(enisa, outcome)])).deliveries[0]
  }

  private static func decision(_ outcome: DecisionOutcome, _ objects: [Int] = [0]) -> RevisedDecision {
    RevisedDecision(
      outcome: outcome, rule: "judged-again", arrangement: nil, reason: "Narrower.", objects: objects,
      decision: Array("narrow".utf8))
  }

  @Test func `only the owner of the claim may say anything but delivered`() async throws {
    let desk = try Desk()
    let id = try await claimed(desk)
    for result: Settlement.Result in [
      .narrowed(Self.decision(.redact)), .retry(.inboxFull, next: moment(50)), .deadLetter(.refused), .released,
    ] {
      #expect(try await settle(desk, id, owner: "hub-2", result) == .notClaimed(.pending))
    }
    #expect(try await desk.ledger.delivery(id)?.attempts == 0)
    #expect(
      try await settle(desk, id, owner: "hub-2", .delivered(revision: 1, bodyMAC: [1], losses: nil))
        == .settled(.delivered))
  }

  @Test func `a delivery that is settled takes no other end, and a repeated confirm is none`() async throws {
    let desk = try Desk()
    let id = try await claimed(desk)
    let delivered = Settlement.Result.delivered(revision: 1, bodyMAC: [1], losses: Array("[]".utf8))
    #expect(try await settle(desk, id, delivered) == .settled(.delivered))
    #expect(try await settle(desk, id, delivered) == .repeated)
    #expect(try await settle(desk, id, .deadLetter(.refused)) == .notClaimed(.delivered))
    let row = try #require(try await desk.ledger.delivery(id))
    #expect(row.confirmedRevision == 1)
    #expect(row.bodyMAC == [1])
    #expect(try await desk.ledger.audit().isBalanced)
  }

  @Test func `there is no settlement of a delivery that does not exist`() async throws {
    let desk = try Desk()
    await #expect { try await settle(desk, 99, .released) } throws: { ($0 as? LedgerError)?.code == .notFound }
  }

  @Test(arguments: [
    (DecisionOutcome.redact, DecisionOutcome.deliver, [0]), (.deliver, .deliver, [0]), (.deliver, .redact, [0, 99]),
  ])
  func `a decision is never widened`(from: DecisionOutcome, to: DecisionOutcome, objects: [Int]) async throws {
    let desk = try Desk()
    let id = try await claimed(desk, from)
    await #expect { try await settle(desk, id, .narrowed(Self.decision(to, objects))) } throws: {
      ($0 as? LedgerError)?.code == .invalid
    }
    #expect(try await desk.ledger.delivery(id)?.outcome == from)
  }

  @Test func `a narrowing keeps the claim, the earlier decision and an entry of its own`() async throws {
    let desk = try Desk()
    let id = try await claimed(desk)
    #expect(try await settle(desk, id, .narrowed(Self.decision(.redact))) == .settled(.pending))
    var row = try #require(try await desk.ledger.delivery(id))
    #expect(row.outcome == .redact)
    #expect(row.objects == [0])
    #expect(row.claimedBy == "hub-1")
    #expect(try await settle(desk, id, .narrowed(Self.decision(.withhold, []))) == .settled(.withheld))
    row = try #require(try await desk.ledger.delivery(id))
    #expect(row.state == .withheld)
    let decisions = try await desk.ledger.trace(messageID: "m1").events.filter { $0.delivery == id }
    #expect(decisions.map(\.what) == [.decided, .narrowed, .narrowed])
    #expect(decisions.map(\.code) == ["deliver", "redact", "withhold"])
    #expect(try await desk.ledger.audit().anomalies == [])
  }

  @Test func `a transient failure is due again later, and a cause that repeats itself makes one entry`() async throws {
    let desk = try Desk()
    let id = try await claimed(desk)
    for attempt in 1...3 {
      #expect(try await settle(desk, id, .retry(.inboxFull, next: moment(Int64(attempt) * 100))) == .settled(.pending))
      #expect(try await claim(desk.ledger, at: Int64(attempt) * 100 - 1).isEmpty)
      #expect(try await claim(desk.ledger, at: Int64(attempt) * 100).map(\.attempts) == [attempt])
    }
    #expect(try await desk.ledger.trace(messageID: "m1").failures.count == 1)
    #expect(try await desk.ledger.delivery(id)?.lastCause == "inbox-full")
  }

  @Test func `a released claim is due at once and counts as no attempt`() async throws {
    let desk = try Desk()
    let id = try await claimed(desk)
    #expect(try await settle(desk, id, .released) == .settled(.pending))
    #expect(try await claim(desk.ledger, owner: "hub-2", at: 10).map(\.attempts) == [0])
  }

  @Test func `a permanent failure is a dead letter of the delivery alone`() async throws {
    let desk = try Desk()
    let id = try await claimed(desk)
    guard case .deadLettered(let letter) = try await settle(desk, id, .deadLetter(.refused)) else {
      Issue.record("not dead-lettered")
      return
    }
    let detail = try #require(try await desk.ledger.deadLetter(letter))
    #expect(detail.delivery?.state == .deadLettered)
    #expect(detail.row.recipient == enisa)
    #expect(detail.message.state == .accepted)
    #expect(try await claim(desk.ledger, at: 1_000_000_000).isEmpty)
    #expect(try await desk.ledger.audit().anomalies == [])
  }

  @Test func `settlements given together are taken together or not at all`() async throws {
    let desk = try Desk()
    let id = try await claimed(desk)
    await #expect(throws: LedgerError.self) {
      try await desk.ledger.settle([
        Settlement(
          delivery: id, owner: "hub-1", at: moment(), result: .delivered(revision: 1, bodyMAC: [1], losses: nil)),
        Settlement(delivery: 99, owner: "hub-1", at: moment(), result: .released),
      ])
    }
    #expect(try await desk.ledger.delivery(id)?.state == .pending)
  }
}
