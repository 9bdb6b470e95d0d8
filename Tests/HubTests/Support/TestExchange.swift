import AMQP
import BrokerTestSupport
import Contract
import Glibc
import Hub
import JSON
import Ledger
import Logging
import Sharing
import Testing

/// A whole exchange of a test: a configuration in a folder, its topology on the shared broker under a prefix of its own,
/// and hubs that run on it when the test says so.
final class TestExchange: Sendable {
  let folder: TemporaryFolder
  let home: HubHome
  let prefix: TestPrefix

  private init(folder: TemporaryFolder, home: HubHome, prefix: TestPrefix) {
    self.folder = folder
    self.home = home
    self.prefix = prefix
  }

  /// Runs a test in an exchange that is gone afterwards.
  static func with<Result>(
    _ terms: TestTerms = TestTerms(), on broker: SharedBroker? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: (TestExchange) async throws -> Result
  ) async throws -> Result {
    let broker = if let broker { broker } else { try await SharedBroker.shared() }
    return try await broker.withPrefix { prefix in
      let folder = try TemporaryFolder()
      try terms.write(to: folder, prefix: prefix)
      let configuration = try Configuration.load(folder: folder.path)
      let installer = TopologyInstaller(configuration: configuration, management: prefix.management)
      try await installer.apply()
      let home = try HubHome.open(folder: folder.path)
      let exchange = TestExchange(folder: folder, home: home, prefix: prefix)
      do {
        let result = try await body(exchange)
        await home.ledger.close()
        return result
      } catch {
        await home.ledger.close()
        throw error
      }
    }
  }

  var ledger: Ledger { home.ledger }

  /// Runs a hub in this process as long as the body runs.
  func withHub<Result>(
    _ home: HubHome? = nil, clock: any HubClock = SystemClock(), isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Result
  ) async throws -> Result {
    var logger = Logger(label: "hub") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .error
    let hub = Hub(home ?? self.home, clock: clock, logger: logger)
    let running = Task { try await hub.run() }
    do {
      let result = try await body()
      running.cancel()
      try? await running.value
      return result
    } catch {
      running.cancel()
      try? await running.value
      throw error
    }
  }

  /// Runs a hub in a process of its own, which ends itself at a step where one is given.
  func startProbe(dyingAt step: HubStep? = nil, count: Int = 1) throws -> Probe {
    var arguments = [folder.path]
    if let step { arguments += [step.rawValue, String(count)] }
    return try Probe(arguments)
  }

  // MARK: - As an agency

  /// A connection with the agency's own user.
  func connect(as agency: String) async throws -> AMQPConnection {
    let user = prefix.text + agency
    let password = try home.secrets.password(of: user) ?? ""
    return try await AMQPConnection.connect(
      AMQPConfiguration(
        host: prefix.host, port: prefix.port, vhost: prefix.text + agency, username: user, password: password))
  }

  /// Publishes to the agency's outbox and returns once the broker has it.
  @discardableResult
  func publish(
    as agency: String, _ body: [UInt8], key: String = "threat", _ properties: AMQPProperties = AMQPProperties()
  ) async throws -> PublishResult {
    let connection = try await connect(as: agency)
    let publisher = try await connection.openPublisher()
    let result = try await publisher.publish(
      AMQPMessage(properties: properties, body: body), exchange: ExchangeNames.outbox, routingKey: key)
    await connection.close()
    return result
  }

  /// Publishes many at once and returns when the broker has all.
  func publish(as agency: String, _ bodies: [[UInt8]], key: String = "threat") async throws {
    let connection = try await connect(as: agency)
    let publisher = try await connection.openPublisher()
    let batch = bodies.map {
      AMQPPublisher.Publish(AMQPMessage(body: $0), exchange: ExchangeNames.outbox, routingKey: key)
    }
    let results = try await publisher.publish(batch: batch)
    #expect(results.allSatisfy { $0 == .confirmed })
    await connection.close()
  }

  /// Waits for so many messages in a queue of the agency, takes and acknowledges them.
  func take(_ count: Int, from queue: String, of agency: String) async throws -> [AMQPDelivery] {
    let connection = try await connect(as: agency)
    let channel = try await connection.openChannel()
    var taken: [AMQPDelivery] = []
    try await eventually("\(count) messages in \(queue) of \(agency), \(taken.count) came") {
      while taken.count < count, let delivery = try await channel.get(queue) {
        channel.acknowledge(delivery)
        taken.append(delivery)
      }
      return taken.count >= count
    }
    await connection.close()
    return taken
  }

  /// All that lies in a queue of the agency at this moment.
  func drain(_ queue: String, of agency: String) async throws -> [AMQPDelivery] {
    let connection = try await connect(as: agency)
    let channel = try await connection.openChannel()
    var taken: [AMQPDelivery] = []
    while let delivery = try await channel.get(queue) {
      channel.acknowledge(delivery)
      taken.append(delivery)
    }
    await connection.close()
    return taken
  }

  /// Waits for receipts of so many messages; all lines that came until then, repeats of a crashed hub among them.
  func receipts(_ count: Int, of agency: String) async throws -> [JSONValue] {
    let connection = try await connect(as: agency)
    let channel = try await connection.openChannel()
    var lines: [JSONValue] = []
    func distinct(_ lines: [JSONValue]) -> Int { Set(lines.map { $0["message_id"]?.string }).count }
    try await eventually("\(count) receipts of \(agency), \(lines.count) came") {
      while distinct(lines) < count, let delivery = try await channel.get(QueueNames.receipts) {
        channel.acknowledge(delivery)
        for line in delivery.body.split(separator: UInt8(ascii: "\n")) {
          lines.append(try JSONDocument(Array(line)).root)
        }
      }
      return distinct(lines) >= count
    }
    await connection.close()
    return lines
  }

  /// Waits until no delivery is pending and every receipt is sent.
  func settle(_ other: Ledger? = nil) async throws {
    let ledger = other ?? ledger
    try await eventually("everything settled") {
      let pending = try await ledger.audit().pairs.values.reduce(0) { $0 + ($1[.pending] ?? 0) }
      let receipts = try await ledger.pendingReceipts(agency: nil, limit: 1)
      return pending == 0 && receipts.isEmpty
    }
  }
}
