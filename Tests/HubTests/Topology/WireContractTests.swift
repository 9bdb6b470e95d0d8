import AMQP
import Broker
import BrokerTestSupport
import Contract
import JSON
import Testing

@testable import Hub

/// The wire contract as the broker itself keeps it, tried from both sides.
@Suite struct WireContractTests {
  @Test func `an agency publishes along both lanes, by every key that begins with one`() async throws {
    try await Exchange.applied { exchange in
      try await exchange.asCISA { connection async throws in
        for key in ["incident", "incident.x", "incident.x.y", "threat", "threat.bulk"] {
          #expect(try await connection.publish(key, key: key) == .confirmed)
        }
      }
      try await exchange.asHub(in: exchange.cisa) { hub async throws in
        for key in ["incident", "incident.x", "incident.x.y"] {
          #expect(try await hub.take("intake.incident")?.text == key)
        }
        for key in ["threat", "threat.bulk"] { #expect(try await hub.take("intake.threat")?.text == key) }
        #expect(try await hub.take("intake.dead") == nil)
      }
    }
  }

  @Test(arguments: ["", "nonsense", "incidents", "x.incident"])
  func `a key that leads nowhere ends in intake.dead`(key: String) async throws {
    try await Exchange.applied { exchange in
      try await exchange.asCISA { connection async throws in
        #expect(try await connection.publish("lost", key: key) == .confirmed)
      }
      try await exchange.asHub(in: exchange.cisa) { hub async throws in
        let dead = try #require(try await hub.take("intake.dead"))
        #expect(dead.text == "lost")
        #expect(dead.routingKey == key)
        #expect(dead.exchange == "outbox")
      }
    }
  }

  @Test func `a foreign user_id is refused by the broker`() async throws {
    try await Exchange.applied { exchange in
      try await exchange.asCISA { connection async throws in
        let answer = try await connection.publish("x", key: "incident", properties: .init(userID: exchange.enisa))
        #expect(answer.refusal?.replyCode == 406)
        #expect(
          try await connection.publish("x", key: "incident", properties: .init(userID: exchange.cisa)) == .confirmed)
      }
    }
  }

  @Test(arguments: ["CC", "BCC"])
  func `copies that a sender asks for reach no other queue`(header: String) async throws {
    try await Exchange.applied { exchange in
      let others = ["inbox.incident", "inbox.threat", "receipts", "intake.dead"]
      try await exchange.asCISA { connection async throws in
        let keys = AMQPValue.array((others + ["amq.direct", exchange.enisa]).map { .string($0) })
        let properties = AMQPProperties(headers: [header: keys])
        #expect(try await connection.publish("x", key: "incident", properties: properties) == .confirmed)
        for queue in others.prefix(3) { #expect(try await connection.take(queue) == nil) }
      }
      try await exchange.asHub(in: exchange.cisa) { hub async throws in
        #expect(try await hub.take("intake.incident")?.text == "x")
        #expect(try await hub.take("intake.threat") == nil)
        #expect(try await hub.take("intake.dead") == nil)
      }
    }
  }

  @Test func `an agency writes nowhere else, reads nothing else, configures nothing`() async throws {
    try await Exchange.applied { exchange in
      try await exchange.asCISA { connection async throws in
        for (other, key) in [
          ("", "inbox.incident"), ("", "intake.incident"), ("dead", ""), ("unrouted", ""), ("amq.topic", "x"),
        ] {
          let answer = try await connection.publish("x", to: other, key: key)
          #expect(answer.refusal?.replyCode == 403, "publish to '\(other)'")
        }
        for queue in ["intake.incident", "intake.threat", "intake.dead"] {
          await #expect(throws: AMQPError.self, "\(queue)") { _ = try await connection.take(queue) }
        }
        for queue in ["inbox.incident", "inbox.threat", "receipts"] { #expect(try await connection.take(queue) == nil) }
        await refused { try await connection.openChannel().declareQueue("mine") }
        await refused { try await connection.openChannel().declareExchange("mine") }
        await refused { try await connection.openChannel().deleteQueue("inbox.threat") }
        await refused {
          try await connection.openChannel().bind(queue: "inbox.threat", exchange: "outbox", routingKey: "#")
        }
      }
      await refused(530) { _ = try await exchange.connect(as: exchange.cisa, to: exchange.enisa) }
    }
  }

  @Test func `the hub reads intake, writes inboxes, and may do no more`() async throws {
    try await Exchange.applied { exchange in
      try await exchange.asHub(in: exchange.enisa) { hub async throws in
        for queue in ["inbox.incident", "inbox.threat", "receipts"] {
          #expect(try await hub.publish("for you", to: "", key: queue) == .confirmed)
          await refused { _ = try await hub.take(queue) }
        }
        #expect(try await hub.publish("x", to: "outbox", key: "incident").refusal?.replyCode == 403)
        await refused { try await hub.openChannel().declareQueue("mine") }
      }
      let enisa = try await exchange.connect(as: exchange.enisa, to: exchange.enisa)
      for queue in ["inbox.incident", "inbox.threat", "receipts"] {
        #expect(try await enisa.take(queue)?.text == "for you")
      }
      await enisa.close()
    }
  }

  @Test func `a suspended agency is shut out at once`() async throws {
    try await Exchange.applied { exchange in
      let connection = try await exchange.connect(as: exchange.cisa, to: exchange.cisa)
      #expect(try await connection.publish("x", key: "incident") == .confirmed)
      // The management API lists a connection a moment after it was opened.
      try await eventually("the broker lists the connection") {
        try await !exchange.prefix.management.get(["connections", "username", exchange.cisa]).elements.map(\.index)
          .isEmpty
      }
      let suspended = try exchange.topology(agencies: [AgencyID("us-cisa")!: true, AgencyID("eu-enisa")!: false])
      try await exchange.applier.apply(suspended)
      #expect(await connection.waitUntilClosed() != nil)
      await refused(530) { _ = try await exchange.connect(as: exchange.cisa, to: exchange.cisa) }

      try await exchange.applier.apply(exchange.topology)
      try await exchange.asCISA { connection async throws in
        #expect(try await connection.publish("x", key: "incident") == .confirmed)
      }
    }
  }

  @Test func `what cannot be dead-lettered is an alarm, and arrives once repaired`() async throws {
    try await Exchange.applied { exchange in
      #expect(try await exchange.applier.alarms(exchange.topology).isEmpty)
      try await exchange.prefix.management.delete(["exchanges", exchange.cisa, "dead"])
      try await exchange.asCISA { connection async throws in
        #expect(try await connection.publish("x", key: "threat") == .confirmed)
      }
      try await exchange.asHub(in: exchange.cisa) { hub async throws in
        let channel = try await hub.openChannel()
        let delivery = try #require(try await channel.get("intake.threat"))
        channel.reject(delivery, requeue: false)
        let alarm = TopologyAlarm(vhost: exchange.cisa, queue: "intake.threat", count: 1)
        try await eventually("the alarm is raised") { try await exchange.applier.alarms(exchange.topology) == [alarm] }

        let plan = try await exchange.applier.apply(exchange.topology)
        #expect(plan.imported.contains(.exchange("dead", vhost: exchange.cisa)))
        var dead: AMQPDelivery?
        try await eventually("the message arrives") {
          dead = try await hub.take("intake.dead")
          return dead != nil
        }
        #expect(dead?.text == "x")
        #expect(dead?.routingKey == "intake.threat")
      }
      try await eventually("the alarm is over") { try await exchange.applier.alarms(exchange.topology).isEmpty }
    }
  }

  private func refused(_ code: UInt16 = 403, _ body: () async throws -> Void) async {
    let error = await #expect(throws: AMQPError.self) { try await body() }
    #expect(error?.replyCode == code)
  }
}

extension Exchange {
  /// Runs with the topology applied.
  fileprivate static func applied(_ body: (Exchange) async throws -> Void) async throws {
    try await with { exchange in
      try await exchange.applier.apply(exchange.topology)
      try await body(exchange)
    }
  }
}

extension AMQPDelivery {
  fileprivate var text: String { String(decoding: body, as: UTF8.self) }
}

extension PublishResult {
  /// The broker's words where it closed the channel over the message.
  fileprivate var refusal: AMQPError? {
    if case .indeterminate(let error) = self { error } else { nil }
  }
}
