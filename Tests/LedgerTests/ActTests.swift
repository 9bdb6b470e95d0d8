import Contract
import Testing

@testable import Ledger

/// Operators' acts, configurations, hubs, leases, receipts, suspects: what hubs and commands tell each other.
struct ActTests {
  @Test func `an act is taken by one hub, and by another once the first one's lease has ended`() async throws {
    let ledger = try Desk().ledger
    let id = try await ledger.requestAct("replay", arguments: Array("[1]".utf8), operator: "ada", at: moment())
    let taken = try await ledger.claimActs(owner: "hub-1", now: moment(1), leaseMilliseconds: 100)
    #expect(taken.map(\.id) == [id])
    #expect(taken.first?.state == .running)
    #expect(taken.first?.operator == "ada")
    #expect(try await ledger.claimActs(owner: "hub-2", now: moment(100), leaseMilliseconds: 100).isEmpty)
    #expect(try await ledger.extendAct(id, owner: "hub-2", until: moment(900)) == false)
    #expect(try await ledger.extendAct(id, owner: "hub-1", until: moment(200)))
    #expect(try await ledger.claimActs(owner: "hub-2", now: moment(199), leaseMilliseconds: 100).isEmpty)
    #expect(try await ledger.claimActs(owner: "hub-2", now: moment(200), leaseMilliseconds: 100).map(\.id) == [id])
  }

  @Test func `an act ends once, with its result`() async throws {
    let ledger = try Desk().ledger
    let id = try await ledger.requestAct("replay", arguments: [], operator: "ada", at: moment())
    try await ledger.finishAct(id, succeeded: false, result: Array("{}".utf8), at: moment(1))
    #expect(try await ledger.act(id)?.state == .failed)
    #expect(try await ledger.act(id)?.result == Array("{}".utf8))
    await #expect { try await ledger.finishAct(id, succeeded: true, result: [], at: moment()) } throws: {
      ($0 as? LedgerError)?.code == .conflict
    }
    await #expect { try await ledger.finishAct(99, succeeded: true, result: [], at: moment()) } throws: {
      ($0 as? LedgerError)?.code == .notFound
    }
    #expect(try await ledger.claimActs(owner: "hub-1", now: moment(9), leaseMilliseconds: 1).isEmpty)
    let done = try await ledger.recordAct("edit", arguments: [], operator: "ada", result: [1], at: moment(2))
    #expect(try await ledger.act(done)?.state == .done)
    #expect(try await ledger.audit().anomalies == [])
  }

  @Test func `the same configuration keeps its version, another gets the next, and an old one comes back as new`()
    async throws
  {
    let ledger = try Desk().ledger
    #expect(try await ledger.newestConfiguration() == nil)
    #expect(try await ledger.configurationVersion(for: "d1", files: [1], at: moment()) == 1)
    #expect(try await ledger.configurationVersion(for: "d1", files: [1], at: moment(1)) == 1)
    #expect(try await ledger.configurationVersion(for: "d2", files: [2], at: moment(2)) == 2)
    #expect(try await ledger.configurationVersion(for: "d1", files: [1], at: moment(3)) == 3)
    #expect(try await ledger.newestConfiguration()?.version == 3)
    #expect(try await ledger.configuration(2)?.files == [2])
  }

  @Test func `hubs that propose the same configuration at once get one version`() async throws {
    let ledger = try Desk { $0.groupMicroseconds = 20_000 }.ledger
    let versions = try await withThrowingTaskGroup(of: Int64.self) { group in
      for _ in 0..<8 { group.addTask { try await ledger.configurationVersion(for: "d", files: [], at: moment()) } }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(versions == [1])
  }

  @Test func `a hub is alive while it beats, and takes its leases and claims with it when it retires`() async throws {
    let ledger = try Desk().ledger
    try await ledger.beat(hub: "hub-1", at: moment())
    try await ledger.beat(hub: "hub-2", at: moment(10))
    try await ledger.beat(hub: "hub-1", at: moment(20))
    #expect(
      try await ledger.liveHubs(since: moment(15)) == [
        HubRow(id: "hub-1", started: moment(), beat: moment(20), configuration: nil)
      ])
    _ = try await ledger.accept(.message("m1", claim: Claim(owner: "hub-1", until: moment(1000))))
    #expect(try await ledger.lease("receipts", owner: "hub-1", now: moment(20), leaseMilliseconds: 1000))
    try await ledger.retire(hub: "hub-1", at: moment(30))
    #expect(try await ledger.liveHubs(since: moment()).map(\.id) == ["hub-2"])
    #expect(try await ledger.lease("receipts", owner: "hub-2", now: moment(30), leaseMilliseconds: 1000))
    let due = try await ledger.claimDeliveries(limit: 9, owner: "hub-2", now: moment(30), leaseMilliseconds: 1000)
    #expect(due.count == 1)
  }

  @Test func `a lease has one owner at a time`() async throws {
    let ledger = try Desk().ledger
    #expect(try await ledger.lease("l", owner: "a", now: moment(), leaseMilliseconds: 100))
    #expect(try await ledger.lease("l", owner: "b", now: moment(99), leaseMilliseconds: 100) == false)
    #expect(try await ledger.lease("l", owner: "a", now: moment(99), leaseMilliseconds: 100))
    #expect(try await ledger.lease("l", owner: "b", now: moment(198), leaseMilliseconds: 100) == false)
    #expect(try await ledger.lease("l", owner: "b", now: moment(199), leaseMilliseconds: 100))
    try await ledger.release(lease: "l", owner: "a")
    #expect(try await ledger.lease("l", owner: "a", now: moment(200), leaseMilliseconds: 100) == false)
    try await ledger.release(lease: "l", owner: "b")
    #expect(try await ledger.lease("l", owner: "a", now: moment(200), leaseMilliseconds: 100))
  }

  @Test func `a receipt is sent once`() async throws {
    let ledger = try Desk().ledger
    for id in ["m1", "m2", "m3"] { _ = try await ledger.accept(.message(id)) }
    let first = try await ledger.pendingReceipts(agency: cisa, limit: 2)
    #expect(first.count == 2)
    try await ledger.markReceiptsSent(first.map(\.id))
    #expect(try await ledger.pendingReceipts(limit: 10).map(\.message) == [3])
    #expect(try await ledger.pendingReceipts(agency: enisa, limit: 10).isEmpty)
    #expect(try await ledger.trace(messageID: "m1").receipts.map(\.isSent) == [true])
  }

  @Test func `attempts on a suspect are counted over a crash, for each sender and key`() async throws {
    let desk = try Desk()
    #expect(try await desk.ledger.noteAttempt(sender: cisa, key: "m1", at: moment()) == 1)
    #expect(try await desk.ledger.noteAttempt(sender: cisa, key: "m1", at: moment()) == 2)
    #expect(try await desk.ledger.noteAttempt(sender: enisa, key: "m1", at: moment()) == 1)
    #expect(try await desk.ledger.noteAttempts(sender: cisa, keys: ["m2", "m1", "m2"], at: moment()) == [1, 3, 2])
    try await desk.ledger.clearAttempts(sender: cisa, keys: ["m2", "m3"])
    #expect(try await desk.ledger.noteAttempts(sender: cisa, keys: ["m2"], at: moment()) == [1])
    #expect(try await desk.ledger.noteAttempts(sender: cisa, keys: [], at: moment()) == [])
    await desk.ledger.close()
    let ledger = try Ledger.open(LedgerSettings(path: desk.path, keys: Desk.keys))
    #expect(try await ledger.noteAttempt(sender: cisa, key: "m1", at: moment()) == 4)
    try await ledger.clearAttempts(sender: cisa, key: "m1")
    #expect(try await ledger.noteAttempt(sender: cisa, key: "m1", at: moment()) == 1)
    await ledger.close()
  }
}
