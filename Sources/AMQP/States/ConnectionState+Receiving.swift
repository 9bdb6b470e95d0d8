/// Frames from the socket.
extension ConnectionState {
  /// Takes all whole frames in `bytes`; how many bytes they were.
  mutating func receive(
    _ bytes: UnsafeRawBufferPointer, splitter: inout FrameSplitter, decoder: borrowing MethodDecoder, at now: Int
  ) -> Int {
    machine.noteRead(at: now)
    if case .awaitingStart = machine.state, bytes.first == UInt8(ascii: "A") {
      handle(.wrongVersion, at: now)
      return bytes.count
    }
    var offset = 0
    while !machine.hasEnded {
      if splitter.begun == nil {
        if let end = receiveWhole(bytes, at: offset, decoder, at: now) {
          offset = end
          continue
        }
        switch splitter.next(in: bytes, at: offset) {
        case .incomplete: break
        case .violation(let what):
          handle(.violation(what), at: now)
          continue
        case .frame(let frame):
          receive(frame, UnsafeRawBufferPointer(rebasing: bytes[frame.payload]), decoder, at: now)
          offset = frame.end
          // The size agreed holds from the frame after tune on.
          if let tuning = machine.tuning { splitter.frameMax = tuning.frameMax }
          continue
        }
      }
      switch splitter.nextPiece(in: bytes, at: offset) {
      case .none: return offset
      case .violation(let what): handle(.violation(what), at: now)
      case .piece(let piece):
        receiveBody(piece.channel, UnsafeRawBufferPointer(rebasing: bytes[piece.payload]), at: now)
        offset = piece.end
      }
    }
    return bytes.count
  }

  /// The short way for what comes most: deliveries to one consumer whose frames have all come, with the body in one frame
  /// at most. The place behind them; nil where there is none at `offset`, and then nothing was done.
  private mutating func receiveWhole(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, _ decoder: borrowing MethodDecoder, at now: Int
  ) -> Int? {
    guard let tuning = machine.runningTuning,
      let first = FrameSplitter.delivery(in: bytes, at: offset, frameMax: tuning.frameMax),
      Int(first.channel) < channels.count, let channel = channels[Int(first.channel)], let consumer = channel.consumer,
      !channel.isClosing, channel.content.isIdle, drainingUntil == nil
    else { return nil }
    var run = DeliveryRun(
      channelSerial: channel.serial, frameMax: tuning.frameMax, maximumBodyBytes: configuration.maximumBodyBytes,
      mostUnsettled: consumer.mostUnsettled)
    let end = run.take(bytes, first, decoder, &consumer.acks, &consumer.buffer)
    note(consumer, run.count, heldBytes: run.heldBytes)
    if let violation = run.violation { handle(.violation(violation), at: now) }
    return end
  }

  /// Gives what has come to the tasks that wait for it: once for each read, so that it is one batch.
  mutating func handOutAll() {
    hasFreshDeliveries = false
    for case let channel? in channels { handOut(channel) }
  }

  private mutating func receive(
    _ frame: FrameSplitter.Frame, _ payload: UnsafeRawBufferPointer, _ decoder: borrowing MethodDecoder, at now: Int
  ) {
    switch frame.kind {
    case .heartbeat:
      if frame.channel != 0 || !payload.isEmpty { handle(.violation("a heartbeat with a channel or a body"), at: now) }
    case .method:
      guard let method = decoder.method(payload) else {
        handle(.violation("a method that cannot be read"), at: now)
        return
      }
      if frame.channel == 0 {
        handle(.method(method), at: now)
      } else if let channel = knownChannel(frame.channel, at: now) {
        receive(method, on: channel, at: now)
      }
    case .header:
      guard let channel = knownChannel(frame.channel, at: now), !channel.isClosing else { return }
      guard let header = decoder.contentHeader(payload) else {
        handle(.violation("a content header that cannot be read"), at: now)
        return
      }
      take(channel.content.header(header, maximumBodyBytes: configuration.maximumBodyBytes), channel, at: now)
    case .body: receiveBody(frame.channel, payload, at: now)
    }
  }

  private mutating func receiveBody(_ number: UInt16, _ bytes: UnsafeRawBufferPointer, at now: Int) {
    guard let channel = knownChannel(number, at: now), !channel.isClosing else { return }
    take(channel.content.body(bytes), channel, at: now)
  }

  private mutating func take(_ step: ContentAssembler.Step, _ channel: ChannelState, at now: Int) {
    switch step {
    case .more: break
    case .violation(let what): handle(.violation(what), at: now)
    case .complete(let content): receive(content, on: channel, at: now)
    }
  }

  private mutating func knownChannel(_ number: UInt16, at now: Int) -> ChannelState? {
    if machine.isRunning || isSayingGoodbye, number != 0, Int(number) < channels.count,
      let channel = channels[Int(number)]
    {
      return channel
    }
    if !isSayingGoodbye { handle(.violation("a frame for channel \(number), which is not open"), at: now) }
    return nil
  }

  private var isSayingGoodbye: Bool { if case .closing = machine.state { true } else { false } }
}
