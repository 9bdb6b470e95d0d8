import AMQP
import BrokerTestSupport
import Contract
import Ledger
import Testing

@testable import Hub

/// Replays of many, from the list to the inbox.
@Suite struct `A replay` {
  private func run(
    _ targets: [ReplayTarget], _ order: ReplayOrder = ReplayOrder(), in exchange: TestExchange
  ) async throws -> ReplayProgress {
    let desk = ReplayDesk(exchange.home, operator: "ada")
    let id = try await desk.start(targets, order)
    try await eventually("replay \(id) ends") {
      let state = try await desk.progress(id)?.job.state
      return state != .running && state != .preparing
    }
    return try #require(try await desk.progress(id))
  }

  /// Publishes what fails, and mends each but the last `broken` beside the hub.
  private func deadLetters(_ count: Int, broken: Int = 0, in exchange: TestExchange) async throws -> [ReplayTarget] {
    for number in 1...count {
      try await exchange.publish(as: "alpha", Array("{}".utf8), AMQPProperties(messageID: "m-\(number)"))
    }
    try await exchange.settleIntake(count)
    let letters = try await exchange.ledger.deadLetters()
    for letter in letters.dropLast(broken) {
      let number = Int(letter.messageID.dropFirst(2)) ?? 0
      _ = try await exchange.ledger.editDeadLetter(
        letter.id, body: TestMessage.bundle(number), operator: "test", note: "", at: SystemClock().now())
    }
    return letters.map { .deadLetter($0.id) }
  }

  @Test func `gives one result for each, and its edited copies say what they stand for`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        let targets = try await deadLetters(3, broken: 1, in: exchange)
        let progress = try await run(targets, in: exchange)
        #expect(progress.job.state == .done)
        #expect(progress.verdicts == ["accepted": 2, "failed": 1])
        let copies = try await exchange.take(2, from: QueueNames.inbox(.threat), of: "beta")
        let alpha = AgencyID("alpha")!, beta = AgencyID("beta")!
        for copy in copies {
          let number = try #require((1...3).first { copy.body == TestMessage.bundle($0) })
          let old = exchange.home.keys.deliveryID(sender: alpha, messageID: "m-\(number)", recipient: beta)
          #expect(copy.properties.headers?[HeaderKeys.supersedes]?.text == old)
          #expect(copy.properties.messageID != old)
        }
        // Once more, nothing is left to do for those that passed.
        let again = try await run(targets, in: exchange)
        #expect(again.verdicts["failed"] == 1)
        try await exchange.settle()
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").isEmpty)
        #expect(try await exchange.ledger.audit().isBalanced)
      }
    }
  }

  @Test func `stops by itself where too many fail, and goes on when it is told to`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        let targets = try await deadLetters(14, broken: 14, in: exchange)
        let progress = try await run(targets, in: exchange)
        #expect(progress.job.state == .stopped)
        #expect(progress.done == 11)
        let desk = ReplayDesk(exchange.home, operator: "ada")
        #expect(try await desk.change(progress.job.id, .resume, reason: "seen"))
        try await eventually("it ends") {
          try await desk.progress(progress.job.id)?.job.state == .done
        }
        #expect(try await desk.progress(progress.job.id)?.verdicts == ["failed": 14])
        #expect(try await !desk.change(progress.job.id, .cancel, reason: ""))
      }
    }
  }

  @Test func `of history sends nothing that is unchanged, unless it is asked to, and then the same`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", TestMessage.bundle(1), AMQPProperties(messageID: "m"))
        let first = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
        try await exchange.settle()
        let desk = ReplayDesk(exchange.home, operator: "ada")
        let filter = HistoryFilter(states: [.delivered], recipient: AgencyID("beta"))
        let targets = try await desk.targets(filter)
        #expect(targets.count == 1)
        #expect(try await desk.rehearse(targets[0], again: false).word == "unchanged")
        #expect(try await run(targets, in: exchange).verdicts == ["unchanged": 1])
        let again = try await run(targets, ReplayOrder(again: true), in: exchange)
        #expect(again.verdicts == ["delivered": 1] || again.verdicts == ["pending": 1])
        let second = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
        #expect(second.map(\.body) == first.map(\.body))
        #expect(second.map(\.properties) == first.map(\.properties))
        #expect(try await exchange.ledger.audit().isBalanced)
      }
    }
  }

  @Test func `decides again as of now: other bytes go as the next revision, what is not allowed any more stays`()
    async throws
  {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        for number in 1...2 {
          try await exchange.publish(
            as: "alpha",
            TestMessage.bundle(
              number, markings: number == 1 ? [TestMessage.amber] : [TestMessage.amber, TestMessage.green]),
            AMQPProperties(messageID: "m-\(number)"))
        }
        _ = try await exchange.take(2, from: QueueNames.inbox(.threat), of: "beta")
        try await exchange.settle()
      }
      // From now on nothing above GREEN.
      var terms = TestTerms()
      terms.grant = "maximum-tlp: TLP:GREEN"
      try terms.write(to: exchange.folder, prefix: exchange.prefix)
      let home = try HubHome.open(folder: exchange.folder.path)
      try await exchange.withHub(home) {
        let filter = HistoryFilter(states: [.delivered], recipient: AgencyID("beta"))
        let targets = try await ReplayDesk(home, operator: "ada").targets(filter)
        let progress = try await run(targets, in: exchange)
        #expect(progress.verdicts["withheld"] == 1)
        #expect(progress.done == 2 && progress.failed == 0)
        let sent = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
        #expect(sent.map { $0.properties.headers?[HeaderKeys.revision] } == [.int64(2)])
        #expect(!String(decoding: sent[0].body, as: UTF8.self).contains(TestMessage.amber))
        let rows = try await exchange.ledger.deliveries(of: 1)
        #expect(rows.first { $0.recipient.slug == "beta" }?.state == .delivered)
        #expect(try await exchange.ledger.audit().isBalanced)
      }
      await home.ledger.close()
    }
  }

  @Test(arguments: [HubStep.replayBegun, .confirmed])
  func `goes on after a hub that died in the middle, and does nothing twice`(_ step: HubStep) async throws {
    try await TestExchange.with { exchange in
      let count = 14
      let first = try exchange.startProbe()
      let targets = try await deadLetters(count, in: exchange)
      first.kill()
      let desk = ReplayDesk(exchange.home, operator: "ada")
      let id = try await desk.start(targets, ReplayOrder(stopRatio: 1))
      let dying = try exchange.startProbe(dyingAt: step, count: 2)
      try await eventually("the hub dies at \(step.rawValue)") { !dying.isRunning }
      #expect(dying.wasKilled)
      let heir = try exchange.startProbe()
      try await eventually("the replay ends") {
        try await desk.progress(id)?.job.state == .done
      }
      try await exchange.settle()
      heir.kill()
      #expect(try await desk.progress(id)?.verdicts == ["accepted": count])
      let delivered = try await exchange.drain(QueueNames.inbox(.threat), of: "beta")
      let byID = Dictionary(grouping: delivered) { $0.properties.messageID ?? "" }
      #expect(byID.count == count)
      for repeats in byID.values {
        #expect(repeats.allSatisfy { $0.body == repeats[0].body && $0.properties == repeats[0].properties })
      }
      #expect(try await exchange.ledger.audit().isBalanced)
    }
  }
}
