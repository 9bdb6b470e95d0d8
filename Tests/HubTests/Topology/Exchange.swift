import AMQP
import Broker
import BrokerTestSupport
import Contract
import Sharing

@testable import Hub

/// Two agencies under a prefix of one test, on the shared broker.
struct Exchange: Sendable {
  let prefix: TestPrefix
  let topology: Topology

  var cisa: String { prefix.text + "us-cisa" }
  var enisa: String { prefix.text + "eu-enisa" }
  var hub: String { prefix.text + "hub" }
  let applier: TopologyApplier

  static let everyPassword = "secret"

  static func with(_ body: (Exchange) async throws -> Void) async throws {
    try await SharedBroker.withPrefix { prefix in
      let room = try await SharedBroker.shared().node.diskRoom
      let applier = TopologyApplier(management: prefix.management, diskRoom: room)
      try await body(Exchange(prefix: prefix, topology: try Exchange.topology(prefix), applier: applier))
    }
  }

  func topology(
    agencies: [AgencyID: Bool]? = nil, limits: HubSettings.Limits = .init(), passwords: [AgencyID: String]? = nil
  ) throws -> Topology {
    try Self.topology(prefix, agencies: agencies, limits: limits, passwords: passwords)
  }

  private static func topology(
    _ prefix: TestPrefix, agencies: [AgencyID: Bool]? = nil, limits: HubSettings.Limits = .init(),
    passwords: [AgencyID: String]? = nil
  ) throws -> Topology {
    let agencies = agencies ?? [AgencyID("us-cisa")!: false, AgencyID("eu-enisa")!: false]
    return try Topology(
      prefix: prefix.text, agencies: agencies, hubUser: "hub", administrator: prefix.administrator, limits: limits,
      hubPassword: everyPassword, passwords: passwords ?? agencies.mapValues { _ in everyPassword })
  }

  /// Connects as a user to a virtual host.
  func connect(as user: String, to vhost: String) async throws(AMQPError) -> AMQPConnection {
    try await AMQPConnection.connect(
      AMQPConfiguration(
        host: prefix.host, port: prefix.port, vhost: vhost, username: user, password: Self.everyPassword))
  }

  /// Runs with a connection of us-cisa to its own virtual host.
  func asCISA(_ body: (AMQPConnection) async throws -> Void) async throws {
    let connection = try await connect(as: cisa, to: cisa)
    do {
      try await body(connection)
    } catch {
      connection.abort()
      throw error
    }
    await connection.close()
  }

  /// Runs with a connection of the hub to a virtual host.
  func asHub(in vhost: String, _ body: (AMQPConnection) async throws -> Void) async throws {
    let connection = try await connect(as: hub, to: vhost)
    do {
      try await body(connection)
    } catch {
      connection.abort()
      throw error
    }
    await connection.close()
  }
}

extension AMQPConnection {
  /// Publishes one message and waits for the broker's answer.
  @discardableResult
  func publish(
    _ body: String, to exchange: String = "outbox", key: String, properties: AMQPProperties = .init()
  ) async throws(AMQPError) -> PublishResult {
    let publisher = try await openPublisher(window: 1)
    let message = AMQPMessage(properties: properties, body: Array(body.utf8))
    let answer = try await publisher.publish(message, exchange: exchange, routingKey: key, mandatory: true)
    publisher.close()
    return answer
  }

  /// Takes one message from a queue, nil when it is empty.
  func take(_ queue: String) async throws(AMQPError) -> AMQPDelivery? {
    let channel = try await openChannel()
    let delivery = try await channel.get(queue, autoAcknowledge: true)
    channel.close()
    return delivery
  }
}
