import Contract
import Testing

@testable import Ledger

/// Pairs that wait for an approval.
struct HeldTests {
  private let approved = RevisedDecision(
    outcome: .redact, rule: "needs-approval", arrangement: "eu-us-2026", reason: "Approved by ada.", objects: [0, 1],
    decision: Array("approved".utf8))
  private let refused = RevisedDecision(
    outcome: .withhold, rule: "needs-approval", arrangement: nil, reason: "Refused by ada.", objects: [], decision: [])

  private func desk() async throws -> (desk: Desk, held: Int64, sent: Int64) {
    let desk = try Desk()
    let message = try await desk.ledger.accept(.message("m1", pairs: [.to(enisa, .hold), .to(cert)]))
    return (desk, message.deliveries[0], message.deliveries[1])
  }

  private func end(_ desk: Desk, _ delivery: Int64, _ decision: RevisedDecision) async throws -> DeliveryRow {
    try await desk.ledger.answerHold(
      delivery, decision: decision, configuration: 1, act: "held-release", arguments: Array("{}".utf8),
      operator: "ada", at: moment(5))
  }

  @Test func `what is not held, or not there, is neither released nor refused, and no act is written`() async throws {
    let (desk, held, sent) = try await desk()
    for (delivery, code) in [(sent, LedgerError.Code.conflict), (99, .notFound)] {
      await #expect { _ = try await end(desk, delivery, approved) } throws: { ($0 as? LedgerError)?.code == code }
    }
    _ = try await end(desk, held, refused)
    await #expect { _ = try await end(desk, held, approved) } throws: { ($0 as? LedgerError)?.code == .conflict }
    #expect(try await desk.ledger.act(2) == nil)
    #expect(try await desk.ledger.audit().anomalies == [])
  }

  @Test func `one of several who must release it leaves it held, with what it still waits for`() async throws {
    let (desk, held, sent) = try await desk()
    let again = RevisedDecision(outcome: .hold, rule: "r", arrangement: nil, reason: "x", objects: [0], decision: [7])
    let row = try await end(desk, held, again)
    #expect(row.state == .held && row.rule == "r" && row.decision == [7])
    let due = try await desk.ledger.claimDeliveries(
      limit: 10, owner: "h", now: moment(100 * 365 * 86_400_000), leaseMilliseconds: 1000)
    #expect(due.map(\.id) == [sent])
    #expect(try await desk.ledger.held().map(\.delivery.id) == [held])
    #expect(try await desk.ledger.audit().anomalies == [])
  }

  @Test func `a hold never delivers by itself, however long it waits`() async throws {
    let (desk, held, sent) = try await desk()
    let due = try await desk.ledger.claimDeliveries(
      limit: 10, owner: "h", now: moment(100 * 365 * 86_400_000), leaseMilliseconds: 1000)
    #expect(due.map(\.id) == [sent])
    #expect(try await desk.ledger.held().map(\.delivery.id) == [held])
  }

  @Test func `a released pair is due at once, with the earlier decision on record`() async throws {
    let (desk, held, _) = try await desk()
    let row = try await end(desk, held, approved)
    #expect(row.state == .pending)
    #expect(row.objects == [0, 1])
    #expect(try await desk.ledger.held() == [])
    let due = try await desk.ledger.claimDeliveries(
      limit: 10, recipient: enisa, owner: "h", now: moment(5), leaseMilliseconds: 1000)
    #expect(due.map(\.decision) == [approved.decision])
    let events = try await desk.ledger.trace(messageID: "m1").events.filter { $0.delivery == held }
    #expect(events.map(\.code) == ["hold", "redact"])
    let act = try #require(try await desk.ledger.act(1))
    #expect(act.operator == "ada" && act.state == .done && act.kind == "held-release")
    #expect(try await desk.ledger.audit().anomalies == [])
    #expect(try await desk.ledger.verifyTree(isSigned: { _ in nil }).isSound)
  }

  @Test func `a refused pair is withheld`() async throws {
    let (desk, held, _) = try await desk()
    #expect(try await end(desk, held, refused).state == .withheld)
    #expect(try await desk.ledger.audit().pairs[enisa] == [.withheld: 1])
    #expect(try await desk.ledger.audit().anomalies == [])
  }

  @Test func `filters and limits`() async throws {
    let (desk, held, _) = try await desk()
    let second = try await desk.ledger.accept(.message("m2", pairs: [.to(cert, .hold)])).deliveries[0]
    #expect(try await desk.ledger.held().map(\.delivery.id) == [held, second])
    #expect(try await desk.ledger.held(HeldFilter(recipient: cert)).map(\.delivery.id) == [second])
    #expect(try await desk.ledger.held(HeldFilter(sender: enisa)) == [])
    #expect(try await desk.ledger.held(HeldFilter(sender: cisa, limit: 1)).map(\.message.messageID) == ["m1"])
    #expect(try await desk.ledger.pair(99) == nil)
  }

  @Test func `what waits is counted by recipient, cause and agency`() async throws {
    let (desk, _, _) = try await desk()
    let now = moment(60_000)
    let claimed = try await desk.ledger.claimDeliveries(limit: 1, owner: "h", now: now, leaseMilliseconds: 1000)
    try await desk.ledger.settle(
      Settlement(delivery: claimed[0].id, owner: "h", at: now, result: .retry(.inboxFull, next: now)))
    _ = try await desk.ledger.accept(.message("m2", at: moment(7), pairs: [.to(cert)]))
    let open = try await desk.ledger.refuse(.message("m3", failure: .malformed))
    _ = try await desk.ledger.refuse(.message("m4", failure: .malformed))
    _ = try await desk.ledger.remark(.archived, on: [open], operator: "ada", note: "", at: now)
    let standing = try await desk.ledger.standing()
    #expect(standing.pending.map(\.cause) == [nil, "inbox-full"])
    #expect(standing.pending.map(\.oldest) == [moment(7), moment()])
    #expect(standing.held.map(\.recipient) == [enisa] && standing.held.map(\.count) == [1])
    #expect(standing.dead.map(\.cause) == ["schema"] && standing.dead.map(\.count) == [1])
    #expect(standing.archived == 1)
    #expect(standing.receipts.map(\.count) == [4] && standing.receipts.map(\.oldest) == [moment()])
  }
}
