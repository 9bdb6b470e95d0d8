import AMQP
import BrokerTestSupport
import Contract
import Ledger
import Testing

@testable import Hub

/// Holds from the outbox to the inbox.
@Suite struct `A held delivery` {
  private var terms: TestTerms {
    var terms = TestTerms()
    terms.grant = "maximum-tlp: TLP:AMBER\n    needs-approval: true"
    return terms
  }

  @Test func `reaches nobody until it is released, and then those alone for whom it was`() async throws {
    try await TestExchange.with(terms) { exchange in
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", TestMessage.bundle(1), AMQPProperties(messageID: "m"))
        _ = try await exchange.receipts(1, of: "alpha")
        let held = try await exchange.ledger.held()
        #expect(held.map(\.delivery.recipient.slug) == ["beta", "gamma"])
        try await exchange.settle()
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").isEmpty)

        let desk = HeldDesk(exchange.home, operator: "ada")
        #expect(try await desk.refuse(held[1].delivery.id, reason: "no")?.state == .withheld)
        #expect(try await desk.release(held[0].delivery.id, note: "yes")?.state == .pending)
        let taken = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
        #expect(taken.map(\.body) == [TestMessage.bundle(1)])
        try await exchange.settle()
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "gamma").isEmpty)
        let report = try await exchange.ledger.audit()
        #expect(report.isBalanced)
        #expect(report.pairs[AgencyID("beta")!] == [.delivered: 1])
        let tree = try await exchange.home.verifyTree()
        #expect(tree.isSound && tree.heads == 1)
      }
      // It signs what it leaves behind.
      let tree = try await exchange.home.verifyTree()
      #expect(tree.isSound && tree.newestHead?.size == tree.size)
    }
  }
}
