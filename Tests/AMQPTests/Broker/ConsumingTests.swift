import Broker
import BrokerTestSupport
import Synchronization
import Testing

@testable import AMQP

/// Consuming from a real broker.
@Suite(.timeLimit(.minutes(10))) struct ConsumingTests {
  private func fill(_ connection: AMQPConnection, _ queue: String, _ count: Int) async throws {
    try await connection.makeQueue(queue)
    let results = try await connection.openPublisher().publish(
      batch: (0..<count).map { .init(AMQPMessage(text: "\($0)"), exchange: "", routingKey: queue) })
    #expect(results.allSatisfy { $0 == .confirmed })
  }

  private func messageCount(_ connection: AMQPConnection, _ queue: String) async throws -> Int {
    try await connection.openChannel().declareQueue(queue, passive: true).messageCount
  }

  @Test func `the end of the connection ends the consumer, and what was not acknowledged comes again`() async throws {
    try await withConnection { connection, configuration in
      try await fill(connection, "q", 20)
      let doomed = try await AMQPConnection.connect(configuration)
      let consumer = try await doomed.openConsumer(queue: "q", prefetch: 10)
      _ = try await consumer.nextBatch(max: 1)
      let waiting = Task {
        while try await consumer.nextBatch() != nil {}
      }
      doomed.abort()
      let error = await #expect(throws: AMQPError.self) { try await waiting.value }
      #expect(error?.code == .connectionClosed)
      let next = try await connection.openConsumer(queue: "q", prefetch: 50)
      let deliveries = try await next.take(20)
      #expect(deliveries.contains { $0.redelivered })
      #expect(Set(deliveries.map(\.body)).count == 20)
    }
  }

  @Test func `an orderly close sends the acks, and they do not come again`() async throws {
    try await withConnection { connection, configuration in
      try await fill(connection, "q", 10)
      let other = try await AMQPConnection.connect(configuration)
      let consumer = try await other.openConsumer(queue: "q", prefetch: 10)
      var held: [AMQPDelivery] = []
      while held.count < 10 { held += try #require(try await consumer.nextBatch()) }
      // The first stays in work, so that the others are not sent by themselves.
      consumer.acknowledge(held[1...])
      await other.close()
      #expect(try await consumer.nextBatch() == nil)
      try await eventually("one message is left") { try await messageCount(connection, "q") == 1 }
    }
  }

  @Test func `acks go out by themselves`() async throws {
    try await withConnection { connection, configuration in
      try await fill(connection, "q", 200)
      let consumer = try await connection.openConsumer(queue: "q", prefetch: 200)
      let first = try #require(try await consumer.nextBatch(max: 1))
      var others = 0
      while others < 199 {
        let batch = try #require(try await consumer.nextBatch(max: 50))
        consumer.acknowledge(batch.shuffled())
        others += batch.count
      }
      // A second consumer on the same connection would be given what is requeued when the first channel ends.
      consumer.close()
      let next = try await connection.openConsumer(queue: "q")
      let rest = try await next.take(1)
      #expect(rest.map(\.body) == first.map(\.body))
      #expect(try await messageCount(connection, "q") == 0)
    }
  }

  @Test func `rejected messages come back or are gone`() async throws {
    try await withConnection { connection, _ in
      try await fill(connection, "q", 2)
      let consumer = try await connection.openConsumer(queue: "q", prefetch: 1)
      let first = try #require(try await consumer.nextBatch()?.first)
      consumer.reject(first, requeue: true)
      var bodies: [String] = []
      while bodies.count < 2 {
        for delivery in try #require(try await consumer.nextBatch()) {
          bodies.append(String(decoding: delivery.body, as: UTF8.self))
          consumer.reject(delivery, requeue: false)
          // Settling it again does nothing.
          consumer.acknowledge(delivery)
        }
      }
      #expect(bodies.sorted() == ["0", "1"])
      try await eventually("the queue is empty") { try await messageCount(connection, "q") == 0 }
    }
  }

  @Test func `a delivery of another connection is not acknowledged here`() async throws {
    try await withConnection { connection, configuration in
      try await fill(connection, "q", 1)
      let doomed = try await AMQPConnection.connect(configuration)
      let stale = try #require(try await doomed.openConsumer(queue: "q").nextBatch()?.first)
      doomed.abort()
      let consumer = try await connection.openConsumer(queue: "q")
      let fresh = try #require(try await consumer.nextBatch()?.first)
      #expect(stale.deliveryTag == fresh.deliveryTag)
      consumer.acknowledge(stale)
      consumer.close()
      let next = try await connection.openConsumer(queue: "q")
      #expect(try await next.take(1).count == 1)
    }
  }

  @Test func `a deleted queue ends its consumer with that reason`() async throws {
    try await withConnection { connection, _ in
      try await fill(connection, "q", 0)
      let consumer = try await connection.openConsumer(queue: "q")
      let waiting = Task { try await consumer.nextBatch() }
      try await connection.openChannel().deleteQueue("q")
      let error = await #expect(throws: AMQPError.self) { _ = try await waiting.value }
      #expect(error?.code == .consumerCancelled)
      #expect(connection.isOpen)
    }
  }

  @Test func `a cancelled consumer hands out what has arrived, and takes no more`() async throws {
    try await withConnection { connection, _ in
      try await fill(connection, "q", 30)
      let consumer = try await connection.openConsumer(queue: "q", prefetch: 10)
      try await until {
        connection.state.withLock { ($0.channels.compactMap(\.self).last?.consumer?.buffer.count) == 10 }
      }
      await consumer.cancel()
      var taken = 0
      while let batch = try await consumer.nextBatch(max: 4) {
        consumer.acknowledge(batch)
        taken += batch.count
      }
      #expect(taken == 10)
      consumer.close()
      try await eventually("20 are left") { try await messageCount(connection, "q") == 20 }
    }
  }

  @Test func `a cancelled wait is prompt and takes nothing`() async throws {
    try await withConnection { connection, _ in
      try await fill(connection, "q", 0)
      let consumer = try await connection.openConsumer(queue: "q")
      let waiting = Task { try await consumer.nextBatch() }
      try await until { connection.state.withLock { $0.channels.contains { $0?.consumer?.waiters.isEmpty == false } } }
      waiting.cancel()
      let error = await #expect(throws: AMQPError.self) { _ = try await waiting.value }
      #expect(error?.code == .cancelled)
      try await fill(connection, "q", 3)
      #expect(try await consumer.take(3).count == 3)
    }
  }

  @Test func `it is an asynchronous sequence that ends with the connection`() async throws {
    try await withConnection { connection, configuration in
      try await fill(connection, "q", 300)
      let other = try await AMQPConnection.connect(configuration)
      let consumer = try await other.openConsumer(queue: "q", prefetch: 64)
      var bodies: [String] = []
      for try await delivery in consumer {
        bodies.append(String(decoding: delivery.body, as: UTF8.self))
        consumer.acknowledge(delivery)
        if bodies.count == 300 { await other.close() }
      }
      #expect(bodies == (0..<300).map { "\($0)" })
      #expect(try await messageCount(connection, "q") == 0)
    }
  }

  @Test func `a stream is read from its beginning`() async throws {
    try await withConnection { connection, _ in
      try await connection.openChannel().declareQueue("s", type: .stream)
      let publisher = try await connection.openPublisher()
      for number in 0..<5 {
        #expect(
          try await publisher.publish(AMQPMessage(text: "\(number)"), exchange: "", routingKey: "s") == .confirmed)
      }
      let consumer = try await connection.openConsumer(
        queue: "s", prefetch: 10, arguments: ["x-stream-offset": "first"])
      let deliveries = try await consumer.take(5)
      #expect(deliveries.map(\.body) == (0..<5).map { Array("\($0)".utf8) })
      #expect(deliveries.map { $0.properties.headers?["x-stream-offset"]?.integer } == [0, 1, 2, 3, 4])
    }
  }
}
