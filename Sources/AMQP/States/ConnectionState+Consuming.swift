/// Deliveries and their acknowledgements.
extension ConnectionState {
  /// A message that a channel received is whole.
  mutating func receive(_ content: ContentAssembler.Content, on channel: ChannelState, at now: Int) {
    switch content.carrier {
    case .returned(let message):
      returned(message, messageID: content.header.properties.messageID, channel)
    case .got(let message):
      got(delivery(message, content, channel), channel)
    case .delivery(let message):
      let delivery = delivery(message, content, channel)
      guard admit(message.deliveryTag, heldBytes: delivery.heldBytes, channel, at: now) else { return }
      channel.consumer?.buffer.append(delivery)
    }
  }

  /// A delivery is whole: whether it is to be handed out.
  private mutating func admit(_ tag: UInt64, heldBytes bytes: Int, _ channel: ChannelState, at now: Int) -> Bool {
    // A consumer that was cancelled by the broker may still get what was under way: it is left to be requeued.
    guard let consumer = channel.consumer else {
      handle(.violation("a delivery tag out of order"), at: now)
      return false
    }
    if let violation = consumer.acks.admit(tag, mostUnsettled: consumer.mostUnsettled) {
      handle(.violation(violation), at: now)
      return false
    }
    guard drainingUntil == nil else { return false }
    note(consumer, 1, heldBytes: bytes)
    return true
  }

  /// Deliveries have come that are to be handed out.
  mutating func note(_ consumer: ConsumerState, _ count: Int, heldBytes bytes: Int) {
    guard count > 0 else { return }
    metrics?.consumed(count)
    if configuration.byteBudget != nil {
      consumer.heldBytes += bytes
      heldBytes += bytes
    }
    activity += count
    activityBytes += bytes - count * AMQPByteBudget.overhead
    hasFreshDeliveries = true
  }

  private func delivery(
    _ message: DeliveredMessage, _ content: ContentAssembler.Content, _ channel: ChannelState
  ) -> AMQPDelivery {
    AMQPDelivery(
      deliveryTag: message.deliveryTag, redelivered: message.redelivered, exchange: message.exchange,
      routingKey: message.routingKey, properties: content.header.properties, body: content.body,
      malformedHeaders: content.header.malformed,
      oversize: content.oversizeDigest.map { .init(size: content.header.bodySize, sha256: $0) },
      channelSerial: channel.serial, heldBytes: content.body.count + AMQPByteBudget.overhead)
  }

  /// Gives what has arrived to the tasks that wait for it; once per read, so that a batch is one.
  mutating func handOut(_ channel: ChannelState) {
    while let consumer = channel.consumer, !consumer.buffer.isEmpty, !consumer.waiters.isEmpty {
      let waiter = consumer.waiters.removeFirst()
      wakeups.append(.deliveries(waiter.batch, .success(consumer.buffer.take(waiter.maximum))))
    }
  }

  /// What has arrived, or nil with the waiter entered when nothing has. Acks go out before waiting: nothing may follow.
  mutating func nextBatch(
    _ channel: ChannelState, _ waiter: ConsumerState.Waiter, at now: Int
  ) -> Result<[AMQPDelivery]?, AMQPError>? {
    guard let consumer = channel.consumer else { return Self.batch(channel.fate) }
    if !consumer.buffer.isEmpty { return .success(consumer.buffer.take(waiter.maximum)) }
    switch consumer.end {
    case .byUs: return .success(nil)
    case .failed(let error): return .failure(error)
    case nil: break
    }
    channel.consumer?.waiters.append(waiter)
    return nil
  }

  /// What a consumer gets whose channel has ended.
  static func batch(_ fate: ChannelFate) -> Result<[AMQPDelivery]?, AMQPError> {
    switch fate.value {
    case .failed(let error): .failure(error)
    case .byUs, nil: .success(nil)
    }
  }

  /// The waiting task was cancelled. When deliveries were given to it meanwhile, it gets those.
  mutating func cancelBatch(_ channel: ChannelState, id: UInt64) {
    guard let index = channel.consumer?.waiters.firstIndex(where: { $0.id == id }),
      let waiter = channel.consumer?.waiters.remove(at: index)
    else { return }
    wakeups.append(.deliveries(waiter.batch, .failure(.cancelled)))
  }

  /// No more deliveries will come. What has arrived stays in the buffer.
  mutating func endDeliveries(_ channel: ChannelState, _ end: ChannelFate.End) {
    guard channel.consumer != nil, channel.consumer?.end == nil else { return }
    handOut(channel)
    channel.consumer?.end = end
    for waiter in channel.consumer?.waiters ?? [] {
      switch end {
      case .byUs: wakeups.append(.deliveries(waiter.batch, .success(nil)))
      case .failed(let error): wakeups.append(.deliveries(waiter.batch, .failure(error)))
      }
    }
    channel.consumer?.waiters = []
  }

  // MARK: Acknowledgements

  /// Acknowledges deliveries; how many of them are another channel's. What is due goes out with the loop's next turn; where
  /// the broker may be waiting for it, now.
  mutating func acknowledge(
    _ channel: ChannelState, _ deliveries: UnsafeBufferPointer<AMQPDelivery>, at now: Int
  ) -> Int {
    guard let consumer = channel.consumer else { return 0 }
    let settled = consumer.acks.acknowledge(deliveries, channelSerial: channel.serial, at: now)
    release(consumer, settled.heldBytes)
    if consumer.acks.isUrgent { flushAcks(channel, at: now) }
    return settled.stale
  }

  mutating func reject(_ channel: ChannelState, _ delivery: AMQPDelivery, requeue: Bool) {
    guard let consumer = channel.consumer, consumer.acks.reject(delivery.deliveryTag) else { return }
    release(consumer, delivery.heldBytes)
    send(.basicReject(deliveryTag: delivery.deliveryTag, requeue: requeue), channel: channel.number)
  }

  // MARK: The byte budget

  private mutating func release(_ consumer: ConsumerState, _ bytes: Int) {
    guard configuration.byteBudget != nil else { return }
    consumer.heldBytes -= bytes
    heldBytes -= bytes
  }

  /// Whether this connection may be left unread: it holds something to be settled, and waits for no answer.
  var mayPause: Bool {
    heldBytes > 0 && waitsForNoAnswer
  }

  private var waitsForNoAnswer: Bool {
    guard machine.isRunning, drainingUntil == nil else { return false }
    return !channels.contains { channel in
      guard let channel else { return false }
      return channel.isClosing || !channel.calls.isEmpty || (channel.publisher?.confirms.waiting ?? 0) > 0
    }
  }

  // MARK: What the program has not taken

  /// So many bytes of bodies are received before somebody asks for them,
  static let mostAhead = 1 << 20
  /// and more only after so many milliseconds.
  private static let holdBack = 20

  /// Enough has come that no task has taken, and none waits for more.
  var isAhead: Bool {
    var bytes = 0
    for case let consumer? in channels.lazy.map({ $0?.consumer }) {
      guard consumer.waiters.isEmpty else { return false }
      bytes += consumer.buffer.bytes
    }
    return bytes >= Self.mostAhead
  }

  /// Whether the socket is left alone for a moment, because the program has enough to do: a body that is taken soon
  /// after it came is still in the processor's cache. For a moment only, so that the peer is heard, and what it wants to
  /// say to others.
  mutating func holdsBack(at now: Int) -> Bool {
    guard isAhead, waitsForNoAnswer else {
      heldBackUntil = nil
      return false
    }
    if let until = heldBackUntil, now < until { return true }
    let isFirst = heldBackUntil == nil
    heldBackUntil = now + Self.holdBack
    return isFirst
  }

  mutating func setPaused(_ isPaused: Bool, at now: Int) { machine.setPaused(isPaused, at: now) }

  mutating func flushAcks(_ channel: ChannelState, at now: Int, everything: Bool = false) {
    guard let consumer = channel.consumer else { return }
    let pending = consumer.acks.pending
    for ack in consumer.acks.flush(at: now, everything: everything) {
      send(.basicAck(deliveryTag: ack.deliveryTag, multiple: ack.multiple), channel: channel.number)
    }
    if consumer.turn != turns { (consumer.turn, consumer.settledInTurn) = (turns, 0) }
    consumer.settledInTurn += pending - consumer.acks.pending
    if consumer.settledInTurn >= max(1, consumer.prefetch / 2) { isPressed = true }
  }
}
