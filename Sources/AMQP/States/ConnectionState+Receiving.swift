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

  /// The short way for what comes most: a delivery to a consumer whose frames have all come, with its body in one frame
  /// at most. The place behind it; nil for everything else, and then nothing was done.
  private mutating func receiveWhole(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, _ decoder: borrowing MethodDecoder, at now: Int
  ) -> Int? {
    guard let tuning = machine.runningTuning,
      let parts = FrameSplitter.delivery(in: bytes, at: offset, frameMax: tuning.frameMax),
      Int(parts.channel) < channels.count, let channel = channels[Int(parts.channel)], channel.consumer != nil,
      !channel.isClosing, channel.content.isIdle, parts.body.count <= configuration.maximumBodyBytes
    else { return nil }
    let heldBytes = parts.body.count + AMQPByteBudget.overhead
    guard admit(parts.tag, heldBytes: heldBytes, channel, at: now) else { return parts.end }
    channel.consumer?.buffer.append(AMQPDelivery(bytes, parts, channelSerial: channel.serial, decoder))
    return parts.end
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

extension AMQPDelivery {
  /// From frames that lie whole in `bytes`; what of them cannot be decoded is malformed.
  fileprivate init(
    _ bytes: UnsafeRawBufferPointer, _ parts: FrameSplitter.Delivery, channelSerial: UInt64,
    _ decoder: borrowing MethodDecoder
  ) {
    let message = decoder.delivery(UnsafeRawBufferPointer(rebasing: bytes[parts.method]))
    let header = decoder.contentHeader(UnsafeRawBufferPointer(rebasing: bytes[parts.header]))
    let size = parts.body.count
    let body = [UInt8](unsafeUninitializedCapacity: size + ContentAssembler.slack) { room, count in
      UnsafeMutableRawBufferPointer(room).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[parts.body]))
      count = size
    }
    self.init(
      deliveryTag: parts.tag, redelivered: message?.redelivered ?? true, exchange: message?.exchange ?? "",
      routingKey: message?.routingKey ?? "", properties: header?.properties ?? AMQPProperties(deliveryMode: nil),
      body: body, malformedHeaders: header?.malformed ?? true, oversize: nil, channelSerial: channelSerial,
      heldBytes: size + AMQPByteBudget.overhead)
  }
}
