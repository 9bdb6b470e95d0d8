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
    _ channel: ChannelState, bytes: Int, count: Int = 1, id: UInt64, _ gate: OneShot<Result<Void, AMQPError>>?
  ) throws(AMQPError) -> Admission {
    if let refusal { throw refusal }
    guard let publisher = channel.publisher else { throw channel.fate.error }
    if clock.isBlocked, publisher.failsWhenBlocked { throw blockedError }
    if !clock.isBlocked, !isFull, publisher.waiters.isEmpty, publisher.hasRoom(for: bytes) {
      channel.publisher?.reserved += 1
      channel.publisher?.reservedBytes += bytes
      return .admitted
    }
    if let gate { channel.publisher?.waiters.append(.init(id: id, bytes: bytes, count: count, gate: gate)) }
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

  /// Encodes messages, queues them, and enters them among those that wait for a confirm, as many as there is room for in
  /// the window; how many. The first has room already where it `isAdmitted`. The order on the wire is the order of
  /// sequence numbers. Throws where nothing was queued, with the first message's room given back.
  mutating func publish(
    _ channel: ChannelState, _ batch: ArraySlice<AMQPPublisher.Publish>, _ answers: PublishAnswers, isAdmitted: Bool,
    frameMax: Int, at now: Int
  ) throws(AMQPError) -> Int {
    guard let publisher = channel.publisher else { throw channel.fate.error }
    if isAdmitted {
      publisher.reserved -= 1
      publisher.reservedBytes -= batch.first.map { PublisherState.weight($0.message) } ?? 0
    } else {
      if let refusal { throw refusal }
      if clock.isBlocked, publisher.failsWhenBlocked { throw blockedError }
      if clock.isBlocked || !publisher.waiters.isEmpty { return 0 }
    }
    let sentAt = clock.time(at: now)
    defer { if isAdmitted { admitWaiters(channel) } }
    return try FrameWriter.borrow(frameMax: frameMax) { writer throws(AMQPError) in
      var index = batch.startIndex
      while index < batch.endIndex {
        let bytes = PublisherState.weight(batch[index].message)
        guard isAdmitted && index == batch.startIndex || !isFull && publisher.hasRoom(for: bytes) else { break }
        do throws(AMQPError) {
          writer.clear()
          try writer.publish(batch[index], channel: channel.number)
        } catch {
          guard index > batch.startIndex else { throw error }
          break
        }
        outgoing.append(writer.frames)
        FrameWriter.append(
          body: batch[index].message.body, channel: channel.number, frameMax: frameMax, to: &outgoing)
        publisher.confirms.append(batch[index], PublishToken(answers: answers, index: index), bytes, sentAt)
        metrics?.published()
        index += 1
      }
      return index - batch.startIndex
    }
  }

  // MARK: Answers

  mutating func confirm(_ channel: ChannelState, _ tag: UInt64, _ multiple: Bool, positive: Bool, at now: Int) {
    guard let publisher = channel.publisher,
      publisher.confirms.answer(tag, multiple: multiple, positive: positive, { settle($0, $1) })
    else {
      handle(.violation("a confirm for a message that was not published"), at: now)
      return
    }
    if publisher.note(positive: positive, at: now) {
      let seconds = PublisherState.mostRefused / 1000
      return closeChannel(channel, .failed(.timeout("the broker refused everything for \(seconds) s")), at: now)
    }
    if publisher.confirms.waiting == 0
      || !publisher.waiters.isEmpty && !isFull && publisher.confirms.waiting < publisher.window / 2
    {
      isPressed = true
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

  private mutating func settle(_ token: PublishToken?, _ answer: ConfirmRing<PublishToken>.Answer) {
    activity += 1
    guard let token else { return }
    switch answer {
    case .confirmed: finish(token, .confirmed)
    case .nacked: finish(token, .nacked)
    case .unroutable(let text): finish(token, .unroutable(replyText: text))
    case .late: break
    }
  }

  mutating func finish(_ token: PublishToken, _ result: PublishResult) {
    metrics?.answered(result, milliseconds: clock.time(at: MonotonicClock.now()) - token.sentAt)
    if let results = token.answers.set(token.index, result) { wakeups.append(.published(token.answers, results)) }
  }

  // MARK: The window

  /// With so many bytes that are not written, publishes wait: bodies that are written soon are still in the processor's
  /// cache, and their memory is used again for the next ones.
  static let mostUnwritten = 4 << 20

  /// Whether so much waits to be written that nothing is to be added.
  private var isFull: Bool { outgoing.count + unwritten >= Self.mostUnwritten }

  /// So many bytes are left of those that the loop took over.
  mutating func noteUnwritten(_ bytes: Int) {
    let wasMore = bytes < unwritten
    unwritten = bytes
    if wasMore, outgoing.count + bytes <= Self.mostUnwritten / 2 { admitWaiters() }
  }

  mutating func admitWaiters() {
    for case let channel? in channels { admitWaiters(channel) }
  }

  mutating func admitWaiters(_ channel: ChannelState) {
    guard !clock.isBlocked, !isFull, let publisher = channel.publisher, !publisher.waiters.isEmpty,
      publisher.hasRoomAgain(for: publisher.waiters[0].bytes)
    else { return }
    // Whoever is let in takes as much of the room as it has messages for; `publish` asks again for the others.
    var free = publisher.window - publisher.confirms.waiting - publisher.reserved
    while free > 0 || publisher.confirms.waiting + publisher.reserved == 0, !publisher.waiters.isEmpty,
      publisher.hasRoom(for: publisher.waiters[0].bytes), let waiter = publisher.waiters.popFirst()
    {
      publisher.reserved += 1
      publisher.reservedBytes += waiter.bytes
      free -= waiter.count
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
