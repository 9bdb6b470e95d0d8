import Glibc
import Synchronization
import Testing

@testable import AMQP

/// Confirms as a peer may give them.
@Suite(.timeLimit(.minutes(10))) struct PeerPublishTests {
  private func publisher(
    _ configuration: AMQPConfiguration, window: Int = 1024, confirmTimeout: Double = 30, failsWhenBlocked: Bool = false
  ) async throws -> (AMQPConnection, AMQPPublisher) {
    let connection = try await AMQPConnection.connect(configuration)
    return (
      connection,
      try await connection.openPublisher(
        window: window, confirmTimeoutSeconds: confirmTimeout, failsWhenBlocked: failsWhenBlocked)
    )
  }

  private func publish(_ id: String, key: String = "k") -> AMQPPublisher.Publish {
    .init(AMQPMessage(properties: .init(messageID: id), body: []), exchange: "", routingKey: key)
  }

  @Test func `a return belongs to the message with its id, whatever order`() async throws {
    let peer = Peer { talk in
      try talk.takePublisher()
      for _ in 0..<4 { try talk.await(60, 40) }
      try talk.send(Wire.returned(key: "k", messageID: "b") + Wire.returned(key: "l", messageID: "d"))
      try talk.send(Wire.ack(4) + Wire.nack(1) + Wire.ack(3, multiple: true))
      talk.awaitEnd()
    }
    let (connection, publisher) = try await publisher(peer.configuration)
    let results = try await publisher.publish(batch: [
      publish("a"), publish("b"), publish("c"), publish("d", key: "l"),
    ])
    #expect(
      results == [
        .nacked, .unroutable(replyText: "NO_ROUTE"), .confirmed, .unroutable(replyText: "NO_ROUTE"),
      ])
    connection.abort()
  }

  @Test(arguments: [UInt64(2), 0, .max]) func `a confirm for what was not published ends the connection`(
    _ tag: UInt64
  ) async throws {
    let peer = Peer { talk in
      try talk.takePublisher()
      try talk.await(60, 40)
      try talk.send(Wire.ack(tag))
      talk.awaitEnd()
    }
    let (connection, publisher) = try await publisher(peer.configuration)
    let results = try await publisher.publish(batch: [publish("a")])
    guard case .indeterminate(let error) = results[0] else {
      Issue.record("\(results)")
      return
    }
    #expect(error.code == .protocolViolation)
    #expect(await connection.waitUntilClosed() == error)
  }

  @Test func `the death of the peer makes what is under way indeterminate`() async throws {
    let peer = Peer { talk in
      try talk.takePublisher()
      for _ in 0..<3 { try talk.await(60, 40) }
      try talk.send(Wire.ack(2))
    }
    let (_, publisher) = try await publisher(peer.configuration)
    let results = try await publisher.publish(batch: [publish("a"), publish("b"), publish("c")])
    #expect(results[1] == .confirmed)
    for index in [0, 2] {
      guard case .indeterminate(let error) = results[index] else {
        Issue.record("\(results)")
        continue
      }
      #expect(error.code == .connectionClosed)
    }
    let error = await #expect(throws: AMQPError.self) { try await publisher.publish(batch: [publish("d")]) }
    #expect(error?.code == .connectionClosed)
  }

  @Test func `the window holds publishes back until there is room`() async throws {
    let peer = Peer { talk in
      try talk.takePublisher()
      try talk.await(60, 40)
      try talk.await(60, 40)
      // Only now may the third come.
      try talk.send(Wire.ack(2, multiple: true))
      try talk.await(60, 40)
      try talk.send(Wire.ack(3))
      talk.awaitEnd()
    }
    let (connection, publisher) = try await publisher(peer.configuration, window: 2)
    let results = try await publisher.publish(batch: [publish("a"), publish("b"), publish("c")])
    #expect(results == [.confirmed, .confirmed, .confirmed])
    connection.abort()
  }

  @Test func `a cancelled wait for room throws, and leaves the publisher usable`() async throws {
    let peer = Peer { talk in
      try talk.takePublisher()
      try talk.await(60, 40)
      // The second publish says so on another channel, which opens only after the cancellation.
      try talk.await(20, 10)
      try talk.send(Wire.channelOpenOk(2) + Wire.ack(1))
      try talk.await(60, 40)
      try talk.send(Wire.ack(2))
      talk.awaitEnd()
    }
    let (connection, publisher) = try await publisher(peer.configuration, window: 1)
    let first = Task { try await publisher.publish(batch: [publish("a")]) }
    try await until { connection.state.withLock { $0.hasOutstandingConfirms } }
    let second = Task { try await publisher.publish(batch: [publish("b")]) }
    second.cancel()
    let error = await #expect(throws: AMQPError.self) { _ = try await second.value }
    #expect(error?.code == .cancelled)
    _ = try await connection.openChannel()
    #expect(try await first.value == [.confirmed])
    #expect(try await publisher.publish(batch: [publish("c")]) == [.confirmed])
    connection.abort()
  }

  @Test func `a cancelled wait for a confirm is indeterminate, and later confirms find their message`() async throws {
    let peer = Peer { talk in
      try talk.takePublisher()
      try talk.await(60, 40)
      try talk.await(60, 40)
      try talk.send(Wire.ack(1) + Wire.ack(2))
      talk.awaitEnd()
    }
    let (connection, publisher) = try await publisher(peer.configuration)
    let first = Task { try await publisher.publish(batch: [publish("a")]) }
    try await until { connection.state.withLock { $0.hasOutstandingConfirms } }
    first.cancel()
    #expect(try await first.value == [.indeterminate(.cancelled)])
    #expect(try await publisher.publish(batch: [publish("b")]) == [.confirmed])
    connection.abort()
  }

  @Test func `the deadline of a confirm passes`() async throws {
    let peer = Peer { talk in
      try talk.takePublisher()
      try talk.await(60, 40)
      // The late ack comes before that of the next message.
      try talk.await(60, 40)
      try talk.send(Wire.ack(1) + Wire.ack(2))
      talk.awaitEnd()
    }
    let (connection, publisher) = try await publisher(peer.configuration, confirmTimeout: 4)
    guard case .indeterminate(let error) = try await publisher.publish(batch: [publish("a")])[0] else {
      Issue.record("no deadline")
      return
    }
    #expect(error.code == .timeout)
    #expect(try await publisher.publish(batch: [publish("b")]) == [.confirmed])
    connection.abort()
  }

  @Test func `the deadline of a confirm does not run while the broker blocks us`() async throws {
    let peer = Peer { talk in
      try talk.takePublisher()
      try talk.await(60, 40)
      try talk.send(Wire.blocked)
      // Beyond the deadline, which leaves a busy machine time to hear of the block.
      usleep(6_500_000)
      try talk.send(Wire.unblocked + Wire.ack(1))
      talk.awaitEnd()
    }
    let (connection, publisher) = try await publisher(peer.configuration, confirmTimeout: 5)
    #expect(try await publisher.publish(batch: [publish("a")]) == [.confirmed])
    connection.abort()
  }

  @Test func `publishing waits while blocked, and goes on afterwards`() async throws {
    let peer = Peer { talk in
      try talk.takePublisher()
      try talk.send(Wire.blocked)
      try talk.await(20, 10)
      try talk.send(Wire.channelOpenOk(2) + Wire.unblocked)
      try talk.await(60, 40)
      try talk.send(Wire.ack(1))
      talk.awaitEnd()
    }
    let (connection, publisher) = try await publisher(peer.configuration)
    try await until { connection.isBlocked }
    #expect(connection.blockedReason == "low on memory")
    async let result = publisher.publish(batch: [publish("a")])
    _ = try await connection.openChannel()
    #expect(try await result == [.confirmed])
    #expect(!connection.isBlocked)
    connection.abort()
  }

  @Test func `a publisher told not to wait throws while blocked`() async throws {
    let peer = Peer { talk in
      try talk.takePublisher()
      try talk.send(Wire.blocked)
      talk.awaitEnd()
    }
    let (connection, publisher) = try await publisher(peer.configuration, failsWhenBlocked: true)
    try await until { connection.isBlocked }
    let error = await #expect(throws: AMQPError.self) { try await publisher.publish(batch: [publish("a")]) }
    #expect(error?.code == .blocked)
    connection.abort()
  }

  @Test func `what cannot be encoded is refused before anything is sent`() async throws {
    let peer = Peer { talk in
      try talk.takePublisher()
      // The first publish on the wire is the good one, with sequence number 1.
      try talk.await(60, 40)
      try talk.send(Wire.ack(1))
      talk.awaitEnd()
    }
    let (connection, publisher) = try await publisher(peer.configuration)
    let huge = AMQPTable([("h", .string(String(repeating: "x", count: 140_000)))])
    let bad: [AMQPPublisher.Publish] = [
      publish(String(repeating: "x", count: 256)), publish("a", key: String(repeating: "k", count: 256)),
      .init(AMQPMessage(properties: .init(headers: huge), body: []), exchange: "", routingKey: "k"),
    ]
    for item in bad {
      let error = await #expect(throws: AMQPError.self) {
        _ = try await publisher.publish(batch: [publish("good"), item])
      }
      #expect(error?.code == .encoding)
    }
    #expect(try await publisher.publish(batch: [publish("good")]) == [.confirmed])
    connection.abort()
  }
}

/// Looks until the condition holds; the suite's time limit ends it when it never does.
func until(_ condition: () -> Bool) async throws {
  while !condition() { try await Task.sleep(for: .milliseconds(2)) }
}
