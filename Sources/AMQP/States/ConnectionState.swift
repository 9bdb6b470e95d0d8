/// Everything of a connection that its callers and the loop share, behind one lock. No input or output happens here:
/// bytes to write stand in `outgoing`, commands for the socket in `commands`, and whoever waited in `wakeups`, to be
/// woken when the lock is free again.
struct ConnectionState: ~Copyable, Sendable {
  /// What the loop has to do with the socket.
  enum SocketCommand: Sendable, Equatable {
    case resolve(host: String, port: UInt16)
    case connect(SocketAddress)
    case secure(name: String)
    /// The end: write what can be written at once unless `abrupt`, and close.
    case drop(abrupt: Bool)
  }

  let configuration: AMQPConfiguration
  let metrics: AMQPMetrics?
  var machine: ConnectionMachine
  var channels: [ChannelState?] = []
  var outgoing = ByteQueue()
  var commands: [SocketCommand] = []
  var wakeups: [Wakeup] = []
  var clock = ActiveClock()
  var blockedReason: String?
  /// Set by `close()`: no new work; the goodbye is said when all confirms are there, or then.
  var drainingUntil: Int?
  /// Set by the loop while the socket takes no more bytes.
  var stalledSince: Int?
  /// Bytes that the loop has taken over and not written yet.
  var unwritten = 0
  /// Set while the socket is left alone because the program has enough to do: until then at the latest.
  var heldBackUntil: Int?
  /// In so many of the loop's turns, one after the other, more came than was read. There may be answers in it.
  var unreadTurns = 0
  /// The loop will look at this connection then, without being asked.
  var announcedTick = Int.max
  let opened = OneShot<Result<Void, AMQPError>>()
  var closeWaiters: [OneShot<AMQPError?>] = []
  /// Bytes of deliveries that are not settled, counted only where there is a budget, and as the budget knows them.
  var heldBytes = 0
  /// Messages that came or were settled since the loop last looked.
  var activity = 0
  var activityBytes = 0
  /// Since then the work stood still: everything was confirmed, or the broker could send little more.
  var isPressed = false
  /// Counts the loop's turns.
  var turns: UInt = 0
  /// Deliveries have come that were not handed out.
  var hasFreshDeliveries = false
  var accountedBytes = 0

  init(configuration: AMQPConfiguration, metrics: AMQPMetrics? = nil) {
    self.configuration = configuration
    self.metrics = metrics
    machine = ConnectionMachine(configuration: configuration)
  }

  /// The error for a call that comes when no more work is taken; nil while the connection is up.
  var refusal: AMQPError? {
    if drainingUntil != nil { return .closed("the connection is being closed") }
    switch machine.state {
    case .running: return nil
    case .ended(let error): return error ?? .closed("the connection is closed")
    default: return .closed("the connection is not open")
    }
  }

  /// The largest frame that may be sent.
  var frameMax: Int { machine.tuning?.frameMax ?? FrameSplitter.beforeTune }

  // MARK: Events

  mutating func handle(_ event: ConnectionMachine.Event, at now: Int, abrupt: Bool = false) {
    for action in machine.handle(event, at: now) { perform(action, at: now, abrupt: abrupt) }
  }

  private mutating func perform(_ action: ConnectionMachine.Action, at now: Int, abrupt: Bool) {
    switch action {
    case .resolve(let host, let port): commands.append(.resolve(host: host, port: port))
    case .connect(let address):
      // Of an earlier attempt the protocol header may be left.
      outgoing.removeAll()
      commands.append(.connect(address))
    case .secure(let name): commands.append(.secure(name: name))
    case .sendProtocolHeader:
      withUnsafeBytes(of: (UInt64(0x414D_5150_0000_0901)).bigEndian) { outgoing.append($0) }
    case .send(let method): send(method, channel: 0)
    case .sendHeartbeat:
      // Nothing was written for a while: the room is given back. The loop's half follows with the next heartbeat.
      outgoing.trim()
      if stalledSince == nil { FrameWriter.appendHeartbeat(to: &outgoing) }
    case .opened(let tuning):
      channels = Array(repeating: nil, count: 1)
      channels.reserveCapacity(min(8, Int(tuning.channelMax) + 1))
      wakeups.append(.gate(opened, .success(())))
    case .blocked(let reason):
      clock.block(at: now)
      blockedReason = reason
      failWaitersWhileBlocked()
    case .unblocked:
      if let since = clock.blockedSince { metrics?.unblocked(afterMilliseconds: now - since) }
      clock.unblock(at: now)
      blockedReason = nil
      admitWaiters()
    case .end(let error): end(error, abrupt: abrupt)
    }
  }

  private mutating func end(_ error: AMQPError?, abrupt: Bool) {
    let reason = error ?? .closed("the connection is closed")
    for case let channel? in channels {
      endChannel(channel, error.map(ChannelFate.End.failed) ?? .byUs, reason)
    }
    channels = []
    if abrupt { outgoing.removeAll() }
    commands.append(.drop(abrupt: abrupt))
    wakeups.append(.gate(opened, .failure(reason)))
    for waiter in closeWaiters { wakeups.append(.closed(waiter, error)) }
    closeWaiters = []
  }

  /// Queues a method; throws where it cannot be written, with nothing queued.
  mutating func encode(_ method: OutboundMethod, channel: UInt16) throws(AMQPError) {
    try FrameWriter.borrow(frameMax: frameMax) {
      writer throws(AMQPError) in
      defer { if case .connectionStartOk = method { writer.wipe() } }
      try writer.method(method, channel: channel)
      outgoing.append(writer.frames)
    }
  }

  /// Queues a method that we made ourselves. Only a user name, password or virtual host can be too long to be written:
  /// the connection ends then.
  mutating func send(_ method: OutboundMethod, channel: UInt16) {
    do {
      try encode(method, channel: channel)
    } catch {
      handle(.abort(error), at: MonotonicClock.now())
    }
  }

  // MARK: Time

  /// When something is due, if nothing happens before.
  func nextTick(at now: Int) -> Int? {
    guard !machine.hasEnded else { return nil }
    var next = machine.nextTick ?? Int.max
    if let drainingUntil { next = min(next, drainingUntil) }
    if let heldBackUntil { next = min(next, heldBackUntil) }
    if let stalledSince, machine.isRunning { next = min(next, stalledSince + stallLimit) }
    for case let channel? in channels {
      if let until = channel.closingUntil { next = min(next, until) }
      if !channel.calls.isEmpty, let moment = clock.moment(of: channel.calls[0].deadline) { next = min(next, moment) }
      if let publisher = channel.publisher, let oldest = publisher.confirms.oldest,
        let moment = clock.moment(of: oldest + publisher.confirmTimeout)
      {
        next = min(next, moment)
      }
      if let deadline = channel.consumer?.acks.deadline { next = min(next, deadline) }
    }
    return next == Int.max ? nil : next
  }

  private var stallLimit: Int { 2000 * (machine.tuning?.heartbeatSeconds ?? 10) }

  /// Does what is due.
  mutating func tick(at now: Int) {
    if !machine.hasEnded, let due = machine.nextTick, now >= due { handle(.tick, at: now) }
    guard !machine.hasEnded else { return }
    if let stalledSince, !clock.isBlocked, machine.isRunning, now >= stalledSince + stallLimit {
      handle(.abort(.timeout("the broker read nothing for \(now - stalledSince) ms")), at: now)
      return
    }
    for case let channel? in channels { tick(channel, at: now) }
    if let drainingUntil, machine.isRunning, now >= drainingUntil || !hasOutstandingConfirms {
      sayGoodbye(at: now)
    }
  }

  /// No deadline for the broker's answers passes while answers may lie unread; but not for ever.
  private static let mostUnreadTurns = 1024

  private mutating func tick(_ channel: ChannelState, at now: Int) {
    if let until = channel.closingUntil {
      if now >= until { handle(.abort(.timeout("the broker did not close a channel")), at: now) }
      return
    }
    if channel.consumer?.owesAcks(at: now) == true { flushAcks(channel, at: now) }
    guard unreadTurns == 0 || unreadTurns > Self.mostUnreadTurns else { return }
    let active = clock.time(at: now)
    if !channel.calls.isEmpty, !clock.isBlocked, active >= channel.calls[0].deadline {
      closeChannel(
        channel,
        .failed(.timeout("the broker gave no answer within \(configuration.callTimeoutSeconds) s")), at: now)
      return
    }
    expireConfirms(channel, active, at: now)
  }

  // MARK: Closing

  var hasOutstandingConfirms: Bool {
    channels.contains { $0?.publisher.map { $0.confirms.waiting + $0.reserved > 0 } ?? false }
  }

  /// Stops taking work; the rest of the closing happens in `tick`.
  mutating func beginClosing(at now: Int) {
    guard machine.isRunning else {
      handle(.close, at: now)
      return
    }
    guard drainingUntil == nil else { return }
    drainingUntil = now + Int(configuration.closeTimeoutSeconds * 1000)
    for case let channel? in channels {
      if let consumer = channel.consumer, consumer.end == nil, !channel.isClosing {
        send(.basicCancel(consumerTag: consumer.tag, noWait: true), channel: channel.number)
        _ = consumer.buffer.removeAll()
        endDeliveries(channel, .byUs)
      }
      while let waiter = channel.publisher?.waiters.popFirst() {
        wakeups.append(.gate(waiter.gate, .failure(.closed("the connection is being closed"))))
      }
    }
    tick(at: now)
  }

  private mutating func sayGoodbye(at now: Int) {
    for case let channel? in channels where !channel.isClosing { flushAcks(channel, at: now, everything: true) }
    handle(.close, at: now)
  }
}

/// Somebody to be woken with what they waited for, when the lock is free.
enum Wakeup: Sendable {
  case gate(OneShot<Result<Void, AMQPError>>, Result<Void, AMQPError>)
  case call(OneShot<Result<CallAnswer, AMQPError>>, Result<CallAnswer, AMQPError>)
  case deliveries(OneShot<Result<[AMQPDelivery]?, AMQPError>>, Result<[AMQPDelivery]?, AMQPError>)
  case published(PublishAnswers, [PublishResult])
  case closed(OneShot<AMQPError?>, AMQPError?)

  func perform() {
    switch self {
    case .gate(let waiter, let value): waiter.give(value)
    case .call(let waiter, let value): waiter.give(value)
    case .deliveries(let waiter, let value): waiter.give(value)
    case .published(let waiter, let value): waiter.finish(value)
    case .closed(let waiter, let value): waiter.give(value)
    }
  }
}
