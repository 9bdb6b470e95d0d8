import Testing

@testable import AMQP

/// A connection's state fed with bytes, without a socket.
@Suite struct ReceivingTests {
  private struct Fed: ~Copyable {
    var state: ConnectionState
    var splitter = FrameSplitter()
    let decoder = MethodDecoder()

    init() {
      state = ConnectionState(configuration: AMQPConfiguration(host: "127.0.0.1", username: "a", password: "b"))
      state.handle(.begin([AMQPEndpoint(host: "broker", port: 5672)]), at: 0)
      state.handle(.resolved([SocketAddress(numeric: "127.0.0.1", port: 1)!]), at: 0)
      state.handle(.connected, at: 0)
      feed(Wire.start() + Wire.tune() + Wire.openOk)
    }

    mutating func feed(_ bytes: [UInt8]) {
      _ = bytes.withUnsafeBytes { state.receive($0, splitter: &splitter, decoder: decoder, at: 0) }
    }

    /// Opens channel 1 as a consumer's or a publisher's.
    mutating func open(publisher: Bool) throws {
      let channel = try state.addChannel(serial: 1, fate: ChannelFate(), at: 0)
      if publisher {
        channel.publisher = PublisherState(
          window: 10, windowBytes: 1000, confirmTimeout: 1000, failsWhenBlocked: false)
        try state.call(channel, .confirmSelect, .confirmSelect, nil, at: 0)
        feed(Wire.channelOpenOk() + Wire.confirmSelectOk())
        for number in 0..<5 {
          _ = channel.publisher?.confirms.append(
            .init(
              token: PublishToken(answers: PublishAnswers(count: 5), index: number), bytes: 1, publishedAt: 0,
              exchange: "", routingKey: "k", messageID: "m", mandatory: true))
        }
      } else {
        channel.consumer = ConsumerState(tag: "c", prefetch: 50)
        try state.call(
          channel, .basicConsume(queue: "q", consumerTag: "c", exclusive: false, arguments: [:]),
          .basicConsume, nil, at: 0)
        feed(Wire.channelOpenOk() + Wire.consumeOk())
      }
    }
  }

  @Test func `whole messages in one piece of bytes become one batch`() throws {
    var fed = Fed()
    try fed.open(publisher: false)
    fed.feed(Wire.message(1, [1]) + Wire.message(2, []) + Wire.message(3, [2, 3]))
    let found = fed.state.channel(1, 1)
    let channel = try #require(found)
    #expect(channel.consumer?.buffer.count == 3)
    let deliveries = channel.consumer?.buffer.take(10)
    #expect(deliveries?.map(\.body) == [[1], [], [2, 3]])
    #expect(deliveries?.map(\.deliveryTag) == [1, 2, 3])
  }

  private func deliveries(_ fed: inout Fed) -> [AMQPDelivery] {
    fed.state.channel(1, 1)?.consumer?.buffer.take(10) ?? []
  }

  @Test(arguments: [700, 5000, 100_000]) func `a body received where it belongs is the body that was sent`(
    _ portion: Int
  ) throws {
    var fed = Fed()
    try fed.open(publisher: false)
    let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let frames = stride(from: 0, to: body.count, by: 131_064).flatMap {
      Wire.body(Array(body[$0..<min($0 + 131_064, body.count)]))
    }
    var left = (Wire.deliver(1) + Wire.header(size: 300_000) + frames)[...]
    var rest: [UInt8] = []
    var loans = 0
    while !left.isEmpty {
      // As the loop does: into the body that is lent first, and then into memory of its own.
      var loan = rest.isEmpty ? fed.state.lendBody(fed.splitter) : nil
      let direct = left.prefix(min(portion, loan?.missing ?? 0))
      left = left.dropFirst(direct.count)
      loan?.bytes += direct
      loan?.received += direct.count
      rest += left.prefix(portion)
      left = left.dropFirst(portion)
      if let loan {
        loans += 1
        fed.state.takeBack(loan, &fed.splitter)
      }
      let used = rest.withUnsafeBytes {
        fed.state.receive($0, splitter: &fed.splitter, decoder: fed.decoder, at: 0)
      }
      rest.removeFirst(used)
    }
    #expect(loans > 0)
    let found = deliveries(&fed)
    #expect(found.map(\.body) == [body])
    #expect(found[0].body.capacity >= body.count + ContentAssembler.slack)
  }

  @Test func `the socket is left alone for moments while enough lies there that nobody takes`() throws {
    var fed = Fed()
    try fed.open(publisher: false)
    let piece = Wire.body([UInt8](repeating: 7, count: 100_000))
    for tag in 1...12 as ClosedRange<UInt64> {
      let holdsBack = fed.state.holdsBack(at: 0)
      #expect(!holdsBack, "\(tag)")
      fed.feed(Wire.deliver(tag) + Wire.header(size: 100_000) + piece)
      if tag > 10 { break }
    }
    let times = [0, 1, 19, 20, 21, 39, 40, 41]
    // Once after each moment it is read all the same.
    let held = times.map { fed.state.holdsBack(at: $0) }
    #expect(held == [true, true, true, false, true, true, false, true])
    let next = fed.state.nextTick(at: 41)
    #expect(next == 60)
    // Answers that somebody waits for are not kept waiting.
    let found = fed.state.channel(1, 1)
    let channel = try #require(found)
    channel.calls.append(PendingCall(reply: .basicQos, deadline: 1000, answer: nil))
    var holdsBack = fed.state.holdsBack(at: 42)
    #expect(!holdsBack)
    _ = channel.calls.popFirst()
    holdsBack = fed.state.holdsBack(at: 43)
    #expect(holdsBack)
    _ = channel.consumer?.buffer.take(1)
    holdsBack = fed.state.holdsBack(at: 44)
    #expect(!holdsBack)
    #expect(channel.consumer?.buffer.bytes == 1_000_000)
  }

  @Test func `a body whose channel is closed while it is lent is nobody's`() throws {
    var fed = Fed()
    try fed.open(publisher: false)
    let frame = Wire.body([UInt8](repeating: 7, count: 50_000))
    fed.feed(Wire.deliver(1) + Wire.header(size: 50_000) + frame[..<3000])
    var lent = fed.state.lendBody(fed.splitter)
    lent?.bytes += frame[3000..<40_000]
    lent?.received = 37_000
    let loan = try #require(lent)
    let found = fed.state.channel(1, 1)
    fed.state.closeChannel(try #require(found), .byUs, at: 0)
    fed.state.takeBack(loan, &fed.splitter)
    fed.feed(Array(frame[40_000...]) + Wire.method(1, 20, 41))
    let isRunning = fed.state.machine.isRunning
    #expect(isRunning)
    #expect(!fed.splitter.isInBody)
  }

  @Test func `no confirm is late while answers lie unread, but not for ever`() throws {
    var fed = Fed()
    try fed.open(publisher: true)
    fed.state.unreadTurns = 1
    fed.state.tick(at: 5000)
    let waiting = fed.state.channel(1, 1)?.publisher?.confirms.waiting
    #expect(waiting == 5)
    fed.state.unreadTurns = 10_000
    fed.state.tick(at: 5000)
    let left = fed.state.channel(1, 1)?.publisher?.confirms.waiting
    #expect(left == 0)
  }

  @Test func `mutated frames end a connection or pass, and never more`() throws {
    var generator = SplitMix(state: 42)
    var ended = 0
    for round in 0..<3000 {
      var fed = Fed()
      let isPublisher = round % 2 == 0
      try fed.open(publisher: isPublisher)
      var bytes: [UInt8] =
        isPublisher
        ? Wire.returned(key: "k", messageID: "m") + Wire.ack(1) + Wire.nack(2) + Wire.ack(4, multiple: true)
        : Wire.deliver(1) + Wire.header(size: 3, headers: Wire.nested(4)) + Wire.body([1, 2, 3]) + Wire.message(2, [9])
          + Wire.cancel() + Wire.channelClose(404, "NOT_FOUND")
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        default: bytes.remove(at: place)
        }
      }
      fed.feed(bytes)
      let hasEnded = fed.state.machine.hasEnded
      if hasEnded { ended += 1 }
    }
    #expect(ended > 1000)
  }

  @Test func `random bytes after the login end the connection`() throws {
    var generator = SplitMix(state: 43)
    for _ in 0..<500 {
      var fed = Fed()
      fed.feed((0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) } + Array(repeating: 0, count: 131_100))
      let hasEnded = fed.state.machine.hasEnded
      #expect(hasEnded)
    }
  }
}
