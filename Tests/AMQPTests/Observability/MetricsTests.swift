import BrokerTestSupport
import Glibc
import Metrics
import MetricsTestKit
import Synchronization
import Testing

@testable import AMQP

/// Names, attributes and values of what is counted, as a backend of swift-metrics receives them.
@Suite(.timeLimit(.minutes(10))) struct MetricsTests {
  private static func place(_ port: UInt16) -> [(String, String)] {
    [("messaging.system", "rabbitmq"), ("server.address", "127.0.0.1"), ("server.port", "\(port)")]
  }

  private static func duration(_ port: UInt16, _ error: String? = nil) -> [(String, String)] {
    place(port) + [("messaging.operation.name", "publish"), ("messaging.operation.type", "send")]
      + (error.map { [("error.type", $0)] } ?? [])
  }

  @Test func `each answer is timed under its kind, and what waits is a gauge`() async throws {
    let hasHeard = Mutex(false)
    let peer = Peer { talk in
      try talk.takePublisher()
      try talk.await(60, 40)
      try talk.send(Wire.ack(1))
      try talk.await(60, 40)
      try talk.send(Wire.nack(2))
      try talk.await(60, 40)
      try talk.send(Wire.returned(key: "nowhere", messageID: "m3") + Wire.ack(3))
      try talk.await(60, 40)
      try talk.send(Wire.blocked)
      while !hasHeard.withLock({ $0 }) { usleep(1000) }
      usleep(30_000)
      try talk.send(Wire.unblocked)
      talk.awaitEnd()
    }
    let metrics = TestMetrics()
    let configuration = peer.configuration
    let connection = try await withMetricsFactory(metrics) { () async throws -> AMQPConnection in
      try await AMQPConnection.connect(configuration)
    }
    let publisher = try await connection.openPublisher()
    func publish(_ key: String, _ id: String) async throws -> PublishResult {
      try await publisher.publish(AMQPMessage(text: "", id: id), exchange: "", routingKey: key)
    }
    #expect(try await publish("k", "m1") == .confirmed)
    #expect(try await publish("k", "m2") == .nacked)
    #expect(try await publish("nowhere", "m3") == .unroutable(replyText: "NO_ROUTE"))
    let port = peer.port
    let place = Self.place(port)
    let waiting = Task { try await publish("k", "m4") }
    try await eventually("the client has heard that it is blocked") { connection.isBlocked }
    hasHeard.withLock { $0 = true }
    try await eventually("the broker has blocked us for a while") {
      !metrics.timers(label: "amqp.client.blocked", dimensions: place).flatMap(\.values).isEmpty
    }
    let gauge = try metrics.expectMeter("amqp.client.unconfirmed", place)
    #expect(gauge.lastValue == 1)
    connection.abort()
    guard case .indeterminate = try await waiting.value else {
      Issue.record("an answer came from nowhere")
      return
    }
    #expect(gauge.lastValue == 0)
    for error in [nil, "nacked", "unroutable", "indeterminate"] {
      let timer = try metrics.expectTimer("messaging.client.operation.duration", Self.duration(port, error))
      #expect(timer.values.count == 1, "\(error ?? "confirmed")")
      #expect(timer.values.allSatisfy { $0 >= 0 })
    }
    let sent = try metrics.expectCounter(
      "messaging.client.sent.messages", place + [("messaging.operation.name", "publish")])
    #expect(sent.totalValue == 4)
    #expect(try metrics.expectCounter("amqp.client.returned", place).totalValue == 1)
    // In nanoseconds: we knew that we were blocked for 30 ms at least.
    let blocked = try metrics.expectTimer("amqp.client.blocked", place)
    #expect(blocked.values.count == 1)
    #expect(blocked.values.allSatisfy { $0 >= 15_000_000 })
  }

  @Test func `what is delivered is counted, and acknowledgements that come too late`() async throws {
    func peer() -> Peer {
      Peer { talk in
        try talk.takeConsumer()
        try talk.send(Wire.message(1, [1]) + Wire.message(2, [2]))
        talk.awaitEnd()
      }
    }
    let (lost, next) = (peer(), peer())
    let metrics = TestMetrics()
    let (lostConfiguration, nextConfiguration) = (lost.configuration, next.configuration)
    let connections = try await withMetricsFactory(metrics) { () async throws -> [AMQPConnection] in
      [try await AMQPConnection.connect(lostConfiguration), try await AMQPConnection.connect(nextConfiguration)]
    }
    let first = try await connections[0].openConsumer(queue: "q").taken(2)
    connections[0].abort()
    let consumer = try await connections[1].openConsumer(queue: "q")
    _ = try await consumer.taken(2)
    consumer.acknowledge(first)
    let place = Self.place(next.port)
    let consumed = try metrics.expectCounter(
      "messaging.client.consumed.messages", place + [("messaging.operation.name", "consume")])
    #expect(consumed.totalValue == 2)
    #expect(try metrics.expectCounter("amqp.client.stale_acknowledgements", place).totalValue == 2)
    connections[1].abort()
  }

  @Test func `a connection made again is counted`() async throws {
    try await SharedBroker.withVhost { vhost in
      let proxy = Proxy(to: vhost.port)
      defer { proxy.stop() }
      var configuration = vhost.configuration
      configuration.port = proxy.port
      let metrics = TestMetrics()
      let settled = configuration
      try await withMetricsFactory(metrics) { () async throws -> Void in
        try await withClient(settled) { client in
          _ = try await client.connection()
          let counter = try metrics.expectCounter("amqp.client.reconnects", Self.place(proxy.port))
          #expect(counter.totalValue == 0)
          proxy.cut()
          try await eventually("the client is back") { metrics.counterTotal(label: "amqp.client.reconnects") == 1 }
          _ = try await client.connection()
        }
      }
    }
  }

  @Test func `without a backend nothing is measured`() async throws {
    let peer = Peer { talk in
      try talk.logIn()
      talk.awaitEnd()
    }
    let connection = try await AMQPConnection.connect(peer.configuration)
    #expect(connection.metrics == nil)
    connection.abort()
  }

  @Test func `a trace context travels with its message`() async throws {
    let context = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    try await withConnection { connection, _ in
      try await connection.makeQueue("q")
      var properties = AMQPProperties(headers: ["own": 1])
      properties.traceparent = context
      let publisher = try await connection.openPublisher()
      #expect(
        try await publisher.publish(AMQPMessage(properties: properties, body: []), exchange: "", routingKey: "q")
          == .confirmed)
      let delivery = try #require(try await connection.openConsumer(queue: "q").take(1).first)
      #expect(delivery.properties.traceparent == context)
      #expect(delivery.properties.headers?["own"] == 1)
    }
    var none = AMQPProperties()
    none.traceparent = nil
    #expect(none.headers == nil)
    none.traceparent = context
    none.traceparent = nil
    #expect(none.traceparent == nil)
  }
}

extension AMQPConsumer {
  /// Takes so many deliveries, and acknowledges none.
  fileprivate func taken(_ count: Int) async throws -> [AMQPDelivery] {
    var deliveries: [AMQPDelivery] = []
    while deliveries.count < count, let batch = try await nextBatch(max: count - deliveries.count) {
      deliveries += batch
    }
    return deliveries
  }
}
