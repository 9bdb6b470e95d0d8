import AMQP
import Broker
import BrokerTestSupport
import Contract
import Ledger
import Sharing
import Testing

@testable import Hub

/// What operators do to a running exchange: new terms, pauses, suspensions.
@Suite struct `Operated while it runs` {
  private func desk(_ exchange: TestExchange) -> FlowDesk { FlowDesk(exchange.home, operator: "ada") }

  @Test func `a folder with one fault is refused whole, and the hub goes on as it was`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", TestMessage.bundle(1))
        _ = try await exchange.receipts(1, of: "alpha")
        var terms = TestTerms()
        terms.grant = "maximum-tlp: TLP:PURPLE"
        try terms.write(to: exchange.folder, prefix: exchange.prefix)
        await #expect(throws: ConfigurationError.self) { try await desk(exchange).reload(reason: "") }
        #expect(try await exchange.ledger.newestConfigurationVersion() == 1)
        try await exchange.publish(as: "alpha", TestMessage.bundle(2))
        _ = try await exchange.take(2, from: QueueNames.inbox(.threat), of: "beta")
      }
    }
  }

  @Test func `a running hub does not go over to another ledger or broker user`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", TestMessage.bundle(1))
        _ = try await exchange.receipts(1, of: "alpha")
        let path = exchange.folder.path + "/hub.yaml"
        let text = String(decoding: try Example.read(path), as: UTF8.self)
        try exchange.folder.write(
          text.replacing("ledger/test.sqlite", with: "ledger/other.sqlite"), to: "hub.yaml")
        let error = await #expect(throws: HubError.self) { try await desk(exchange).reload(reason: "") }
        #expect(error?.message.contains("ledger's place") == true)
      }
    }
  }

  @Test func `new terms under load lose nothing, decide nothing twice, and each decision names its version`()
    async throws
  {
    try await TestExchange.with { exchange in
      let (waves, size) = (6, 40)
      try await exchange.withHub {
        for wave in 0..<waves {
          if wave == waves / 2 {
            var terms = TestTerms()
            terms.suspended = true
            try terms.write(to: exchange.folder, prefix: exchange.prefix)
            #expect(try await desk(exchange).reload(reason: "a test") == 2)
          }
          try await exchange.publish(as: "alpha", (0..<size).map { TestMessage.bundle(1000 * wave + $0) })
        }
        #expect(try await exchange.receipts(waves * size, of: "alpha").count == waves * size)
        // The last ones came after the hub had followed.
        try await eventually("the hub follows") { try await desk(exchange).following(2) == (1, 1) }
        try await exchange.publish(as: "alpha", TestMessage.bundle(9999))
        _ = try await exchange.receipts(1, of: "alpha")
        try await exchange.settle()
      }
      var versions: [Int64: Int] = [:]
      var delivered = 0
      for message in 1...Int64(waves * size + 1) {
        let version = try #require(try await exchange.ledger.message(message)?.configuration)
        versions[version, default: 0] += 1
        for pair in try await exchange.ledger.deliveries(of: message) where pair.recipient.slug == "beta" {
          if version == 2 { #expect(pair.state == .withheld) }
          if pair.state == .delivered { delivered += 1 }
        }
      }
      #expect(versions[1, default: 0] >= 1)
      #expect(versions[2, default: 0] >= 1)
      let inbox = try await exchange.drain(QueueNames.inbox(.threat), of: "beta")
      #expect(inbox.count == delivered)
      #expect(Set(inbox.map(\.properties.messageID)).count == delivered)
      #expect(try await exchange.ledger.audit().isBalanced)
    }
  }

  @Test func `what goes to a paused recipient waits for it, and nobody else waits`() async throws {
    try await TestExchange.with { exchange in
      let target = Switches.Target.recipient(.known("beta"))
      #expect(try await desk(exchange).pause(target, reason: "a test"))
      #expect(try await desk(exchange).pause(target, reason: "again") == false)
      try await exchange.withHub {
        for number in 1...5 { try await exchange.publish(as: "alpha", TestMessage.bundle(number)) }
        _ = try await exchange.take(5, from: QueueNames.inbox(.threat), of: "gamma")
        #expect(try await desk(exchange).waiting(behind: target) == 5)
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").isEmpty)
        #expect(try await desk(exchange).resume(target, reason: "over"))
        _ = try await exchange.take(5, from: QueueNames.inbox(.threat), of: "beta")
        try await exchange.settle()
      }
      #expect(try await exchange.ledger.audit().isBalanced)
    }
  }

  @Test func `paused intake leaves messages with their sender's queue, and takes them when it goes on`() async throws {
    try await TestExchange.with { exchange in
      _ = try await desk(exchange).pause(.agency(.known("alpha")), reason: "a test")
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", TestMessage.bundle(1))
        try await Task.sleep(for: .milliseconds(1200))
        #expect(try await exchange.ledger.audit().messages.isEmpty)
        _ = try await desk(exchange).resume(.agency(.known("alpha")), reason: "over")
        _ = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
      }
    }
  }

  @Test func `a suspended agency is cut off, what was decided for it is withheld, and its connection ends`()
    async throws
  {
    try await TestExchange.with { exchange in
      let beta = AgencyID.known("beta")
      try await exchange.withHub {
        let connection = try await exchange.connect(as: "beta")
        #expect(try await desk(exchange).suspend(beta, reason: "stolen"))
        try await TopologyInstaller(
          configuration: exchange.home.configuration, management: exchange.prefix.management
        ).lockOut(beta)
        // Its end is what this waits for.
        _ = await connection.waitUntilClosed()
        await #expect(throws: (any Error).self) { try await exchange.connect(as: "beta") }
        try await eventually("the hub has heard") {
          try await exchange.publish(as: "alpha", TestMessage.bundle(Int.random(in: 1...1_000_000)))
          return try await exchange.ledger.audit().pairs[beta]?[.withheld] ?? 0 > 0
        }
        try await exchange.settle()
        #expect(try await exchange.ledger.audit().isBalanced)
        #expect(try await desk(exchange).lift(beta, reason: "renewed"))
        #expect(try await desk(exchange).lift(beta, reason: "again") == false)
      }
    }
  }

  @Test func `an agency over its rate delays nobody else`() async throws {
    var terms = TestTerms()
    terms.flow = "flow:\n  agencies:\n    alpha: {messages-per-second: 5}\n"
    try await TestExchange.with(terms) { exchange in
      try await exchange.publish(as: "alpha", (1...70).map { TestMessage.bundle($0) })
      try await exchange.withHub {
        // The first batch may be taken at once; the rest waits for its turn, lane by lane.
        let warning = try Example.message("early-warning.json")
        try await exchange.publish(as: "alpha", warning, key: "incident", AMQPProperties(messageID: "warning"))
        _ = try await exchange.take(1, from: QueueNames.inbox(.incident), of: "beta")
        let taken = try await exchange.ledger.audit().messages[.accepted] ?? 0
        #expect(taken < 71, "all \(taken) came at once")
      }
    }
  }
}
