import Crypto
import Testing

@testable import AMQP

/// What a peer may do to us while we connect.
@Suite(.timeLimit(.minutes(10))) struct HostileLoginTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var code: AMQPError.Code
    var words: String
    var isTransient = true
    var script: @Sendable (Peer.Talk) throws -> Void
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "closes after our first word", code: .connectionClosed, words: "is this an AMQP port?") { talk in
      _ = try talk.read(8)
    },
    Case(name: "speaks another version", code: .protocolViolation, words: "0-9-1", isTransient: false) { talk in
      try talk.send(Array("AMQP".utf8) + [3, 1, 0, 0])
      talk.awaitEnd()
    },
    Case(name: "speaks HTTP", code: .protocolViolation, words: "unknown type 72") { talk in
      try talk.send(Array("HTTP/1.1 400 Bad Request\r\n".utf8))
      talk.awaitEnd()
    },
    Case(name: "sends a frame over 4,096 bytes before tune", code: .protocolViolation, words: "4096") { talk in
      try talk.send([1, 0, 0] + Wire.u32(5000))
      talk.awaitEnd()
    },
    Case(name: "nests its properties as deep as a frame allows", code: .connectionClosed, words: "") { talk in
      _ = try talk.read(8)
      let arguments = [0, 9] + Wire.nested(550) + Wire.long(Array("PLAIN".utf8)) + Wire.long([])
      try talk.send(Wire.method(0, 10, 10, arguments))
      try talk.await(10, 11)
    },
    Case(name: "sends a method cut short", code: .protocolViolation, words: "cannot be read") { talk in
      try talk.send(Wire.frame(1, 0, [0, 10, 0, 10, 0, 9]))
      talk.awaitEnd()
    },
    Case(name: "sends a method out of turn", code: .protocolViolation, words: "no place") { talk in
      try talk.send(Wire.openOk)
      talk.awaitEnd()
    },
    Case(name: "offers no login we know", code: .configuration, words: "EXTERNAL", isTransient: false) { talk in
      try talk.send(Wire.start(mechanisms: "EXTERNAL"))
      talk.awaitEnd()
    },
    Case(name: "refuses the password", code: .configuration, words: "ACCESS_REFUSED", isTransient: false) { talk in
      _ = try talk.read(8)
      try talk.send(Wire.start())
      try talk.await(10, 11)
      try talk.send(Wire.close(403, "ACCESS_REFUSED - Login was refused"))
      try talk.await(10, 51)
    },
    Case(name: "refuses the vhost", code: .configuration, words: "NOT_ALLOWED", isTransient: false) { talk in
      _ = try talk.read(8)
      try talk.send(Wire.start())
      try talk.await(10, 11)
      try talk.send(Wire.tune())
      try talk.await(10, 40)
      try talk.send(Wire.close(530, "NOT_ALLOWED - vhost nowhere not found"))
      try talk.await(10, 51)
    },
    Case(name: "agrees to tiny frames", code: .protocolViolation, words: "frame size") { talk in
      _ = try talk.read(8)
      try talk.send(Wire.start())
      try talk.await(10, 11)
      try talk.send(Wire.tune(frameMax: 100))
      talk.awaitEnd()
    },
    Case(name: "dies during the login", code: .connectionClosed, words: "during the login") { talk in
      _ = try talk.read(8)
      try talk.send(Wire.start())
      try talk.await(10, 11)
    },
  ]

  @Test(arguments: cases) func `a login ends with a reason when the peer`(_ item: Case) async {
    let peer = Peer(item.script)
    let error = await #expect(throws: AMQPError.self) {
      _ = try await AMQPConnection.connect(peer.configuration)
    }
    #expect(error?.code == item.code)
    #expect(error?.message.contains(item.words) == true || item.words.isEmpty, "\(error?.message ?? "")")
    #expect(error?.isTransient == item.isTransient)
    #expect(error?.message.contains("secret") == false)
  }

  @Test func `a silent peer costs no more than the deadline`() async {
    let peer = Peer { $0.awaitEnd() }
    let configuration = peer.configuration(connectTimeout: 0.2)
    let error = await #expect(throws: AMQPError.self) {
      _ = try await AMQPConnection.connect(configuration)
    }
    #expect(error?.code == .timeout)
  }

  @Test func `a closed port is named`() async {
    let error = await #expect(throws: AMQPError.self) {
      _ = try await AMQPConnection.connect(AMQPConfiguration(port: 1, username: "a", password: "b"))
    }
    #expect(error?.code == .connectionFailed)
    #expect(error?.message.contains("127.0.0.1:1") == true)
  }

  @Test func `a name that nobody knows is named`() async {
    let error = await #expect(throws: AMQPError.self) {
      _ = try await AMQPConnection.connect(
        AMQPConfiguration(host: "nobody.invalid", username: "a", password: "b", connectTimeoutSeconds: 30))
    }
    #expect(error?.code == .nameResolution)
  }

  @Test func `a name that is known leads to a connection`() async throws {
    let peer = Peer { talk in
      try talk.logIn()
      talk.awaitEnd()
    }
    var configuration = peer.configuration
    configuration.host = "localhost"
    let connection = try await AMQPConnection.connect(configuration)
    connection.abort()
  }

  @Test func `cancelling ends the connecting`() async {
    let peer = Peer { $0.awaitEnd() }
    let task = Task { try await AMQPConnection.connect(peer.configuration) }
    task.cancel()
    let error = await #expect(throws: AMQPError.self) { _ = try await task.value }
    #expect(error?.code == .cancelled)
  }
}

/// What a peer may do to an open connection.
@Suite(.timeLimit(.minutes(10))) struct HostilePeerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var words: String
    var bytes: [UInt8]
    var testDescription: String { name }
  }

  /// Sent to a consumer with prefetch 2.
  static let cases: [Case] = [
    Case(name: "a frame on a channel that is not open", words: "channel 9", bytes: Wire.channelOpenOk(9)),
    Case(name: "a frame on channel 65535", words: "channel 65535", bytes: Wire.body([1], 65_535)),
    Case(name: "a header on channel 0", words: "channel 0", bytes: Wire.header(size: 1, 0)),
    Case(name: "a wrong end octet", words: "end octet", bytes: [8, 0, 0, 0, 0, 0, 0, 0]),
    Case(name: "a frame larger than agreed", words: "longer than", bytes: [3, 0, 1] + Wire.u32(131_065)),
    Case(name: "a body without a message", words: "out of turn", bytes: Wire.body([1])),
    Case(name: "a header without a message", words: "out of turn", bytes: Wire.header(size: 1)),
    Case(
      name: "two headers", words: "out of turn",
      bytes: Wire.deliver(1) + Wire.header(size: 1) + Wire.header(size: 1)),
    Case(
      name: "a body longer than announced", words: "longer than announced",
      bytes: Wire.deliver(1) + Wire.header(size: 3) + Wire.body([1, 2, 3, 4])),
    Case(
      name: "a body shorter than announced", words: "in the middle of a message",
      bytes: Wire.deliver(1) + Wire.header(size: 3) + Wire.body([1]) + Wire.deliver(2)),
    Case(
      name: "a header that is too short", words: "header that cannot be read",
      bytes: Wire.deliver(1) + Wire.frame(2, 1, [0, 60])),
    Case(name: "a delivery tag out of order", words: "out of order", bytes: Wire.message(7, [])),
    Case(name: "an answer that nobody asked for", words: "to no call", bytes: Wire.method(1, 50, 21)),
    Case(
      name: "a get-ok that nobody asked for", words: "to no call",
      bytes: Wire.method(1, 60, 71, Wire.u64(1) + [0] + Wire.short("") + Wire.short("") + Wire.u32(0))),
    Case(name: "a confirm on a consumer's channel", words: "not published", bytes: Wire.ack(1)),
    Case(name: "a client's method", words: "to no call", bytes: Wire.method(1, 60, 40, [0, 0, 0, 0, 0])),
    Case(name: "an unknown method", words: "to no call", bytes: Wire.method(1, 99, 99)),
    Case(name: "a second start", words: "no place", bytes: Wire.start()),
    Case(name: "a heartbeat with a body", words: "heartbeat", bytes: Wire.frame(8, 0, [1])),
    Case(
      name: "a flood past the prefetch", words: "prefetch",
      bytes: (1...100).flatMap { Wire.message(UInt64($0), [1]) }),
  ]

  @Test(arguments: cases) func `an open connection ends with a reason at`(_ item: Case) async throws {
    let peer = Peer { talk in
      try talk.takeConsumer()
      try talk.send(item.bytes)
      talk.awaitEnd()
    }
    let connection = try await AMQPConnection.connect(peer.configuration)
    let consumer = try await connection.openConsumer(queue: "q", prefetch: 2)
    let end = try #require(await connection.waitUntilClosed())
    #expect(end.code == .protocolViolation)
    #expect(end.message.contains(item.words), "\(end.message)")
    let error = await #expect(throws: AMQPError.self) {
      while try await consumer.nextBatch() != nil {}
    }
    #expect(error == end)
  }

  @Test func `headers nested as deep as a frame allows are delivered as malformed`() async throws {
    let peer = Peer { talk in
      try talk.takeConsumer()
      try talk.send(Wire.deliver(1) + Wire.header(size: 2, headers: Wire.nested(18_000)) + Wire.body([1, 2]))
      talk.awaitEnd()
    }
    let connection = try await AMQPConnection.connect(peer.configuration)
    let consumer = try await connection.openConsumer(queue: "q", prefetch: 2)
    let delivery = try #require(try await consumer.nextBatch()?.first)
    #expect(delivery.malformedHeaders)
    #expect(delivery.properties.messageID == "m")
    #expect(delivery.body == [1, 2])
    connection.abort()
  }

  @Test(arguments: [UInt64(4) << 30, .max]) func `a body of many gigabytes costs nothing`(_ size: UInt64) async throws {
    let peer = Peer { talk in
      try talk.takeConsumer()
      try talk.send(Wire.deliver(1) + Wire.header(size: size) + Wire.body([1, 2, 3]))
      try talk.send(Wire.close(320, "CONNECTION_FORCED - enough"))
      talk.awaitEnd()
    }
    let connection = try await AMQPConnection.connect(peer.configuration)
    let consumer = try await connection.openConsumer(queue: "q", prefetch: 2)
    let error = await #expect(throws: AMQPError.self) { _ = try await consumer.nextBatch() }
    #expect(error?.replyCode == 320)
    #expect(error?.isTransient == true)
  }

  @Test func `a body over the limit is read past, and the next one arrives`() async throws {
    let peer = Peer { talk in
      try talk.takeConsumer()
      try talk.send(Wire.deliver(1) + Wire.header(size: 5000))
      for _ in 0..<5 { try talk.send(Wire.body(Array(repeating: 7, count: 1000))) }
      try talk.send(Wire.message(2, [1]))
      talk.awaitEnd()
    }
    var configuration = peer.configuration
    configuration.maximumBodyBytes = 4999
    let connection = try await AMQPConnection.connect(configuration)
    let consumer = try await connection.openConsumer(queue: "q", prefetch: 2)
    var deliveries: [AMQPDelivery] = []
    while deliveries.count < 2 { deliveries += try #require(try await consumer.nextBatch()) }
    #expect(deliveries[0].oversize?.size == 5000)
    #expect(deliveries[0].oversize?.sha256 == Array(SHA256.hash(data: Array(repeating: UInt8(7), count: 5000))))
    #expect(deliveries[0].body.isEmpty)
    #expect(deliveries[1].oversize == nil)
    #expect(deliveries[1].body == [1])
    #expect(deliveries[1].body.capacity >= 65)
    connection.abort()
  }

  @Test func `a peer that sends byte by byte is understood`() async throws {
    let peer = Peer { talk in
      _ = try talk.read(8)
      try talk.sendByteByByte(Wire.start())
      try talk.await(10, 11)
      try talk.sendByteByByte(Wire.tune())
      try talk.await(10, 40)
      try talk.sendByteByByte(Wire.openOk)
      try talk.await(60, 20)
      try talk.sendByteByByte(Wire.channelOpenOk() + Wire.qosOk() + Wire.consumeOk())
      try talk.sendByteByByte(Wire.message(1, [1, 2, 3]))
      talk.awaitEnd()
    }
    let connection = try await AMQPConnection.connect(peer.configuration)
    let consumer = try await connection.openConsumer(queue: "q", prefetch: 2)
    #expect(try await consumer.nextBatch()?.map(\.body) == [[1, 2, 3]])
    connection.abort()
  }

  @Test func `a peer that falls silent is given up after two heartbeats`() async throws {
    let peer = Peer { talk in
      try talk.logIn(heartbeat: 1)
      talk.awaitEnd()
    }
    let connection = try await AMQPConnection.connect(peer.configuration)
    let end = await connection.waitUntilClosed()
    #expect(end?.code == .timeout)
    #expect(end?.message.contains("silent") == true)
  }

  @Test func `a peer that falls silent in the middle of a large body is given up as well`() async throws {
    let peer = Peer { talk in
      try talk.logIn(heartbeat: 1)
      try talk.await(60, 20, beating: true)
      let body = Wire.body([UInt8](repeating: 1, count: 50_000))
      try talk.send(Wire.channelOpenOk() + Wire.qosOk() + Wire.consumeOk())
      try talk.send(Wire.deliver(1) + Wire.header(size: 50_000) + body[..<10_000])
      talk.awaitEnd()
    }
    let connection = try await AMQPConnection.connect(peer.configuration)
    let consumer = try await connection.openConsumer(queue: "q")
    let end = await connection.waitUntilClosed()
    #expect(end?.code == .timeout)
    _ = consumer
  }

  @Test func `we send heartbeats while nothing else is to say`() async throws {
    let peer = Peer { talk in
      try talk.logIn(heartbeat: 1)
      for _ in 0..<3 {
        let frame = try talk.read(8)
        guard frame == [8, 0, 0, 0, 0, 0, 0, 0xCE] else { return }
        try talk.send(frame)
      }
      try talk.send(Wire.close(320, "three heartbeats"))
      try talk.await(10, 51)
    }
    let connection = try await AMQPConnection.connect(peer.configuration)
    #expect(await connection.waitUntilClosed()?.message.contains("three heartbeats") == true)
  }

  @Test func `a call without an answer ends by its deadline and takes the channel along`() async throws {
    let peer = Peer { talk in
      try talk.logIn()
      try talk.await(20, 10)
      try talk.send(Wire.channelOpenOk())
      try talk.await(20, 40)
      try talk.send(Wire.method(1, 20, 41))
      talk.awaitEnd()
    }
    var configuration = peer.configuration
    configuration.callTimeoutSeconds = 5
    let connection = try await AMQPConnection.connect(configuration)
    let channel = try await connection.openChannel()
    for _ in 0..<2 {
      let error = await #expect(throws: AMQPError.self) { try await channel.declareQueue("q") }
      #expect(error?.code == .timeout)
    }
    #expect(connection.isOpen)
    connection.abort()
  }

  @Test func `a consumer that the broker cancels ends with that reason`() async throws {
    let peer = Peer { talk in
      try talk.takeConsumer()
      try talk.send(Wire.cancel())
      try talk.await(60, 31)
      talk.awaitEnd()
    }
    let connection = try await AMQPConnection.connect(peer.configuration)
    let consumer = try await connection.openConsumer(queue: "q", prefetch: 2)
    let error = await #expect(throws: AMQPError.self) { _ = try await consumer.nextBatch() }
    #expect(error?.code == .consumerCancelled)
    connection.abort()
  }

  @Test func `closing is bounded when the peer does not answer the goodbye`() async throws {
    let peer = Peer { talk in
      try talk.logIn()
      talk.awaitEnd()
    }
    var configuration = peer.configuration
    configuration.closeTimeoutSeconds = 0.2
    let connection = try await AMQPConnection.connect(configuration)
    await connection.close()
    #expect(await connection.waitUntilClosed() == nil)
  }
}
