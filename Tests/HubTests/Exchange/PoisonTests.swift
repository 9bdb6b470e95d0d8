import AMQP
import BrokerTestSupport
import Contract
import Ledger
import Testing

@testable import Hub

/// What ended the hub waits for an operator, whoever brings it again.
@Suite struct `A message that ended the hub each time` {
  private static let bundle = TestMessage.bundle(1)

  /// Hubs die of the message until one gives it to the operators; that one dies at the step, where one is named.
  private func endUp(_ exchange: TestExchange, lastDiesAt step: HubStep?) async throws {
    try await exchange.publish(as: "alpha", Self.bundle, AMQPProperties(messageID: "poison"))
    for _ in 0..<(IntakeWorker.attemptsBeforePoison + 1) {
      let dying = try exchange.startProbe(dyingAt: .decided)
      try await eventually("the hub dies of the poison") { !dying.isRunning }
    }
    let last = try exchange.startProbe(dyingAt: step)
    try await exchange.settleIntake(1)
    if step != nil { try await eventually("the hub dies") { !last.isRunning } }
    last.kill()
    #expect(try await exchange.ledger.deadLetters().map(\.failure.cause) == ["poison"])
  }

  @Test func `is not taken up again when its sender publishes it again, and a mended one is`() async throws {
    try await TestExchange.with { exchange in
      try await endUp(exchange, lastDiesAt: nil)
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", Self.bundle, AMQPProperties(messageID: "poison"))
        let receipts = try await exchange.take(2, from: QueueNames.receipts, of: "alpha")
        for receipt in receipts {
          let line = String(decoding: receipt.body, as: UTF8.self)
          #expect(line.contains(#""poison""#) && line.contains("rejected"), "\(line)")
        }
        #expect(try await exchange.ledger.deadLetters().map(\.failure.cause) == ["poison"])
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").isEmpty)

        try await exchange.publish(as: "alpha", TestMessage.bundle(2), AMQPProperties(messageID: "poison"))
        _ = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
        #expect(try await exchange.ledger.deadLetters().isEmpty)
      }
      #expect(try await exchange.ledger.audit().isBalanced)
    }
  }

  @Test func `is not taken up again when the broker, whom nobody told, brings it again`() async throws {
    try await TestExchange.with { exchange in
      try await endUp(exchange, lastDiesAt: .acknowledged)
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", TestMessage.bundle(2), AMQPProperties(messageID: "innocent"))
        // What was handed out before is taken first.
        _ = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
      }
      #expect(try await exchange.ledger.deadLetters().map(\.messageID) == ["poison"])
      #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").isEmpty)
      #expect(try await exchange.ledger.audit().isBalanced)
    }
  }
}

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

  @Test(arguments: [HubStep.sending, .confirmed])
  func `is none where hubs end while the broker takes it or answers, which they do for another reason`(
    step: HubStep
  ) async throws {
    try await TestExchange.with { exchange in
      try await exchange.publish(as: "alpha", TestMessage.bundle(1), AMQPProperties(messageID: "innocent"))
      for _ in 0..<(IntakeWorker.attemptsBeforePoison + 2) {
        let dying = try exchange.startProbe(dyingAt: step)
        try await eventually("the hub dies") { !dying.isRunning }
        #expect(dying.wasKilled)
      }
      let heir = try exchange.startProbe()
      try await exchange.settle()
      heir.kill()
      #expect(try await exchange.ledger.deadLetters().isEmpty)
      let delivered = try await exchange.drain(QueueNames.inbox(.threat), of: "beta")
      #expect(Set(delivered.map(\.properties.messageID)).count == 1)
      #expect(try await exchange.ledger.audit().isBalanced)
    }
  }
}

@Suite struct `A replay that ends the hub each time` {
  @Test func `is given back to the operators after a few, and the next of its act is replayed`() async throws {
    try await TestExchange.with { exchange in
      for id in ["poison", "innocent"] {
        try await exchange.publish(as: "alpha", Array("{}".utf8), AMQPProperties(messageID: id))
      }
      let first = try exchange.startProbe()
      try await exchange.settleIntake(2)
      first.kill()
      let letters = try await exchange.ledger.deadLetters()
      let poison = try #require(letters.first { $0.messageID == "poison" })
      let innocent = try #require(letters.first { $0.messageID == "innocent" })
      for (number, letter) in [poison, innocent].enumerated() {
        _ = try await exchange.ledger.editDeadLetter(
          letter.id, body: TestMessage.bundle(number), operator: "test", note: "the right bundle",
          at: SystemClock().now())
      }
      let act = try await exchange.ledger.requestAct(
        ReplayAct.kind, arguments: ReplayAct(deadLetters: [poison.id, innocent.id]).encoded(), operator: "test",
        at: SystemClock().now())
      for _ in 0..<IntakeWorker.attemptsBeforePoison {
        let dying = try exchange.startProbe(dyingAt: .replayAttempted)
        try await eventually("the hub dies of the poison") { !dying.isRunning }
        #expect(dying.wasKilled)
      }

      let heir = try exchange.startProbe()
      try await eventually("the replay ends") {
        let state = try await exchange.ledger.act(act)?.state
        return state == .done || state == .failed
      }
      try await exchange.settle()
      heir.kill()
      // Failed as a whole, since one of its two was given back.
      #expect(try await exchange.ledger.act(act)?.state == .failed)
      let given = try #require(try await exchange.ledger.deadLetter(poison.id)?.row)
      #expect(given.state == .open)
      #expect(given.failure.cause == "poison")
      #expect(given.failure.detail.contains("ended the hub 3 times"))
      #expect(try await exchange.ledger.deadLetter(innocent.id)?.row.state == .resolved)
      #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").count == 1)
      #expect(try await exchange.ledger.audit().isBalanced)
    }
  }

  @Test func `leaves the line of a long replay that it is, and the others are replayed`() async throws {
    try await TestExchange.with { exchange in
      let first = try exchange.startProbe()
      for number in 1...3 {
        try await exchange.publish(as: "alpha", TestMessage.bundle(number), AMQPProperties(messageID: "m-\(number)"))
      }
      try await exchange.settleIntake(3)
      try await exchange.settle()
      first.kill()
      #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").count == 3)
      let desk = ReplayDesk(exchange.home, operator: "test")
      let targets = try await desk.targets(HistoryFilter(states: [.delivered], recipient: AgencyID("beta")))
      let id = try await desk.start(targets, ReplayOrder(ramps: false, stopRatio: 1, again: true))
      // Each hub dies of the first of them; the others were begun beside it in the first.
      for _ in 0..<IntakeWorker.attemptsBeforePoison {
        let dying = try exchange.startProbe(dyingAt: .replayAttempted)
        try await eventually("the hub dies of the poison") { !dying.isRunning }
        #expect(dying.wasKilled)
      }

      let heir = try exchange.startProbe()
      try await eventually("the replay ends") { try await desk.progress(id)?.job.state == .done }
      try await exchange.settle()
      heir.kill()
      #expect(try await desk.progress(id)?.verdicts == ["failed": 1, "delivered": 2])
      #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").count == 2)
      #expect(try await exchange.ledger.audit().isBalanced)
    }
  }
}
