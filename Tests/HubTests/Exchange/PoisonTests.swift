import AMQP
import BrokerTestSupport
import Contract
import Ledger
import Testing

@testable import Hub

/// What ends the hub each time it is delivered goes to the operators, and all else goes on.
@Suite struct `A delivery that ends the hub each time` {
  @Test func `is given to the operators after a few, and its neighbours arrive`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.publish(as: "alpha", TestMessage.bundle(1), AMQPProperties(messageID: "poison"))
      // Each hub takes the delivery up, writes it and dies. The first had it from intake, in memory.
      var deaths = 0
      var letters: [DeadLetterRow] = []
      while letters.isEmpty, deaths < 20 {
        let dying = try exchange.startProbe(dyingAt: .written)
        try await eventually("the hub dies of the poison, or gives it up") {
          letters = try await exchange.ledger.deadLetters()
          return !dying.isRunning || !letters.isEmpty
        }
        dying.kill()
        deaths += 1
      }
      #expect(letters.first?.failure.cause == "poison")
      #expect(deaths > IntakeWorker.attemptsBeforePoison)

      try await exchange.publish(as: "alpha", TestMessage.bundle(2), AMQPProperties(messageID: "innocent"))
      let heir = try exchange.startProbe()
      try await exchange.settleIntake(2)
      try await exchange.settle()
      heir.kill()
      #expect(try await exchange.ledger.audit().isBalanced)
      for agency in ["beta", "gamma"] {
        let delivered = try await exchange.drain(QueueNames.inbox(.threat), of: agency)
        let poisoned = try await exchange.ledger.deadLetters().contains { $0.recipient == .known(agency) }
        #expect(delivered.count == (poisoned ? 1 : 2), "\(agency)")
      }
    }
  }
}
