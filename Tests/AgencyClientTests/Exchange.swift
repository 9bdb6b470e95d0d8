import AMQP
import Broker
import BrokerTestSupport
import Contract
import Logging
import ServiceLifecycle
import Testing

@testable import AgencyClient

/// An agency's virtual host as the hub lays it out, with a connection that plays the hub.
struct Exchange: Sendable {
  let vhost: TestVhost
  let hub: AMQPConnection

  var broker: AMQPConfiguration {
    AMQPConfiguration(
      host: vhost.host, port: vhost.port, vhost: vhost.name, username: vhost.user, password: vhost.password,
      connectTimeoutSeconds: 30, callTimeoutSeconds: 30)
  }

  static let backoff = Backoff(first: .milliseconds(20), ceiling: .milliseconds(200))

  static func with(
    intake: AMQPTable = [:], isolation: isolated (any Actor)? = #isolation, _ body: (Exchange) async throws -> Void
  ) async throws {
    try await SharedBroker.withVhost { vhost in
      var connected: AMQPConnection?
      defer { connected?.abort() }
      try await eventually("the virtual host is laid out") {
        do {
          connected = try await layOut(vhost, intake: intake)
          return true
        } catch {
          // A starved broker may fail to bring a quorum queue up in its time (541); the next try finds it there.
          guard let lost = error as? AMQPError, lost.isTransient else { throw error }
          return false
        }
      }
      let hub = try #require(connected)
      try await body(Exchange(vhost: vhost, hub: hub))
    }
  }

  private static func layOut(_ vhost: TestVhost, intake: AMQPTable) async throws(AMQPError) -> AMQPConnection {
    let hub = try await AMQPConnection.connect(
      AMQPConfiguration(
        host: vhost.host, port: vhost.port, vhost: vhost.name, username: vhost.user, password: vhost.password,
        connectTimeoutSeconds: 30, callTimeoutSeconds: 30))
    do {
      let channel = try await hub.openChannel()
      try await channel.declareExchange(ExchangeNames.outbox)
      for lane in Lane.allCases {
        try await channel.declareQueue(QueueNames.intake(lane), arguments: intake)
        for key in [lane.rawValue, "\(lane.rawValue).#"] {
          try await channel.bind(queue: QueueNames.intake(lane), exchange: ExchangeNames.outbox, routingKey: key)
        }
        try await channel.declareQueue(QueueNames.inbox(lane))
      }
      try await channel.declareQueue(QueueNames.receipts)
      return hub
    } catch {
      hub.abort()
      throw error
    }
  }

  func producer(
    spool: String? = nil, receipts: Bool = false, drain: Double = 20
  ) throws -> Producer {
    try Producer(
      .init(
        broker: broker, spoolFolder: spool, followsReceipts: receipts, drainSeconds: drain, backoff: Self.backoff),
      logger: Self.logger)
  }

  static let logger: Logger = {
    var logger = Logger(label: "agency-client-tests")
    logger.logLevel = .critical
    return logger
  }()

  /// What arrived for the hub on a lane.
  func taken(_ count: Int, _ lane: Lane = .threat) async throws -> [AMQPDelivery] {
    let consumer = try await hub.openConsumer(queue: QueueNames.intake(lane), prefetch: 200)
    var all: [AMQPDelivery] = []
    while all.count < count {
      guard let batch = try await consumer.nextBatch(max: count - all.count) else { break }
      consumer.acknowledge(batch)
      all += batch
    }
    return all
  }

  func waiting(_ queue: String) async throws -> Int {
    try await hub.openChannel().declareQueue(queue, passive: true).messageCount
  }

  /// Delivers to the agency as the hub does.
  func deliver(_ id: String?, _ revision: Int64 = 1, _ body: String = "{}", lane: Lane = .threat) async throws {
    let properties = AMQPProperties(
      contentType: "application/json", headers: [HeaderKeys.revision: .int64(revision)], messageID: id,
      type: "stix/indicators")
    let publisher = try await hub.openPublisher()
    let result = try await publisher.publish(
      AMQPMessage(properties: properties, body: Array(body.utf8)), exchange: "", routingKey: QueueNames.inbox(lane))
    #expect(result == .confirmed)
  }

  /// Writes a receipts message.
  func receipts(_ lines: [String]) async throws {
    let publisher = try await hub.openPublisher()
    let result = try await publisher.publish(
      AMQPMessage(body: Array(lines.joined(separator: "\n").utf8)), exchange: "", routingKey: QueueNames.receipts)
    #expect(result == .confirmed)
  }
}

/// Runs services in a group beside a body, and stops them in order afterwards. What `run` threw is thrown when the body
/// threw nothing.
func running(
  _ services: any Service..., isolation: isolated (any Actor)? = #isolation,
  _ body: (ServiceGroup) async throws -> Void
) async throws {
  let group = ServiceGroup(
    configuration: .init(services: services.map { .init(service: $0) }, logger: Exchange.logger))
  let run = Task { try await group.run() }
  do {
    try await body(group)
  } catch {
    await group.triggerGracefulShutdown()
    _ = await run.result
    throw error
  }
  await group.triggerGracefulShutdown()
  try await run.value
}
