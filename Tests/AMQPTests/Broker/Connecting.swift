import BrokerTestSupport

@testable import AMQP

extension TestVhost {
  /// As the user of this virtual host.
  var configuration: AMQPConfiguration {
    AMQPConfiguration(
      host: host, port: port, vhost: name, username: user, password: password, connectionName: "amqp-tests",
      connectTimeoutSeconds: 30, callTimeoutSeconds: 30)
  }
}

/// Runs a test with a connection to a virtual host of its own.
func withConnection<Result>(
  isolation: isolated (any Actor)? = #isolation,
  _ body: (AMQPConnection, AMQPConfiguration) async throws -> Result
) async throws -> Result {
  try await SharedBroker.withVhost { vhost in
    let configuration = vhost.configuration
    let connection = try await AMQPConnection.connect(configuration)
    defer { connection.abort() }
    return try await body(connection, configuration)
  }
}

extension AMQPConnection {
  /// Declares a quorum queue, over a connection of its own: a starved broker may fail to bring one up in its time, ends
  /// the connection (541), and has it at the next try.
  func makeQueue(_ name: String, arguments: AMQPTable = [:]) async throws {
    try await eventually("the queue \(name) is declared") {
      let connection = try await AMQPConnection.connect(configuration)
      defer { connection.abort() }
      do throws(AMQPError) {
        try await connection.openChannel().declareQueue(name, arguments: arguments)
        return true
      } catch {
        guard error.replyCode == 541 else { throw error }
        return false
      }
    }
  }
}

extension AMQPMessage {
  init(text: String, id: String? = nil) {
    self.init(properties: AMQPProperties(messageID: id), body: Array(text.utf8))
  }
}

extension AMQPConsumer {
  /// Takes and acknowledges deliveries until so many have come.
  func take(_ count: Int) async throws -> [AMQPDelivery] {
    var deliveries: [AMQPDelivery] = []
    while deliveries.count < count {
      guard let batch = try await nextBatch(max: count - deliveries.count) else { return deliveries }
      acknowledge(batch)
      deliveries += batch
    }
    return deliveries
  }
}
