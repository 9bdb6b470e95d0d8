import Broker
import BrokerTestSupport
import Synchronization
import Testing

@testable import AMQP

/// Three nodes of our own, one of which is killed: `make cluster`. Nodes that starve beside other tests elect
/// leaders again and again.
@Suite(.timeLimit(.minutes(10))) struct ClusterTests {
  private static let tasks = 8
  private static let publishes = 1000

  @Test func `the leader of a quorum queue killed under load loses nothing, and leaves nobody waiting`() async throws {
    // Three of them start at the same time.
    var options = SharedBroker.testOptions
    options.startDeadline = .seconds(Patience.seconds)
    let cluster = try await PrivateCluster.start(options)
    do {
      try await Patience.limit("every publish answered and every confirmed message consumed") {
        try await killing(cluster)
      }
    } catch {
      await cluster.stop()
      throw error
    }
    await cluster.stop()
  }

  /// Any node may be the one that is connected to, and each of the others the next.
  private static func configuration(_ cluster: PrivateCluster, name: String) -> AMQPConfiguration {
    let node = cluster.nodes[0]
    var configuration = AMQPConfiguration(
      port: node.amqpPort, username: node.user, password: node.password, connectionName: name)
    configuration.alternatives = cluster.nodes.dropFirst().map { AMQPEndpoint(host: "127.0.0.1", port: $0.amqpPort) }
    return configuration
  }

  private func killing(_ cluster: PrivateCluster) async throws {
    // A name that no earlier queue had: replicas of one deleted and declared again may never come back.
    let queue = "load-\(UInt32.random(in: 0 ... .max))"
    // The first replica, and so the leader, stands where the queue is declared: on the node that the consumer is
    // connected to. Killing the leader takes the consumer's connection as well.
    try await withClient(
      Self.configuration(cluster, name: "consumer"),
      setUp: { connection throws(AMQPError) in
        try await connection.openChannel().declareQueue(queue)
      }
    ) { consuming in
      _ = try await consuming.connection()
      try await eventually("the queue has three replicas") {
        try await cluster.nodes[0].management.quorum(of: queue, in: "/")?.online.count == 3
      }
      let leader = try #require(try await cluster.nodes[0].management.quorum(of: queue, in: "/")?.leader)
      let doomed = try #require(cluster.node(named: leader))
      try await withClient(Self.configuration(cluster, name: "publisher")) { publishing in
        let arrived = Arrived()
        let consumer = consuming.consumer(queue: queue, prefetch: 256)
        let reading = Task { try await arrived.read(consumer) }
        let answers = Answers()
        try await withThrowingTaskGroup(of: Void.self) { group in
          for task in 0..<Self.tasks {
            // After the leader's death the broker may leave a channel without answers for ever.
            let publisher = publishing.publisher(window: 256, confirmTimeoutSeconds: 10)
            group.addTask {
              for first in stride(from: 0, to: Self.publishes, by: 20) {
                var batch = (first..<(first + 20)).map {
                  AMQPPublisher.Publish(AMQPMessage(text: "body", id: "\(task)-\($0)"), exchange: "", routingKey: queue)
                }
                // Until there is a new leader the broker may refuse: what it nacked is published again.
                while !batch.isEmpty {
                  let results = try await publisher.publish(batch: batch)
                  answers.add(batch, results)
                  batch = zip(batch, results).filter { $0.1 == .nacked }.map(\.0)
                  if !batch.isEmpty { try await Task.sleep(for: .milliseconds(100)) }
                }
              }
            }
          }
          group.addTask {
            try await eventually("a quarter is published") {
              answers.all.count >= Self.tasks * Self.publishes / 4
            }
            await doomed.kill()
          }
          try await group.waitForAll()
        }
        // Every publish has its answer: the broker's, or that it cannot be known.
        let final = answers.all
        #expect(final.count == Self.tasks * Self.publishes)
        let confirmed = Set(final.filter { $0.value == .confirmed }.keys)
        let others = final.filter { $0.value != .confirmed }.map(\.value)
        #expect(others.allSatisfy { if case .indeterminate = $0 { true } else { false } }, "\(others.prefix(3))")
        #expect(confirmed.count > final.count / 2, "\(others.count) were not, such as \(others.prefix(3))")
        // Every message that was confirmed is there.
        try await eventually("all confirmed messages are consumed", within: .seconds(Patience.seconds)) {
          confirmed.isSubset(of: arrived.ids)
        }
        await consumer.cancel()
        try await reading.value
        #expect(arrived.hosts.count >= 2, "the consumer went on with another node: \(arrived.hosts)")
        #expect(!doomed.isRunning)
      }
    }
  }
}

/// The answers to publishes, by message-id.
private final class Answers: Sendable {
  private let answers = Mutex<[String: PublishResult]>([:])

  var all: [String: PublishResult] { answers.withLock { $0 } }

  func add(_ batch: [AMQPPublisher.Publish], _ results: [PublishResult]) {
    answers.withLock { answers in
      for (publish, result) in zip(batch, results) { answers[publish.message.properties.messageID ?? ""] = result }
    }
  }
}

/// What a consumer has taken, from which connections.
private final class Arrived: Sendable {
  private let state = Mutex<(ids: Set<String>, hosts: Set<UInt64>)>(([], []))

  var ids: Set<String> { state.withLock { $0.ids } }
  /// Each connection by its number.
  var hosts: Set<UInt64> { state.withLock { $0.hosts } }

  func read(_ consumer: AMQPClient.Consumer) async throws {
    while let batch = try await consumer.nextBatch(max: 200) {
      state.withLock { state in
        state.ids.formUnion(batch.compactMap(\.properties.messageID))
        state.hosts.formUnion(batch.map(\.channelSerial))
      }
      consumer.acknowledge(batch)
    }
  }
}
