/// Channels: opening, calls and their answers, closing.
extension ConnectionState {
  /// How many milliseconds the broker may take to answer channel.close.
  private static let channelCloseLimit = 10_000

  /// The channel that a handle means; nil when it has ended.
  func channel(_ number: UInt16, _ serial: UInt64) -> ChannelState? {
    guard Int(number) < channels.count, let channel = channels[Int(number)], channel.serial == serial,
      !channel.isClosing
    else { return nil }
    return channel
  }

  /// A new channel, its channel.open sent.
  mutating func addChannel(
    serial: UInt64, fate: ChannelFate, _ answer: OneShot<Result<CallAnswer, AMQPError>>? = nil, at now: Int
  ) throws(AMQPError) -> ChannelState {
    if let refusal { throw refusal }
    let number: Int
    if let free = channels.indices.dropFirst().first(where: { channels[$0] == nil }) {
      number = free
    } else {
      guard channels.count <= Int(machine.tuning?.channelMax ?? 0) else {
        throw .channelClosed("all \(channels.count - 1) channels that the broker allows are in use")
      }
      number = channels.count
      channels.append(nil)
    }
    let channel = ChannelState(number: UInt16(number), serial: serial, fate: fate)
    channels[number] = channel
    try call(channel, .channelOpen, .channelOpen, answer, at: now)
    return channel
  }

  /// Sends a call and remembers who waits for its answer. Throws where it cannot be written; nothing was sent then.
  mutating func call(
    _ channel: ChannelState, _ method: OutboundMethod, _ reply: ReplyKind,
    _ answer: OneShot<Result<CallAnswer, AMQPError>>?, at now: Int
  ) throws(AMQPError) {
    if let refusal { throw refusal }
    try encode(method, channel: channel.number)
    let deadline = clock.time(at: now) + Int(configuration.callTimeoutSeconds * 1000)
    channel.calls.append(PendingCall(reply: reply, deadline: deadline, answer: answer))
  }

  /// A method came on a channel.
  mutating func receive(_ method: InboundMethod, on channel: ChannelState, at now: Int) {
    if channel.isClosing {
      receiveWhileClosing(method, channel)
      return
    }
    guard channel.content.isIdle else {
      if case .channelClose = method {
      } else {
        handle(.violation("a method came in the middle of a message"), at: now)
        return
      }
      closedByBroker(channel, method)
      return
    }
    switch method {
    case .basicAck(let tag, let multiple): confirm(channel, tag, multiple, positive: true, at: now)
    case .basicNack(let tag, let multiple): confirm(channel, tag, multiple, positive: false, at: now)
    case .basicDeliver(let message):
      guard channel.consumer != nil else {
        handle(.violation("a delivery came without a consumer"), at: now)
        return
      }
      _ = channel.content.begin(.delivery(message))
    case .basicReturn(let message): _ = channel.content.begin(.returned(message))
    case .basicGetOk(let message, let remaining):
      guard !channel.calls.isEmpty, channel.calls[0].reply == .basicGet else {
        handle(.violation("an answer came to no call"), at: now)
        return
      }
      channel.gotRemaining = remaining
      _ = channel.content.begin(.got(message))
    case .basicCancel(let tag, let noWait):
      // RabbitMQ wants no answer, and ends the connection for one.
      if !noWait { send(.basicCancelOk(consumerTag: tag), channel: channel.number) }
      endDeliveries(
        channel,
        .failed(
          AMQPError(
            code: .consumerCancelled, message: "the broker cancelled the consumer (its queue is gone or moved)",
            isTransient: true)))
    case .channelFlow(let active): send(.channelFlowOk(active: active), channel: channel.number)
    case .channelClose: closedByBroker(channel, method)
    default: answer(method, channel, at: now)
    }
  }

  private mutating func answer(_ method: InboundMethod, _ channel: ChannelState, at now: Int) {
    guard let reply = method.answers, !channel.calls.isEmpty, channel.calls[0].reply == reply,
      let call = channel.calls.popFirst()
    else {
      handle(.violation("\(method) came to no call"), at: now)
      return
    }
    if let waiter = call.answer { wakeups.append(.call(waiter, .success(.method(method)))) }
  }

  /// The message that basic.get asked for is whole.
  mutating func got(_ delivery: AMQPDelivery, _ channel: ChannelState) {
    guard let waiter = channel.calls.popFirst()?.answer else { return }
    wakeups.append(.call(waiter, .success(.got(delivery, remaining: channel.gotRemaining))))
  }

  // MARK: The end of a channel

  private mutating func closedByBroker(_ channel: ChannelState, _ method: InboundMethod) {
    guard case .channelClose(let replyCode, let text) = method else { return }
    send(.channelCloseOk, channel: channel.number)
    let error = AMQPError.closedByBroker(replyCode: replyCode, text: text, channel: true)
    endChannel(channel, .failed(error), error)
    channels[Int(channel.number)] = nil
  }

  private mutating func receiveWhileClosing(_ method: InboundMethod, _ channel: ChannelState) {
    switch method {
    case .channelCloseOk: channels[Int(channel.number)] = nil
    // Both sides closed at once: ours is answered as well.
    case .channelClose: send(.channelCloseOk, channel: channel.number)
    default: break
    }
  }

  /// Closes a channel from our side. Acks that are due go out before.
  mutating func closeChannel(_ channel: ChannelState, _ end: ChannelFate.End, at now: Int) {
    guard !channel.isClosing else { return }
    flushAcks(channel, at: now, everything: true)
    send(.channelClose(replyCode: 200, text: "goodbye"), channel: channel.number)
    let reason: AMQPError = if case .failed(let error) = end { error } else { .channelClosed("the channel is closed") }
    endChannel(channel, end, reason)
    channel.closingUntil = now + Self.channelCloseLimit
  }

  /// Tells everybody who waits on the channel. The channel itself is taken away by the caller.
  mutating func endChannel(_ channel: ChannelState, _ end: ChannelFate.End, _ reason: AMQPError) {
    channel.fate.set(end)
    for call in channel.calls.removeAll() {
      if let waiter = call.answer { wakeups.append(.call(waiter, .failure(reason))) }
    }
    endDeliveries(channel, end)
    heldBytes -= channel.consumer?.heldBytes ?? 0
    channel.consumer = nil
    if let publisher = channel.publisher {
      channel.publisher = nil
      for token in publisher.confirms.removeAll() { finish(token, .indeterminate(reason)) }
      while let waiter = publisher.waiters.popFirst() { wakeups.append(.gate(waiter.gate, .failure(reason))) }
    }
  }
}
