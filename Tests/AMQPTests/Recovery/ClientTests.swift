import Broker
import BrokerTestSupport
import Logging
import ServiceLifecycle
import Testing

@testable import AMQP

/// A client on the shared broker, with a proxy between them where the network shall misbehave.
@Suite(.timeLimit(.minutes(10))) struct ClientTests {
  /// Runs with a client through a proxy, and a queue.
  private func withProxy(
    heartbeat: Int = 10, _ body: (AMQPClient, Proxy, TestVhost) async throws -> Void
  ) async throws {
    try await SharedBroker.withVhost { vhost in
      let proxy = Proxy(to: vhost.port)
      defer { proxy.stop() }
      var configuration = vhost.configuration
      configuration.port = proxy.port
      configuration.heartbeatSeconds = heartbeat
      configuration.connectTimeoutSeconds = 5
      let declare: @Sendable (AMQPConnection) async throws(AMQPError) -> Void = { connection throws(AMQPError) in
        try await connection.openChannel().declareQueue("q")
      }
      try await withClient(configuration, setUp: declare) { client in
        try await body(client, proxy, vhost)
      }
    }
  }

  @Test func `what was under way when the network cut it arrives, and everybody has an answer`() async throws {
    try await withProxy { client, proxy, vhost in
      // What is under test is the loss of a connection. On one that lives, a broker that is slower than the deadline of
      // a confirm makes it indeterminate, and a machine with too much to do has such brokers.
      let publisher = client.publisher(window: 128, confirmTimeoutSeconds: Patience.seconds)
      let results = try await withThrowingTaskGroup(of: [PublishResult].self) { group in
        for task in 0..<8 {
          group.addTask {
            var results: [PublishResult] = []
            for number in 0..<250 {
              results.append(
                try await publisher.publish(
                  AMQPMessage(text: "body", id: "\(task)-\(number)"), exchange: "", routingKey: "q"))
            }
            return results
          }
        }
        group.addTask {
          for _ in 0..<3 {
            try await Task.sleep(for: .milliseconds(120))
            proxy.cut()
          }
          return []
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(results.count == 2000)
      let others = results.filter { $0 != .confirmed }
      #expect(others.isEmpty, "\(others.prefix(3))")
      let consumer = client.consumer(queue: "q", prefetch: 200)
      var seen: Set<String> = []
      var last = [Int](repeating: -1, count: 8)
      for try await delivery in consumer {
        let id = try #require(delivery.properties.messageID)
        if seen.insert(id).inserted {
          let parts = id.split(separator: "-").compactMap { Int($0) }
          // What the broker delivers the first time comes in the order of its task; what it delivers again may not.
          #expect(delivery.redelivered || last[parts[0]] < parts[1])
          last[parts[0]] = max(last[parts[0]], parts[1])
        }
        consumer.acknowledge(delivery)
        if seen.count == 2000 { break }
      }
      #expect(seen.count == 2000)
    }
  }

  @Test func `a consumer goes on after a cut; what was not acknowledged comes again, old tags do nothing`() async throws
  {
    try await withProxy { client, proxy, _ in
      let publisher = client.publisher()
      let batch = (0..<100).map {
        AMQPPublisher.Publish(AMQPMessage(text: "", id: "\($0)"), exchange: "", routingKey: "q")
      }
      #expect(try await publisher.publish(batch: batch).allSatisfy { $0 == .confirmed })
      let consumer = client.consumer(queue: "q", prefetch: 50)
      let first = try #require(try await consumer.nextBatch(max: 10))
      proxy.cut()
      var seen: Set<String> = []
      var redelivered = 0
      while seen.count < 100 {
        let deliveries = try #require(try await consumer.nextBatch())
        consumer.acknowledge(first)
        consumer.acknowledge(deliveries)
        redelivered += deliveries.count { $0.redelivered }
        seen.formUnion(deliveries.compactMap(\.properties.messageID))
      }
      #expect(redelivered >= first.count)
      await consumer.cancel()
      while try await consumer.nextBatch() != nil {}
    }
  }

  @Test func `a network that stalls is noticed by its silence, and bridged`() async throws {
    try await withProxy(heartbeat: 1) { client, proxy, _ in
      let publisher = client.publisher()
      #expect(try await publisher.publish(AMQPMessage(text: "a"), exchange: "", routingKey: "q") == .confirmed)
      proxy.set(.stall)
      async let late = publisher.publish(AMQPMessage(text: "b"), exchange: "", routingKey: "q")
      try await eventually("the loss is noticed") { !client.isConnected }
      proxy.cut()
      proxy.set(.forward)
      #expect(try await late == .confirmed)
    }
  }

  @Test func `everything works one byte at a time`() async throws {
    try await withProxy { client, proxy, _ in
      proxy.set(.byteByByte)
      let publisher = client.publisher()
      let body = (0..<5000).map { UInt8(truncatingIfNeeded: $0) }
      for _ in 0..<5 {
        #expect(
          try await publisher.publish(AMQPMessage(body: body), exchange: "", routingKey: "q") == .confirmed)
      }
      let consumer = client.consumer(queue: "q")
      var count = 0
      for try await delivery in consumer {
        #expect(delivery.body == body)
        consumer.acknowledge(delivery)
        count += 1
        if count == 5 { break }
      }
    }
  }

  @Test func `configuration errors come at once, with the broker's words`() async throws {
    try await SharedBroker.withVhost { vhost in
      try await withClient(vhost.configuration) { client in
        let missing = client.consumer(queue: "nowhere")
        let absent = await #expect(throws: AMQPError.self) { _ = try await missing.nextBatch() }
        #expect(absent?.replyCode == 404)
        #expect(absent?.message.contains("no queue 'nowhere'") == true)
        // An exchange that is not there ends the channel; the next publish has another one.
        let publisher = client.publisher()
        let lost = try await publisher.publish(AMQPMessage(text: ""), exchange: "nowhere", routingKey: "")
        guard case .indeterminate(let error) = lost else {
          Issue.record("\(lost)")
          return
        }
        #expect(error.replyCode == 404)
        let channel = try await client.connection().openChannel()
        try await channel.declareQueue("q")
        #expect(try await publisher.publish(AMQPMessage(text: ""), exchange: "", routingKey: "q") == .confirmed)
        let conflict = await #expect(throws: AMQPError.self) { try await channel.declareQueue("q", type: .classic) }
        #expect(conflict?.replyCode == 406)
        #expect(client.isConnected)
      }
    }
  }

  @Test func `a queue deleted under a consumer is told, whether it comes back or not`() async throws {
    try await SharedBroker.withVhost { vhost in
      try await withClient(vhost.configuration) { client in
        let channel = try await client.connection().openChannel()
        try await channel.declareQueue("q", type: .classic)
        let consumer = client.consumer(queue: "q")
        async let batch = consumer.nextBatch()
        try await eventually("it consumes") {
          try await client.connection().openChannel().declareQueue("q", passive: true).consumerCount == 1
        }
        try await channel.deleteQueue("q")
        do {
          _ = try await batch
          Issue.record("a batch came from nowhere")
        } catch let error as AMQPError {
          #expect(error.replyCode == 404)
        }
      }
    }
  }

  @Test func `revoked credentials end the client at once`() async throws {
    try await SharedBroker.withVhost { vhost in
      let client = AMQPClient(vhost.configuration, recovery: .quick)
      let running = Task { try await client.run() }
      let connection = try await client.connection()
      try await connection.makeQueue("q")
      let consumer = client.consumer(queue: "q")
      let batch = Task { try await consumer.nextBatch() }
      try await vhost.management.deleteUser(vhost.user)
      let error = await #expect(throws: AMQPError.self) { try await running.value }
      #expect(error?.code == .configuration)
      #expect(error?.replyCode == 403)
      await #expect(throws: AMQPError.self) { _ = try await batch.value }
      await #expect(throws: AMQPError.self) { _ = try await client.connection() }
      // For the cleaning up.
      try await vhost.management.putUser(vhost.user, password: vhost.password)
    }
  }

  @Test func `a graceful shutdown ends it in order`() async throws {
    try await SharedBroker.withVhost { vhost in
      let client = AMQPClient(vhost.configuration, recovery: .quick)
      let stopped = OneShot<Void>()
      let group = ServiceGroup(
        configuration: .init(
          services: [
            .init(service: client),
            .init(service: Stopper(stopped: stopped), successTerminationBehavior: .gracefullyShutdownGroup),
          ], logger: .init(label: "test")))
      let running = Task { try await group.run() }
      let channel = try await client.connection().openChannel()
      try await channel.declareQueue("q")
      let publisher = client.publisher()
      #expect(try await publisher.publish(AMQPMessage(text: ""), exchange: "", routingKey: "q") == .confirmed)
      let consumer = client.consumer(queue: "q")
      #expect(try await consumer.nextBatch()?.count == 1)
      async let nothing = consumer.nextBatch()
      stopped.give(())
      try await running.value
      #expect(try await nothing == nil)
      await #expect(throws: AMQPError.self) {
        _ = try await publisher.publish(AMQPMessage(text: ""), exchange: "", routingKey: "q")
      }
    }
  }

  private struct Stopper: Service {
    let stopped: OneShot<Void>
    func run() async throws { await stopped.value {} }
  }

  @Test func `cancelling any wait is prompt and harms nothing`() async throws {
    let client = AMQPClient(AMQPConfiguration(port: 1, username: "a", password: "b"), recovery: .quick)
    let running = Task { try await client.run() }
    let publisher = client.publisher()
    let consumer = client.consumer(queue: "q")
    let waits = [
      Task { () async throws -> Void in _ = try await client.connection() },
      Task { () async throws -> Void in _ = try await consumer.nextBatch() },
      Task { () async throws -> Void in
        _ = try await publisher.publish(AMQPMessage(text: ""), exchange: "", routingKey: "q")
      },
    ]
    for wait in waits {
      wait.cancel()
      let error = await #expect(throws: AMQPError.self) { try await wait.value }
      #expect(error?.code == .cancelled)
    }
    running.cancel()
    let error = await #expect(throws: AMQPError.self) { try await running.value }
    #expect(error?.code == .cancelled)
  }

  @Test func `an outage that lasts too long is given up, with the last error`() async throws {
    let client = AMQPClient(
      AMQPConfiguration(port: 1, username: "a", password: "b"),
      recovery: AMQPRecovery(firstDelaySeconds: 0.01, longestDelaySeconds: 0.02, longestOutageSeconds: 0.1))
    let error = await #expect(throws: AMQPError.self) { try await client.run() }
    #expect(error?.code == .connectionFailed)
    let again = await #expect(throws: AMQPError.self) { try await client.run() }
    #expect(again?.code == .configuration)
  }
}
