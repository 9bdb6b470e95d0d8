import AMQP
import BrokerTestSupport
import Contract
import Ledger
import Sharing
import Testing

@testable import Hub

/// Holds that time ends, and those that it does not.
@Suite struct `A hold in time` {
  private func terms(_ hold: String) -> TestTerms {
    var terms = TestTerms()
    terms.grant = "maximum-tlp: TLP:AMBER\n    hold: [\(hold)]"
    return terms
  }

  /// Publishes one message, which is held for beta and gamma; gives their numbers.
  private func publish(_ exchange: TestExchange) async throws -> [Int64] {
    try await exchange.publish(as: "alpha", TestMessage.bundle(1), AMQPProperties(messageID: "m"))
    _ = try await exchange.receipts(1, of: "alpha")
    return try await exchange.ledger.held().map(\.delivery.id)
  }

  private func states(_ exchange: TestExchange) async throws -> [DeliveryState] {
    try await exchange.ledger.deliveries(of: 1).map(\.state)
  }

  @Test func `a consent waits for the party it is from, under an embargo and after it, and time gives none`()
    async throws
  {
    let hold = "{for: embargo, until: 2036-01-01}, {for: consent, release-by: [alpha]}"
    try await TestExchange.with(terms(hold)) { exchange in
      let clock = ShiftedClock()
      try await exchange.withHub(clock: clock) {
        let held = try await publish(exchange)
        #expect(held.count == 2)
        let desk = HeldDesk(exchange.home, operator: "ada", clock: clock)
        // Neither the operators' to release, nor another party's.
        for voice in [nil, PartyVoice(.known("beta"))] {
          await #expect(throws: StageFailure.self) { try await desk.release(held[0], as: voice, note: "") }
        }
        // Given under the embargo, it is kept and lets nothing out before its end.
        #expect(try await desk.release(held[0], as: PartyVoice(.known("alpha")), note: "")?.state == .held)
        await #expect(throws: StageFailure.self) {
          try await desk.release(held[0], as: PartyVoice(.known("alpha")), note: "")
        }
        try await exchange.settle()
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").isEmpty)

        clock.move(hours: 20 * 366 * 24)
        let taken = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
        #expect(taken.map(\.body) == [TestMessage.bundle(1)])
        try await exchange.settle()
        // For gamma nobody has consented.
        #expect(try await states(exchange) == [.delivered, .held])
        #expect(try await desk.release(held[1], as: PartyVoice(.known("alpha")), note: "")?.state == .pending)
        _ = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "gamma")
        try await exchange.settle()
        #expect(try await exchange.ledger.audit().isBalanced)
        #expect(try await exchange.home.verifyTree().isSound)
      }
    }
  }

  @Test func `at its end it is decided again: what the terms of that moment withhold is withheld`() async throws {
    try await TestExchange.with(terms("{for: delay, hours: 24}")) { exchange in
      let clock = ShiftedClock()
      try await exchange.withHub(clock: clock) {
        let held = try await publish(exchange)
        let desk = HeldDesk(exchange.home, operator: "ada", clock: clock)
        await #expect(throws: StageFailure.self) { try await desk.release(held[0], note: "now") }
        var later = terms("{for: delay, hours: 24}")
        later.suspended = true
        try later.write(to: exchange.folder, prefix: exchange.prefix)
        let flow = FlowDesk(exchange.home, operator: "ada", clock: clock)
        #expect(try await flow.reload(reason: "a test") == 2)
        try await eventually("the hub follows") { try await flow.following(2) == (1, 1) }
        #expect(try await states(exchange) == [.held, .held])
        clock.move(hours: 25)
        try await eventually("the holds end") { try await states(exchange) == [.withheld, .withheld] }
        let rows = try await exchange.ledger.deliveries(of: 1)
        #expect(rows.allSatisfy { $0.rule == "arrangement-suspended" && $0.configuration == 2 })
        #expect(rows[0].reason.hasPrefix("Its time has ended, and it was decided again."))
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").isEmpty)
        #expect(try await exchange.ledger.audit().isBalanced)
      }
    }
  }
}
