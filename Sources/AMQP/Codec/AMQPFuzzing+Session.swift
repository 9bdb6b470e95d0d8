extension AMQPFuzzing {
  /// Takes the bytes as what a peer says on a connection, in pieces as a network may cut them: from its first word on, or
  /// to a connection that has a consumer on channel 1, a publisher on channel 2 and calls under way on channel 3.
  package static func session(_ bytes: [UInt8], isLoggedIn: Bool) -> SessionAccount {
    var session = Session()
    if isLoggedIn { session.open() }
    let piece = 1 + bytes.count * 31 % 211
    for start in stride(from: 0, to: bytes.count, by: piece) {
      session.feed(Array(bytes[start..<min(bytes.count, start + piece)]))
    }
    return session.end()
  }

  /// What a connection was left with.
  package struct SessionAccount: Sendable {
    /// Bytes of the bodies that were handed out.
    package var bodyBytes = 0
    /// Bytes that were to be sent in answer.
    package var answeredBytes = 0
    /// Whether nothing of the connection is left after its end.
    package var hasEnded = false
    /// Publishes that nobody will answer any more.
    package var unanswered = 0
  }

  private struct Session: ~Copyable {
    private var state: ConnectionState
    private var splitter = FrameSplitter()
    private let decoder = MethodDecoder()
    private var rest: [UInt8] = []
    private var account = SessionAccount()
    private var publisher: PublisherState?

    init() {
      var configuration = AMQPConfiguration(username: "a", password: "b")
      configuration.maximumBodyBytes = maximumBodyBytes
      state = ConnectionState(configuration: configuration)
      state.handle(.begin([AMQPEndpoint(host: "broker", port: 5672)]), at: 0)
      if let address = SocketAddress(numeric: "127.0.0.1", port: 1) { state.handle(.resolved([address]), at: 0) }
      state.handle(.connected, at: 0)
    }

    mutating func open() {
      state.handle(.method(.connectionStart(versionMajor: 0, versionMinor: 9, mechanisms: "PLAIN")), at: 0)
      state.handle(.method(.connectionTune(channelMax: 16, frameMax: 131_072, heartbeat: 60)), at: 0)
      state.handle(.method(.connectionOpenOk), at: 0)
      splitter.frameMax = ConnectionMachine.frameMax
      do throws(AMQPError) {
        let consuming = try state.addChannel(serial: 1, fate: ChannelFate(), at: 0)
        consuming.consumer = ConsumerState(tag: "c", prefetch: 50)
        try state.call(
          consuming, .basicConsume(queue: "q", consumerTag: "c", exclusive: false, arguments: [:]), .basicConsume, nil,
          at: 0)
        let publishing = try state.addChannel(serial: 2, fate: ChannelFate(), at: 0)
        let publisher = PublisherState(window: 10, windowBytes: 1000, confirmTimeout: 1000, failsWhenBlocked: false)
        publishing.publisher = publisher
        self.publisher = publisher
        let answers = PublishAnswers(count: 8)
        for index in 0..<8 {
          _ = publisher.confirms.append(
            .init(
              token: PublishToken(answers: answers, index: index), bytes: 1, publishedAt: 0, exchange: "",
              routingKey: "k", messageID: "m", mandatory: true))
        }
        let asking = try state.addChannel(serial: 3, fate: ChannelFate(), at: 0)
        try state.call(asking, .basicGet(queue: "q", noAck: false), .basicGet, nil, at: 0)
        try state.call(asking, .queuePurge(queue: "q"), .queuePurge, nil, at: 0)
      } catch {
        fatalError("the session cannot be opened: \(error)")
      }
      answerChannelOpens()
      state.outgoing.removeAll()
    }

    /// The three channels are open from the start.
    private mutating func answerChannelOpens() {
      for channel in 1...3 as ClosedRange<UInt8> {
        feed([1, 0, channel, 0, 0, 0, 8, 0, 20, 0, 11, 0, 0, 0, 0, 0xCE])
      }
    }

    mutating func feed(_ piece: [UInt8]) {
      rest += piece
      let used = rest.withUnsafeBytes { state.receive($0, splitter: &splitter, decoder: decoder, at: 0) }
      rest.removeFirst(used)
      state.tick(at: 0)
      while let channel = state.channel(1, 1), channel.consumer?.buffer.isEmpty == false {
        let waiter = ConsumerState.Waiter(id: 1, maximum: 10, batch: OneShot())
        guard case .success(let batch?)? = state.nextBatch(channel, waiter, at: 0) else { break }
        account.bodyBytes += batch.reduce(0) { $0 + $1.body.count }
      }
      state.wakeups = []
    }

    mutating func end() -> SessionAccount {
      account.answeredBytes = state.outgoing.count
      state.handle(.abort(.closed("the end")), at: 0, abrupt: true)
      account.hasEnded = state.machine.hasEnded && state.channels.isEmpty
      account.unanswered = publisher?.confirms.waiting ?? 0
      return account
    }
  }
}
