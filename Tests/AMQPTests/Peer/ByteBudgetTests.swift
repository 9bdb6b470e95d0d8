import BrokerTestSupport
import Testing

@testable import AMQP

@Suite(.timeLimit(.minutes(10))) struct ByteBudgetTests {
  private func configuration(_ peer: Peer, _ budget: AMQPByteBudget, heartbeat: Int = Peer.heartbeat)
    -> AMQPConfiguration
  {
    var configuration = peer.configuration
    configuration.byteBudget = budget
    configuration.heartbeatSeconds = heartbeat
    return configuration
  }

  @Test func `a used-up budget stops the reading, and settling starts it again`() async throws {
    let body = [UInt8](repeating: 7, count: 1 << 20)
    let peer = Peer { talk in
      try talk.takeConsumer()
      for tag in 1...24 as ClosedRange<UInt64> { try talk.send(Self.large(tag, body)) }
      talk.awaitEnd()
    }
    let budget = AMQPByteBudget(bytes: 2 << 20)
    let connection = try await AMQPConnection.connect(configuration(peer, budget))
    let consumer = try await connection.openConsumer(queue: "q", prefetch: 100)
    var taken = 0
    var most = 0
    while taken < 24 {
      let batch = try #require(try await consumer.nextBatch(max: 100))
      most = max(most, budget.used)
      taken += batch.count
      consumer.acknowledge(batch)
    }
    // One read may exceed the bound, by what was under way and one message.
    #expect(most <= 5 << 20, "\(most)")
    #expect(budget.used == 0)
    connection.abort()
  }

  @Test func `the silence of a socket that is not read is no death`() async throws {
    let body = [UInt8](repeating: 7, count: 1 << 20)
    let peer = Peer { talk in
      try talk.logIn(heartbeat: 10)
      try talk.await(60, 20, beating: true)
      try talk.send(Wire.channelOpenOk() + Wire.qosOk() + Wire.consumeOk() + Self.large(1, body))
      talk.awaitEnd()
    }
    let budget = AMQPByteBudget(bytes: 1000)
    let connection = try await AMQPConnection.connect(configuration(peer, budget, heartbeat: 10))
    let consumer = try await connection.openConsumer(queue: "q")
    let delivery = try #require(try await consumer.nextBatch()?.first)
    // Twice the heartbeat, and a bit: without the budget the connection would be dead by then.
    try await Task.sleep(for: .seconds(20.5))
    #expect(connection.isOpen)
    consumer.acknowledge(delivery)
    // Now it is read again, and silence counts.
    #expect(await connection.waitUntilClosed()?.code == .timeout)
  }

  @Test func `what a channel held is given back with it`() async throws {
    let peer = Peer { talk in
      try talk.takeConsumer()
      try talk.send(Wire.message(1, [1, 2, 3]))
      talk.awaitEnd()
    }
    let budget = AMQPByteBudget(bytes: 100)
    let connection = try await AMQPConnection.connect(configuration(peer, budget))
    let consumer = try await connection.openConsumer(queue: "q")
    _ = try await consumer.nextBatch()
    #expect(budget.used == 3 + AMQPByteBudget.overhead)
    connection.abort()
    _ = await connection.waitUntilClosed()
    try await eventually("the budget is free again") { budget.used == 0 }
  }

  private static func large(_ tag: UInt64, _ body: [UInt8]) -> [UInt8] {
    var bytes = Wire.deliver(tag) + Wire.header(size: UInt64(body.count))
    var rest = body[...]
    while !rest.isEmpty {
      bytes += Wire.body(Array(rest.prefix(131_064)))
      rest = rest.dropFirst(131_064)
    }
    return bytes
  }
}
