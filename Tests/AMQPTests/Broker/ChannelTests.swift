import Broker
import BrokerTestSupport
import Synchronization
import Testing

@testable import AMQP

/// Calls on channels of a real broker, and what it refuses.
@Suite(.timeLimit(.minutes(10))) struct ChannelTests {
  @Test func `a queue that is not there is a 404 with the broker's words`() async throws {
    try await withConnection { connection, _ in
      let channel = try await connection.openChannel()
      let error = await #expect(throws: AMQPError.self) {
        _ = try await channel.declareQueue("missing", passive: true)
      }
      #expect(error?.code == .configuration)
      #expect(error?.replyCode == 404)
      #expect(error?.message.contains("no queue 'missing'") == true)
      #expect(error?.isTransient == false)
      #expect(channel.failure == error)
      let again = await #expect(throws: AMQPError.self) { _ = try await channel.get("missing") }
      #expect(again == error)
      let consumer = await #expect(throws: AMQPError.self) {
        _ = try await connection.openConsumer(queue: "missing")
      }
      #expect(consumer?.replyCode == 404)
    }
  }

  @Test func `a queue of another kind is a 406`() async throws {
    try await withConnection { connection, _ in
      let channel = try await connection.openChannel()
      try await channel.declareQueue("q", type: .classic)
      let error = await #expect(throws: AMQPError.self) { _ = try await channel.declareQueue("q", type: .quorum) }
      #expect(error?.replyCode == 406)
      #expect(error?.code == .configuration)
      #expect(error?.message.contains("inequivalent arg") == true)
    }
  }

  @Test func `what the user may not do is a 403`() async throws {
    try await SharedBroker.withVhost { vhost in
      try await vhost.management.putPermissions(vhost.user, in: vhost.name, configure: "^$", write: "^$", read: "^$")
      let connection = try await AMQPConnection.connect(vhost.configuration)
      defer { connection.abort() }
      let channel = try await connection.openChannel()
      let error = await #expect(throws: AMQPError.self) { _ = try await channel.declareQueue("q") }
      #expect(error?.replyCode == 403)
      #expect(error?.message.contains("ACCESS_REFUSED") == true)
    }
  }

  @Test func `a foreign or missing virtual host is a 530, a wrong password a 403`() async throws {
    try await SharedBroker.withVhost { vhost in
      var configuration = vhost.configuration
      configuration.vhost = "no-such-vhost"
      let missing = await refusal(configuration)
      #expect(missing?.replyCode == 530)
      #expect(missing?.code == .configuration)
      #expect(missing?.message.contains("no-such-vhost") == true)
      configuration.vhost = "/"
      #expect(await refusal(configuration)?.replyCode == 530)
      configuration = vhost.configuration
      configuration.password = "wrong password"
      let wrong = await refusal(configuration)
      #expect(wrong?.replyCode == 403)
      #expect(wrong?.code == .configuration)
      #expect(wrong?.message.contains("wrong password") == false)
    }
  }

  private func refusal(_ configuration: AMQPConfiguration) async -> AMQPError? {
    do throws(AMQPError) {
      let connection = try await AMQPConnection.connect(configuration)
      connection.abort()
      return nil
    } catch {
      return error
    }
  }

  @Test func `arguments that cannot be written leave the channel usable`() async throws {
    try await withConnection { connection, _ in
      let channel = try await connection.openChannel()
      let long = String(repeating: "q", count: 256)
      let error = await #expect(throws: AMQPError.self) { _ = try await channel.declareQueue(long) }
      #expect(error?.code == .encoding)
      #expect(try await channel.declareQueue("q").messageCount == 0)
    }
  }

  @Test func `declare, bind, publish, get, purge, unbind, delete`() async throws {
    try await withConnection { connection, _ in
      let channel = try await connection.openChannel()
      try await channel.declareExchange("x", type: "topic")
      try await channel.declareExchange("x", passive: true)
      #expect(try await channel.declareQueue("q") == .init(name: "q", messageCount: 0, consumerCount: 0))
      try await channel.bind(queue: "q", exchange: "x", routingKey: "threat.#")
      let publisher = try await connection.openPublisher()
      for number in 0..<3 {
        #expect(
          try await publisher.publish(AMQPMessage(text: "\(number)"), exchange: "x", routingKey: "threat.a.b")
            == .confirmed)
      }
      let first = try #require(try await channel.get("q"))
      #expect(first.body == Array("0".utf8))
      #expect(first.routingKey == "threat.a.b")
      #expect(first.exchange == "x")
      channel.acknowledge(first)
      let second = try #require(try await channel.get("q"))
      channel.reject(second, requeue: false)
      #expect(try await channel.get("q", autoAcknowledge: true)?.body == Array("2".utf8))
      #expect(try await channel.get("q") == nil)
      _ = try await publisher.publish(AMQPMessage(text: "3"), exchange: "x", routingKey: "threat")
      #expect(try await channel.purge("q") == 1)
      try await channel.unbind(queue: "q", exchange: "x", routingKey: "threat.#")
      #expect(
        try await publisher.publish(AMQPMessage(text: "4"), exchange: "x", routingKey: "threat")
          == .unroutable(replyText: "NO_ROUTE"))
      _ = try await publisher.publish(AMQPMessage(text: "5"), exchange: "", routingKey: "q")
      #expect(try await channel.deleteQueue("q") == 1)
      try await channel.deleteExchange("x")
    }
  }

  @Test func `many channels come and go`() async throws {
    try await withConnection { connection, _ in
      for _ in 0..<20 {
        var channels: [AMQPChannel] = []
        for _ in 0..<10 { channels.append(try await connection.openChannel()) }
        #expect(connection.state.withLock { $0.channels.count } <= 31)
        // Dropping the handles closes them.
        channels.removeAll()
      }
      try await until { connection.state.withLock { $0.channels.allSatisfy { $0 == nil } } }
    }
  }

  @Test func `a revoked user's connection ends`() async throws {
    try await SharedBroker.withVhost { vhost in
      let connection = try await AMQPConnection.connect(vhost.configuration)
      let consumerError = Task { await connection.waitUntilClosed() }
      try await vhost.management.deleteUser(vhost.user)
      let end = await consumerError.value
      #expect(end?.replyCode == 320)
      #expect(end?.isTransient == true)
      try await vhost.management.putUser(vhost.user, password: vhost.password)
    }
  }

  @Test func `a hundred connections at a time`() async throws {
    try await SharedBroker.withVhost { vhost in
      let configuration = vhost.configuration
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<100 {
          group.addTask {
            let connection = try await AMQPConnection.connect(configuration)
            let channel = try await connection.openChannel()
            let queue = try await channel.declareQueue("", type: .classic, durable: false, exclusive: true)
            let publisher = try await connection.openPublisher()
            let result = try await publisher.publish(
              AMQPMessage(text: "\(number)"), exchange: "", routingKey: queue.name)
            #expect(result == .confirmed)
            #expect(try await channel.get(queue.name, autoAcknowledge: true)?.body == Array("\(number)".utf8))
            await connection.close()
          }
        }
        try await group.waitForAll()
      }
    }
  }
}
