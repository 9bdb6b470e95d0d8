import AMQP
import BrokerTestSupport
import Contract
import JSON
import Ledger
import Testing

@testable import Hub

/// Rule 1 by force: a hub that dies between any two steps of intake and delivery loses nothing, and what it repeats has
/// the same id, revision, body and properties.
@Suite struct `A hub that dies` {
  private static let replaySteps: Set<HubStep> = [.replayTaken, .replayBegun, .replayAttempted, .replayRecorded]

  @Test(arguments: HubStep.allCases.filter { !replaySteps.contains($0) })
  func `between two steps loses nothing and repeats only what is equal`(_ step: HubStep) async throws {
    try await TestExchange.with { exchange in
      let count = 6
      for number in 1...count {
        try await exchange.publish(
          as: "alpha", TestMessage.bundle(number, markings: [TestMessage.green, TestMessage.red]),
          AMQPProperties(messageID: "m-\(number)"))
      }
      try await exchange.publish(as: "alpha", Array("no message".utf8), AMQPProperties(messageID: "bad"))
      // Dies at the third time, so that some work is done and some is under way; where batches are counted, at the first.
      let ofBatches: Set<HubStep> = [.sending, .receiptsConfirmed]
      let dying = try exchange.startProbe(dyingAt: step, count: ofBatches.contains(step) ? 1 : 3)
      try await eventually("the hub dies at \(step.rawValue)") { !dying.isRunning }
      #expect(dying.wasKilled)

      let heir = try exchange.startProbe()
      try await exchange.settleIntake(count + 1)
      try await exchange.settle()
      heir.kill()

      for agency in ["beta", "gamma"] {
        let delivered = try await exchange.drain(QueueNames.inbox(.threat), of: agency)
        let byID = Dictionary(grouping: delivered) { $0.properties.messageID ?? "" }
        #expect(byID.count == count, "\(agency)")
        for repeats in byID.values {
          #expect(repeats.allSatisfy { $0.body == repeats[0].body && $0.properties == repeats[0].properties })
          #expect(!repeats.contains { String(decoding: $0.body, as: UTF8.self).contains("e828b379") })
        }
      }
      let lines = try await exchange.receipts(count + 1, of: "alpha")
      let answers = Dictionary(grouping: lines) { $0["message_id"]?.string ?? "" }
      #expect(answers.count == count + 1)
      #expect(answers["bad"]?.allSatisfy { $0["receipt"]?.string == "rejected" } == true)
      for number in 1...count {
        #expect(answers["m-\(number)"]?.allSatisfy { $0["receipt"]?.string == "accepted" } == true)
      }
      let audit = try await exchange.ledger.audit()
      #expect(audit.isBalanced, "\(audit.anomalies)")
      #expect(audit.messages[.accepted] == count)
      #expect(try await exchange.ledger.deadLetters().count == 1)
    }
  }

  @Test(arguments: [HubStep.replayTaken, .replayBegun, .replayAttempted, .replayRecorded])
  func `in the middle of a replay neither forgets it nor does it twice`(_ step: HubStep) async throws {
    try await TestExchange.with { exchange in
      try await exchange.publish(as: "alpha", Array("{}".utf8), AMQPProperties(messageID: "mended"))
      let first = try exchange.startProbe()
      try await exchange.settleIntake(1)
      first.kill()
      let letter = try await exchange.ledger.deadLetters()[0]
      _ = try await exchange.ledger.editDeadLetter(
        letter.id, body: TestMessage.bundle(1), operator: "test", note: "the right bundle", at: SystemClock().now())
      let act = try await exchange.ledger.requestAct(
        ReplayAct.kind, arguments: ReplayAct(deadLetters: [letter.id]).encoded(), operator: "test",
        at: SystemClock().now())
      let dying = try exchange.startProbe(dyingAt: step)
      try await eventually("the hub dies at \(step.rawValue)") { !dying.isRunning }
      let heir = try exchange.startProbe()
      try await eventually("the replay is done") {
        let state = try await exchange.ledger.act(act)?.state
        return state == .done || state == .failed
      }
      try await exchange.settle()
      heir.kill()
      #expect(try await exchange.ledger.act(act)?.state == .done)
      #expect(try await exchange.ledger.deadLetter(letter.id)?.row.state == .resolved)
      let delivered = try await exchange.drain(QueueNames.inbox(.threat), of: "beta")
      #expect(Set(delivered.map(\.properties.messageID)).count == 1)
      #expect(try await exchange.ledger.audit().isBalanced)
    }
  }

  @Test func `each time it takes up one message gives that message to the operators and goes on with the others`()
    async throws
  {
    try await TestExchange.with { exchange in
      try await exchange.publish(as: "alpha", TestMessage.bundle(1), AMQPProperties(messageID: "poison"))
      for _ in 0..<(IntakeWorker.attemptsBeforePoison + 1) {
        let dying = try exchange.startProbe(dyingAt: .decided)
        try await eventually("the hub dies of the poison") { !dying.isRunning }
      }
      try await exchange.publish(as: "alpha", TestMessage.bundle(2), AMQPProperties(messageID: "innocent"))
      let heir = try exchange.startProbe()
      try await exchange.settleIntake(2)
      try await exchange.settle()
      heir.kill()
      let letters = try await exchange.ledger.deadLetters()
      #expect(letters.map(\.failure.cause) == ["poison"])
      #expect(letters.map(\.messageID) == ["poison"])
      #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").count == 1)
    }
  }
}

extension TestExchange {
  /// Waits until so many messages, accepted or not, are in the ledger.
  func settleIntake(_ count: Int) async throws {
    try await eventually("\(count) messages in the ledger") {
      try await ledger.audit().messages.values.reduce(0, +) >= count
    }
  }
}
