import Broker
import BrokerTestSupport
import Contract
import Ledger
import Sharing
import Testing

@testable import Hub

/// What keeps a hub from taking anything in is said, loses nothing, and is over by itself.
@Suite struct `In alarm` {
  private func status(_ exchange: TestExchange) async throws -> HubStatus {
    try await exchange.home.status()
  }

  /// Writes `flow` of hub.yaml anew, and waits until the hub follows.
  private func follow(_ flow: String, _ exchange: TestExchange) async throws {
    var terms = TestTerms()
    terms.flow = flow
    try terms.write(to: exchange.folder, prefix: exchange.prefix)
    let desk = FlowDesk(exchange.home, operator: "ada")
    let version = try #require(try await desk.reload(reason: "a test"))
    try await eventually("the hub follows") { try await desk.following(version) == (1, 1) }
  }

  /// The most that may be asked to stay free.
  private static let most = 1_099_511_627_776

  @Test(
    .enabled(if: (Guards.freeBytes(at: "/tmp") ?? 0) < most, "the disk has more room than the hub can be told to keep"))
  func `a disk without room stops intake with its cause, and once there is room it goes on by itself`()
    async throws
  {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", TestMessage.bundle(1))
        _ = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
        try await follow("flow:\n  reserve-bytes: \(Self.most)", exchange)
        try await eventually("the hub is in alarm") {
          let hubs = try await exchange.ledger.liveHubs(since: Instant(milliseconds: 0)).map(\.id)
          return try await exchange.ledger.alarms(of: hubs).map(\.name) == ["disk"]
        }
        let before = try await exchange.ledger.audit().messages[.accepted]
        for number in 2...6 { try await exchange.publish(as: "alpha", TestMessage.bundle(number)) }
        let down = try #require(try await status(exchange).lines.first)
        #expect(down.weight == .down)
        #expect(down.what == "disk")
        #expect(down.sentence.contains("The ledger's disk has"))
        #expect(down.command == "df -h")
        try await Task.sleep(for: .seconds(2))
        #expect(try await exchange.ledger.audit().messages[.accepted] == before)

        try await follow("", exchange)
        _ = try await exchange.take(5, from: QueueNames.inbox(.threat), of: "beta")
        try await exchange.settle()
        #expect(try await status(exchange).lines.contains { $0.weight == .down } == false)
      }
      #expect(try await exchange.ledger.audit().isBalanced)
    }
  }

  @Test func `a broker in alarm stops intake with the broker's words, and what waited is delivered once`() async throws
  {
    let node = try await PrivateNode.start(SharedBroker.testOptions)
    do {
      try await alarmed(node)
    } catch {
      await node.stop()
      throw error
    }
    await node.stop()
  }

  private func alarmed(_ node: PrivateNode) async throws {
    try await TestExchange.with(on: SharedBroker(node: node)) { exchange in
      try await exchange.withHub {
        let (desk, beta) = (FlowDesk(exchange.home, operator: "ada"), Switches.Target.recipient(.known("beta")))
        _ = try await desk.pause(beta, reason: "a test")
        try await exchange.publish(as: "alpha", TestMessage.bundle(1))
        _ = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "gamma")
        _ = try await node.runCtl(["set_vm_memory_high_watermark", "absolute", "1"])
        try await eventually("the broker's alarm") { try await !node.management.alarms().isEmpty }
        // A broker says so to a connection once it publishes.
        _ = try await desk.resume(beta, reason: "over")
        let late = Task { try await exchange.publish(as: "alpha", TestMessage.bundle(2)) }
        try await eventually("the hub has heard of it") {
          try await status(exchange).lines.contains {
            $0.weight == .down && $0.what == "broker" && $0.sentence.contains("The broker takes nothing (")
          }
        }
        _ = try await node.runCtl(["set_vm_memory_high_watermark", "0.4"])
        _ = try await late.value
        _ = try await exchange.take(2, from: QueueNames.inbox(.threat), of: "beta")
        try await exchange.settle()
        try await eventually("the alarm is over") {
          try await status(exchange).lines.contains { $0.what == "broker" } == false
        }
      }
      #expect(try await exchange.ledger.audit().isBalanced)
    }
  }
}
