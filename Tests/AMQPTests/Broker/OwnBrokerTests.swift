import Broker
import BrokerTestSupport
import Testing

@testable import AMQP

/// What is done to a broker that no other test may share: it is killed, and put into alarm.
@Suite(.timeLimit(.minutes(10))) struct OwnBrokerTests {
  @Test func `a broker killed under load, and one in alarm, lose nothing and leave nobody waiting`() async throws {
    let node = try await PrivateNode.start(SharedBroker.testOptions)
    do {
      try await Patience.limit("all that was published to a broker that dies is answered and there") {
        try await killing(node)
      }
      try await Patience.limit("an alarm only delays") { try await alarm(node) }
    } catch {
      await node.stop()
      throw error
    }
    await node.stop()
  }

  private func configuration(_ node: PrivateNode) -> AMQPConfiguration {
    AMQPConfiguration(port: node.amqpPort, username: node.user, password: node.password, connectTimeoutSeconds: 5)
  }

  private static func batch(_ task: Int, _ first: Int, _ count: Int, _ queue: String) -> [AMQPPublisher.Publish] {
    (first..<(first + count)).map {
      AMQPPublisher.Publish(AMQPMessage(text: "body", id: "\(task)-\($0)"), exchange: "", routingKey: queue)
    }
  }

  /// 20,000 publishes from 8 tasks through a client that comes back, and 4,000 through a connection that does not.
  private func killing(_ node: PrivateNode) async throws {
    let declaring = try await AMQPConnection.connect(configuration(node))
    for queue in ["kept", "plain"] { try await declaring.openChannel().declareQueue(queue) }
    await declaring.close()
    // Of a quorum queue that is some seconds old the broker itself may lose all when it is killed. These are older.
    try await node.restart()
    try await withClient(configuration(node)) { client in
      let publisher = client.publisher(window: 512, confirmTimeoutSeconds: Patience.seconds)
      let plain = try await client.connection().openPublisher(window: 256)
      let halfway = OneShot<Void>()

      let kept = Task {
        try await withThrowingTaskGroup(of: Int.self) { group in
          for task in 0..<8 {
            group.addTask {
              var confirmed = 0
              for first in stride(from: 0, to: 2500, by: 25) {
                let results = try await publisher.publish(batch: Self.batch(task, first, 25, "kept"))
                confirmed += results.count { $0 == .confirmed }
                if task == 0, first == 500 { halfway.give(()) }
              }
              return confirmed
            }
          }
          return try await group.reduce(0, +)
        }
      }
      let once = Task {
        var answers: [(String, PublishResult)] = []
        for first in stride(from: 0, to: 4000, by: 20) {
          let batch = Self.batch(9, first, 20, "plain")
          guard let results = try? await plain.publish(batch: batch) else { break }
          answers += zip(batch.compactMap(\.message.properties.messageID), results)
        }
        return answers
      }
      await halfway.value {}
      await node.kill()
      let answered = await once.value
      try await node.startAgain()
      #expect(try await kept.value == 20_000)
      let indeterminate = answered.count { if case .indeterminate = $0.1 { true } else { false } }
      #expect(answered.count { $0.1 == .confirmed } + indeterminate == answered.count)

      let (ids, order) = try await Self.drain(client, "kept", until: 20_000)
      #expect(ids.count == 20_000)
      #expect(order, "the first copies come in the order of their tasks")
      let confirmed = Set(answered.filter { $0.1 == .confirmed }.map(\.0))
      let (there, _) = try await Self.drain(client, "plain", until: confirmed.count)
      #expect(confirmed.isSubset(of: there))
    }
  }

  /// Takes messages until so many different ones have come; whether those of each task came in order.
  private static func drain(
    _ client: AMQPClient, _ queue: String, until count: Int
  ) async throws -> (Set<String>, inOrder: Bool) {
    let consumer = client.consumer(queue: queue, prefetch: 1000)
    var seen: Set<String> = []
    var last: [Int: Int] = [:]
    var inOrder = true
    while seen.count < count, let batch = try await consumer.nextBatch(max: 500) {
      consumer.acknowledge(batch)
      for case let id? in batch.map(\.properties.messageID) where seen.insert(id).inserted {
        let parts = id.split(separator: "-").compactMap { Int($0) }
        if parts[1] != (last[parts[0]] ?? -1) + 1 { inOrder = false }
        last[parts[0]] = parts[1]
      }
    }
    return (seen, inOrder)
  }

  /// A memory alarm: publishing waits for its end, consuming goes on.
  private func alarm(_ node: PrivateNode) async throws {
    let publishing = try await AMQPConnection.connect(configuration(node))
    let consuming = try await AMQPConnection.connect(configuration(node))
    defer {
      publishing.abort()
      consuming.abort()
    }
    _ = try await publishing.openChannel().declareQueue("alarmed")
    let publisher = try await publishing.openPublisher(confirmTimeoutSeconds: 2)
    let hasty = try await publishing.openPublisher(failsWhenBlocked: true)
    #expect(
      try await publisher.publish(batch: Self.batch(1, 0, 100, "alarmed")).allSatisfy { $0 == .confirmed })
    _ = try await node.runCtl(["set_vm_memory_high_watermark", "absolute", "1"])
    try await eventually("the alarm is on") { try await !node.management.alarms().isEmpty }
    let late = Task { try await publisher.publish(batch: Self.batch(1, 100, 100, "alarmed")) }
    try await eventually("the broker blocks us") { publishing.isBlocked }
    #expect(publishing.blockedReason?.contains("memory") == true)
    let impatient = await #expect(throws: AMQPError.self) {
      _ = try await hasty.publish(AMQPMessage(text: ""), exchange: "", routingKey: "alarmed")
    }
    #expect(impatient?.code == .blocked)
    let consumer = try await consuming.openConsumer(queue: "alarmed", prefetch: 10)
    #expect(try await consumer.take(100).count == 100)
    _ = try await node.runCtl(["set_vm_memory_high_watermark", "absolute", "2000000000"])
    // The deadline of a confirm did not run meanwhile.
    #expect(try await late.value.allSatisfy { $0 == .confirmed })
    #expect(!publishing.isBlocked)
    #expect(try await consumer.take(100).count == 100)
  }
}
