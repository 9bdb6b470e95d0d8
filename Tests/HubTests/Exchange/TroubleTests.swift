import AMQP
import Broker
import BrokerTestSupport
import Contract
import JSON
import Ledger
import Sharing
import Testing

@testable import Hub

/// Trouble outside the hub: inboxes that are full, brokers that go, hubs that compete.
@Suite struct `In trouble` {
  @Test func `a full inbox keeps its own deliveries waiting and nobody else's, and flows again by itself`() async throws
  {
    var terms = TestTerms()
    terms.inboxBytes = 20_000
    try await TestExchange.with(terms) { exchange in
      try await exchange.withHub {
        let filler = String(repeating: "x", count: 4000)
        let count = 40
        for number in 1...count {
          try await exchange.publish(as: "alpha", TestMessage.bundle(number, description: filler))
        }
        _ = try await exchange.receipts(count, of: "alpha")
        // Nobody empties beta's inbox until gamma, emptied all the while, has everything.
        let gamma = try await exchange.take(count, from: QueueNames.inbox(.threat), of: "gamma")
        #expect(gamma.count == count)
        let waiting = try await exchange.ledger.audit().pairs[.known("beta")]?[.pending] ?? 0
        #expect(waiting > 0)
        let beta = try await exchange.take(count, from: QueueNames.inbox(.threat), of: "beta")
        #expect(Set(beta.map(\.properties.messageID)).count == count)
        try await exchange.settle()
        #expect(try await exchange.ledger.audit().isBalanced)
      }
    }
  }

  @Test func `an inbox that somebody deleted keeps its deliveries waiting, and says why, until it is made again`()
    async throws
  {
    try await TestExchange.with { exchange in
      let management = exchange.prefix.management
      try await management.delete(["queues", exchange.prefix.text + "beta", QueueNames.inbox(.threat)])
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", TestMessage.bundle(1))
        #expect(try await exchange.take(1, from: QueueNames.inbox(.threat), of: "gamma").count == 1)
        try await eventually("beta's delivery waits for its inbox") {
          try await exchange.ledger.standing().pending.contains {
            $0.recipient == .known("beta") && $0.cause == FailureCause.inboxMissing.rawValue
          }
        }
        let configuration = try Configuration.load(folder: exchange.folder.path)
        try await TopologyInstaller(configuration: configuration, management: management).apply()
        #expect(try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta").count == 1)
        try await exchange.settle()
      }
    }
  }

  @Test func `two hubs on one ledger deliver each message once`() async throws {
    try await TestExchange.with { exchange in
      let first = try exchange.startProbe()
      let second = try exchange.startProbe()
      let count = 60
      for number in 1...count {
        try await exchange.publish(as: "alpha", TestMessage.bundle(number), AMQPProperties(messageID: "m-\(number)"))
      }
      try await exchange.settleIntake(count)
      try await exchange.settle()
      first.kill()
      second.kill()
      for agency in ["beta", "gamma"] {
        let delivered = try await exchange.drain(QueueNames.inbox(.threat), of: agency)
        #expect(delivered.count == count)
        #expect(Set(delivered.map(\.properties.messageID)).count == count)
      }
      #expect(try await exchange.receipts(count, of: "alpha").count == count)
      #expect(try await exchange.ledger.audit().isBalanced)
    }
  }

  @Test func `a suspended arrangement stops what was decided and not yet delivered`() async throws {
    var terms = TestTerms()
    terms.suspended = true
    try await TestExchange.with(terms) { exchange in
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", TestMessage.bundle(1), AMQPProperties(messageID: "m"))
        #expect(try await exchange.receipts(1, of: "alpha")[0]["receipt"]?.string == "accepted")
        try await exchange.settle()
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").isEmpty)
        let trace = try await exchange.ledger.audit().pairs[.known("beta")]
        #expect(trace == [.withheld: 1])
      }
    }
  }

  @Test func `an urgent report that comes after a flood of the threat lane arrives before its end`() async throws {
    try await TestExchange.with { exchange in
      // More than pass while this looks for the warning.
      let count = 2000
      try await exchange.publish(as: "alpha", (1...count).map { TestMessage.bundle($0) })
      let warning = try Example.message("early-warning.json")
      try await exchange.publish(as: "alpha", warning, key: "incident", AMQPProperties(messageID: "warning"))
      try await exchange.withHub {
        _ = try await exchange.take(1, from: QueueNames.inbox(.incident), of: "beta")
        let delivered = try await exchange.ledger.audit().pairs[.known("beta")]?[.delivered] ?? 0
        #expect(delivered < count, "\(delivered) threats were delivered before the warning")
        _ = try await exchange.take(count, from: QueueNames.inbox(.threat), of: "beta")
      }
    }
  }
}
