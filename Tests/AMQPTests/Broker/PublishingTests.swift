import Broker
import BrokerTestSupport
import Synchronization
import Testing

@testable import AMQP

/// Publishing to a real broker.
@Suite(.timeLimit(.minutes(10))) struct PublishingTests {
  @Test func `a message without a queue is told from one that arrived`() async throws {
    try await withConnection { connection, _ in
      try await connection.makeQueue("q")
      let publisher = try await connection.openPublisher()
      let results = try await publisher.publish(
        batch: (0..<200).map { number in
          .init(
            AMQPMessage(text: "\(number)", id: "m\(number)"), exchange: "",
            routingKey: number % 3 == 0 ? "nowhere" : "q")
        })
      for (number, result) in results.enumerated() {
        #expect(result == (number % 3 == 0 ? .unroutable(replyText: "NO_ROUTE") : .confirmed))
      }
      let lost = try await publisher.publish(
        AMQPMessage(text: "x"), exchange: "", routingKey: "nowhere", mandatory: false)
      #expect(lost == .confirmed)
    }
  }

  @Test func `a full queue that rejects is told by a nack`() async throws {
    try await withConnection { connection, _ in
      try await connection.makeQueue(
        "full", arguments: ["x-max-length": 5, "x-overflow": "reject-publish"])
      let publisher = try await connection.openPublisher()
      var results: [PublishResult] = []
      for number in 0..<30 {
        results.append(
          try await publisher.publish(AMQPMessage(text: "\(number)"), exchange: "", routingKey: "full"))
      }
      #expect(results.first == .confirmed)
      #expect(results.last == .nacked)
    }
  }

  @Test func `an exchange that is not there ends the channel, and the next channel works`() async throws {
    try await withConnection { connection, _ in
      let publisher = try await connection.openPublisher()
      let result = try await publisher.publish(AMQPMessage(text: "x"), exchange: "missing", routingKey: "k")
      guard case .indeterminate(let error) = result else {
        Issue.record("\(result)")
        return
      }
      #expect(error.code == .configuration)
      #expect(error.replyCode == 404)
      #expect(error.message.contains("no exchange 'missing'"))
      let after = await #expect(throws: AMQPError.self) {
        _ = try await publisher.publish(AMQPMessage(text: "x"), exchange: "", routingKey: "k")
      }
      #expect(after == error)
      let next = try await connection.openPublisher()
      #expect(
        try await next.publish(AMQPMessage(text: "x"), exchange: "", routingKey: "k")
          == .unroutable(replyText: "NO_ROUTE"))
    }
  }

  @Test func `a foreign user id is refused`() async throws {
    try await withConnection { connection, _ in
      try await connection.makeQueue("q")
      let publisher = try await connection.openPublisher()
      let message = AMQPMessage(properties: AMQPProperties(userID: "somebody"), body: [])
      guard case .indeterminate(let error) = try await publisher.publish(message, exchange: "", routingKey: "q") else {
        Issue.record("accepted")
        return
      }
      #expect(error.replyCode == 406)
    }
  }

  @Test func `20,000 publishes from 8 tasks are confirmed, and arrive once each`() async throws {
    try await withConnection { connection, configuration in
      try await connection.makeQueue("q")
      let publisher = try await connection.openPublisher(window: 512)
      let other = try await AMQPConnection.connect(configuration)
      let consumer = try await other.openConsumer(queue: "q", prefetch: 300)
      let reading = Task { try await consumer.take(20_000).map { String(decoding: $0.body, as: UTF8.self) } }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<8 {
          group.addTask {
            // Half of them one by one with many at a time, half in batches.
            if task % 2 == 0 {
              for number in stride(from: 0, to: 2500, by: 50) {
                try await withThrowingTaskGroup(of: PublishResult.self) { inner in
                  for offset in 0..<50 {
                    inner.addTask {
                      try await publisher.publish(
                        AMQPMessage(text: "\(task)-\(number + offset)"), exchange: "", routingKey: "q")
                    }
                  }
                  for try await result in inner { #expect(result == .confirmed) }
                }
              }
            } else {
              for number in stride(from: 0, to: 2500, by: 250) {
                let results = try await publisher.publish(
                  batch: (0..<250).map {
                    .init(AMQPMessage(text: "\(task)-\(number + $0)"), exchange: "", routingKey: "q")
                  })
                #expect(results.allSatisfy { $0 == .confirmed })
              }
            }
          }
        }
        try await group.waitForAll()
      }
      let bodies = try await reading.value
      #expect(bodies.count == 20_000)
      #expect(Set(bodies).count == 20_000)
      await other.close()
      let status = try await connection.openChannel().declareQueue("q", passive: true)
      #expect(status.messageCount == 0)
    }
  }

  @Test func `messages of one task arrive in order, whatever their size`() async throws {
    try await withConnection { connection, _ in
      try await connection.makeQueue("q")
      let publisher = try await connection.openPublisher(windowBytes: 200_000)
      let sizes = [0, 1, 131_063, 131_064, 131_065, 300_000, 7, 1_000_000, 262_128, 0]
      let results = try await publisher.publish(
        batch: sizes.enumerated().map { index, size in
          .init(
            AMQPMessage(body: Array(repeating: UInt8(index), count: size)), exchange: "", routingKey: "q")
        })
      #expect(results.allSatisfy { $0 == .confirmed })
      let consumer = try await connection.openConsumer(queue: "q", prefetch: 3)
      let deliveries = try await consumer.take(sizes.count)
      #expect(deliveries.map(\.body.count) == sizes)
      for (index, delivery) in deliveries.enumerated() {
        #expect(delivery.body.allSatisfy { $0 == UInt8(index) })
        #expect(delivery.body.capacity >= delivery.body.count + 64)
      }
    }
  }

  @Test func `headers of every kind and all properties come back as they were`() async throws {
    try await withConnection { connection, configuration in
      try await connection.makeQueue("q")
      let publisher = try await connection.openPublisher()
      let properties = AMQPProperties(
        contentType: "application/json", contentEncoding: "identity", headers: Wire.everyKind, deliveryMode: 2,
        priority: 4, correlationID: "c", replyTo: "r", expiration: "60000", messageID: "m", timestamp: 1_764_000_000,
        type: "stix/indicators", userID: configuration.username, appID: "app", clusterID: nil)
      #expect(
        try await publisher.publish(AMQPMessage(properties: properties, body: [1]), exchange: "", routingKey: "q")
          == .confirmed)
      let consumer = try await connection.openConsumer(queue: "q")
      let delivery = try #require(try await consumer.take(1).first)
      #expect(delivery.properties == properties)
      #expect(!delivery.malformedHeaders)
    }
  }

  @Test func `headers nested deeper than we read are delivered as malformed`() async throws {
    try await withConnection { connection, _ in
      try await connection.makeQueue("q")
      // Our own encoder refuses such a table, so the frames are made by hand, as a hostile agency would.
      let publisher = try await connection.openPublisher()
      async let next = connection.openConsumer(queue: "q").take(2)
      connection.withState { state in
        guard let channel = state.channels.compactMap(\.self).first(where: { $0.publisher != nil }) else { return }
        let number = Int(channel.number)
        let publish = Wire.method(number, 60, 40, Wire.u16(0) + Wire.short("") + Wire.short("q") + [0])
        let frames =
          publish + Wire.header(size: 1, headers: Wire.nested(5000), number) + Wire.body([9], number)
        // The confirm needs a place in the ring.
        _ = channel.publisher?.confirms.append(
          .init(token: nil, bytes: 0, publishedAt: 0, exchange: "", routingKey: "q", mandatory: false))
        frames.withUnsafeBytes { state.outgoing.append($0) }
      }
      _ = try await publisher.publish(AMQPMessage(text: "after"), exchange: "", routingKey: "q")
      let deliveries = try await next
      #expect(deliveries[0].malformedHeaders)
      #expect(deliveries[0].properties.messageID == "m")
      #expect(deliveries[0].body == [9])
      #expect(deliveries[1].body == Array("after".utf8))
    }
  }

  @Test func `an abrupt end makes publishes indeterminate at once, and loses none that was confirmed`() async throws {
    try await withConnection { connection, configuration in
      try await connection.makeQueue("q")
      let doomed = try await AMQPConnection.connect(configuration)
      let publisher = try await doomed.openPublisher(window: 4000)
      let confirmed = Names()
      let counts = try await withThrowingTaskGroup(of: (confirmed: Int, indeterminate: Int, thrown: Int).self) {
        group in
        for task in 0..<8 {
          group.addTask {
            var counts = (confirmed: 0, indeterminate: 0, thrown: 0)
            for number in stride(from: 0, to: 20_000, by: 100) {
              let names = (0..<100).map { "\(task)-\(number + $0)" }
              do throws(AMQPError) {
                let results = try await publisher.publish(
                  batch: names.map { .init(AMQPMessage(text: $0), exchange: "", routingKey: "q") })
                for (name, result) in zip(names, results) {
                  switch result {
                  case .confirmed:
                    counts.confirmed += 1
                    confirmed.all.withLock { _ = $0.insert(name) }
                  case .indeterminate(let error):
                    #expect(error.code == .connectionClosed)
                    counts.indeterminate += 1
                  default: Issue.record("\(result)")
                  }
                }
              } catch {
                #expect(error.code == .connectionClosed)
                counts.thrown += 1
                break
              }
            }
            return counts
          }
        }
        try await until { confirmed.all.withLock { $0.count > 500 } }
        // In a moment when much is under way.
        try await until {
          doomed.withState { state in
            let waiting = state.channels.compactMap { $0?.publisher?.confirms.waiting }.reduce(0, +)
            if waiting > 100 { state.handle(.abort(.closed("cut")), at: MonotonicClock.now(), abrupt: true) }
            return waiting > 100
          }
        }
        return try await group.reduce(into: (confirmed: 0, indeterminate: 0, thrown: 0)) {
          $0.confirmed += $1.confirmed
          $0.indeterminate += $1.indeterminate
          $0.thrown += $1.thrown
        }
      }
      #expect(counts.indeterminate > 0)
      #expect(counts.thrown == 8)
      #expect(await doomed.waitUntilClosed()?.code == .connectionClosed)
      let consumer = try await connection.openConsumer(queue: "q", prefetch: 1000)
      var missing = confirmed.all.withLock { $0 }
      while !missing.isEmpty, let batch = try await consumer.nextBatch(max: 1000) {
        consumer.acknowledge(batch)
        for delivery in batch { missing.remove(String(decoding: delivery.body, as: UTF8.self)) }
      }
      #expect(missing.isEmpty)
    }
  }

  @Test func `a cancelled publish leaves the publisher usable`() async throws {
    try await withConnection { connection, _ in
      try await connection.makeQueue("q")
      let publisher = try await connection.openPublisher(window: 1)
      for _ in 0..<50 {
        let task = Task { try await publisher.publish(AMQPMessage(text: "x"), exchange: "", routingKey: "q") }
        task.cancel()
        switch await task.result {
        case .success(let result): #expect([.confirmed, .indeterminate(.cancelled)].contains(result))
        case .failure(let error): #expect((error as? AMQPError)?.code == .cancelled)
        }
      }
      #expect(try await publisher.publish(AMQPMessage(text: "y"), exchange: "", routingKey: "q") == .confirmed)
    }
  }

  @Test func `an orderly close awaits the confirms`() async throws {
    try await withConnection { connection, configuration in
      try await connection.makeQueue("q")
      let other = try await AMQPConnection.connect(configuration)
      let publisher = try await other.openPublisher(window: 4000)
      let batch = Task {
        try await publisher.publish(
          batch: (0..<2000).map { .init(AMQPMessage(text: "\($0)"), exchange: "", routingKey: "q") })
      }
      try await until { other.state.withLock { ($0.channels.last??.publisher?.confirms.waiting ?? 0) > 100 } }
      await other.close()
      let results = try await batch.value
      // What was sent before the close is confirmed; what was not says that the connection was being closed.
      let confirmed = results.prefix { $0 == .confirmed }.count
      #expect(confirmed > 100)
      for result in results[confirmed...] {
        guard case .indeterminate(let error) = result else {
          Issue.record("\(result)")
          continue
        }
        #expect(error.message == "the connection is being closed")
      }
      #expect(try await connection.openChannel().declareQueue("q", passive: true).messageCount == confirmed)
    }
  }
}

/// Names gathered by many tasks.
private final class Names: Sendable {
  let all = Mutex<Set<String>>([])
}
