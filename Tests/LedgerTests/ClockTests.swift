import Contract
import Testing

@testable import Ledger

/// What was written while a clock was wrong does not stand still until that time has come.
struct ClockTests {
  private static let hour: Int64 = 3_600_000
  private static let year: Int64 = 365 * 24 * hour

  @Test func `a ledger whose times are sound is left as it is`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1", claim: Claim(owner: "hub-1", until: moment(500))))
    try await desk.ledger.beat(hub: "hub-1", at: moment())
    #expect(try await desk.ledger.takeBack(beyond: moment(Self.hour), at: moment(1)) == 0)
    #expect(try await desk.ledger.claimOwners() == ["hub-1"])
    #expect(try await desk.ledger.liveHubs(since: moment()).map(\.id) == ["hub-1"])
  }

  @Test(arguments: Lane.allCases) func `a claim from the future is due now, and nobody's`(lane: Lane) async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(
      .message(
        "m1", lane: lane, claim: Claim(owner: "hub-1", until: moment(Self.year)), pairs: [.to(enisa, lane: lane)]))
    _ = try await desk.ledger.accept(
      .message("m2", lane: lane, claim: Claim(owner: "hub-1", until: moment(500)), pairs: [.to(enisa, lane: lane)]))
    #expect(try await desk.ledger.takeBack(beyond: moment(Self.hour), at: moment(1)) == 1)
    let claimed = try await desk.ledger.claimDeliveries(
      limit: 10, owner: "hub-2", now: moment(1), leaseMilliseconds: 1000)
    #expect(claimed.count == 1, "the sound claim of the other message stays")
    #expect(try await desk.ledger.message(claimed[0].message)?.messageID == "m1")
  }

  @Test func `what is settled is not touched, whatever its time`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1", pairs: [.to(enisa, .withhold), .to(cert, .hold)]))
    #expect(try await desk.ledger.takeBack(beyond: moment(-Self.year), at: moment(-Self.year)) == 0)
  }

  @Test func `a lease from the future is over soon, not with that time`() async throws {
    let desk = try Desk()
    func take(_ owner: String, at offset: Int64) async throws -> Bool {
      try await desk.ledger.lease("receipts/us-cisa", owner: owner, now: moment(offset), leaseMilliseconds: 1000)
    }
    #expect(try await take("hub-1", at: Self.year))
    #expect(try await take("hub-2", at: 1) == false)
    #expect(try await desk.ledger.takeBack(beyond: moment(Self.hour), at: moment(1)) == 1)
    #expect(try await take("hub-2", at: 1))
    #expect(try await take("hub-1", at: 2) == false)
  }

  @Test func `a hub that beat in the future lives only if it says so again`() async throws {
    let desk = try Desk()
    try await desk.ledger.beat(hub: "hub-1", at: moment(Self.year))
    try await desk.ledger.beat(hub: "hub-2", at: moment())
    #expect(try await desk.ledger.takeBack(beyond: moment(Self.hour), at: moment(1)) == 1)
    #expect(try await desk.ledger.liveHubs(since: moment(-1)).map(\.id) == ["hub-2"])
    #expect(try await desk.ledger.takeBack(beyond: moment(Self.hour), at: moment(1)) == 0)
  }
}
