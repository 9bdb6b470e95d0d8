/// Publishing with confirms.
extension ConnectionState {
  /// Whether there is room for a publish now.
  enum Admission: Sendable {
    case admitted
    /// Nothing was sent; the gate opens when there is room.
    case mustWait
  }

  /// Takes room for one message, or puts the publish in the queue of those that wait for it.
  mutating func reserve(
    _ channel: ChannelState, bytes: Int, id: UInt64, _ gate: OneShot<Result<Void, AMQPError>>?
  ) throws(AMQPError) -> Admission {
    if let refusal { throw refusal }
    guard let publisher = channel.publisher else { throw channel.fate.error }
    if clock.isBlocked, publisher.failsWhenBlocked { throw blockedError }
    if !clock.isBlocked, publisher.waiters.isEmpty, publisher.hasRoom(for: bytes) {
      channel.publisher?.reserved += 1
      channel.publisher?.reservedBytes += bytes
      return .admitted
    }
    if let gate { channel.publisher?.waiters.append(.init(id: id, bytes: bytes, gate: gate)) }
    return .mustWait
  }

  /// Gives room back that was taken for a publish which is not sent after all.
  mutating func unreserve(_ channel: ChannelState, bytes: Int) {
    channel.publisher?.reserved -= 1
    channel.publisher?.reservedBytes -= bytes
    admitWaiters(channel)
  }

  /// The waiting task was cancelled. When it had been given room meanwhile, it finds out by itself.
  mutating func cancelWaiter(_ channel: ChannelState, id: UInt64) {
    guard let publisher = channel.publisher else { return }
    var kept = Ring<PublisherState.Waiter>()
    for index in 0..<publisher.waiters.count {
      let waiter = publisher.waiters[index]
      if waiter.id == id {
        wakeups.append(.gate(waiter.gate, .failure(.cancelled)))
      } else {
        kept.append(waiter)
      }
    }
    channel.publisher?.waiters = kept
    admitWaiters(channel)
  }

  /// Queues an encoded message and enters it among those that wait for a confirm, in one step: the order on the wire
  /// is the order of sequence numbers.
  mutating func publish(
    _ channel: ChannelState, _ message: AMQPMessage, frames: UnsafeRawBufferPointer, exchange: String,
    routingKey: String, mandatory: Bool, token: PublishToken, at now: Int
  ) {
    let bytes = PublisherState.weight(message)
    metrics?.published()
    channel.publisher?.reserved -= 1
    channel.publisher?.reservedBytes -= bytes
    var token = token
    token.sentAt = clock.time(at: now)
    _ = channel.publisher?.confirms.append(
      .init(
        token: token, bytes: bytes, publishedAt: token.sentAt, exchange: exchange, routingKey: routingKey,
        messageID: message.properties.messageID, mandatory: mandatory))
    outgoing.append(frames)
    FrameWriter.append(
      body: message.body, channel: channel.number, frameMax: frameMax,
      to: &outgoing)
  }

  // MARK: Answers

  mutating func confirm(_ channel: ChannelState, _ tag: UInt64, _ multiple: Bool, positive: Bool, at now: Int) {
    var settled: [(PublishToken?, ConfirmRing<PublishToken>.Answer)] = []
    let isKnown =
      channel.publisher?.confirms.answer(tag, multiple: multiple, positive: positive) { settled.append(($0, $1)) }
      ?? false
    guard isKnown else {
      handle(.violation("a confirm for a message that was not published"), at: now)
      return
    }
    for (token, answer) in settled {
      guard let token else { continue }
      switch answer {
      case .confirmed: finish(token, .confirmed)
      case .nacked: finish(token, .nacked)
      case .unroutable(let text): finish(token, .unroutable(replyText: text))
      case .late: break
      }
    }
    admitWaiters(channel)
    if drainingUntil != nil, !hasOutstandingConfirms { tick(at: now) }
  }

  /// A message that no queue took came back; its confirm follows.
  mutating func returned(_ message: ReturnedMessage, messageID: String?, _ channel: ChannelState) {
    _ = channel.publisher?.confirms.returned(
      exchange: message.exchange, routingKey: message.routingKey, messageID: messageID, text: message.replyText)
  }

  mutating func expireConfirms(_ channel: ChannelState, _ active: Int, at now: Int) {
    guard !clock.isBlocked, let publisher = channel.publisher, let oldest = publisher.confirms.oldest,
      active >= oldest + publisher.confirmTimeout
    else { return }
    let seconds = Double(publisher.confirmTimeout) / 1000
    let error = AMQPError.timeout("the broker confirmed nothing within \(seconds) s")
    var late: [PublishToken] = []
    channel.publisher?.confirms.expire(sentUpTo: active - publisher.confirmTimeout) { token, _ in
      if let token { late.append(token) }
    }
    for token in late { finish(token, .indeterminate(error)) }
    if channel.publisher?.isHopeless == true {
      closeChannel(channel, .failed(error), at: now)
    } else {
      admitWaiters(channel)
    }
  }

  mutating func finish(_ token: PublishToken, _ result: PublishResult) {
    metrics?.answered(result, milliseconds: clock.time(at: MonotonicClock.now()) - token.sentAt)
    if let results = token.answers.set(token.index, result) { wakeups.append(.published(token.answers, results)) }
  }

  // MARK: The window

  mutating func admitWaiters() {
    for case let channel? in channels { admitWaiters(channel) }
  }

  mutating func admitWaiters(_ channel: ChannelState) {
    guard !clock.isBlocked else { return }
    while let publisher = channel.publisher, !publisher.waiters.isEmpty,
      publisher.hasRoom(for: publisher.waiters[0].bytes), let waiter = channel.publisher?.waiters.popFirst()
    {
      channel.publisher?.reserved += 1
      channel.publisher?.reservedBytes += waiter.bytes
      wakeups.append(.gate(waiter.gate, .success(())))
    }
  }

  mutating func failWaitersWhileBlocked() {
    for case let channel? in channels where channel.publisher?.failsWhenBlocked == true {
      while let waiter = channel.publisher?.waiters.popFirst() {
        wakeups.append(.gate(waiter.gate, .failure(blockedError)))
      }
    }
  }

  private var blockedError: AMQPError {
    AMQPError(
      code: .blocked, message: "the broker takes no messages at the moment: \(blockedReason ?? "")", isTransient: true)
  }
}

extension PublisherState {
  /// What a message counts in the window.
  static func weight(_ message: AMQPMessage) -> Int { message.body.count + 256 }
}
