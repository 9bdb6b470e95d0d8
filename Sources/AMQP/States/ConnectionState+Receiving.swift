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
      switch splitter.next(in: bytes, at: offset) {
      case .incomplete:
        return offset
      case .violation(let what):
        handle(.violation(what), at: now)
      case .frame(let frame):
        receive(frame, UnsafeRawBufferPointer(rebasing: bytes[frame.payload]), decoder, at: now)
        offset = frame.end
        // The size agreed holds from the frame after tune on.
        if let tuning = machine.tuning { splitter.frameMax = tuning.frameMax }
      }
    }
    return bytes.count
  }

  mutating func handOutAll() {
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
      } else if let channel = knownChannel(frame, at: now) {
        receive(method, on: channel, at: now)
      }
    case .header:
      guard let channel = knownChannel(frame, at: now), !channel.isClosing else { return }
      guard let header = decoder.contentHeader(payload) else {
        handle(.violation("a content header that cannot be read"), at: now)
        return
      }
      take(channel.content.header(header, maximumBodyBytes: configuration.maximumBodyBytes), channel, at: now)
    case .body:
      guard let channel = knownChannel(frame, at: now), !channel.isClosing else { return }
      take(channel.content.body(payload), channel, at: now)
    }
  }

  private mutating func take(_ step: ContentAssembler.Step, _ channel: ChannelState, at now: Int) {
    switch step {
    case .more: break
    case .violation(let what): handle(.violation(what), at: now)
    case .complete(let content): receive(content, on: channel, at: now)
    }
  }

  private mutating func knownChannel(_ frame: FrameSplitter.Frame, at now: Int) -> ChannelState? {
    if machine.isRunning || isSayingGoodbye, frame.channel != 0, Int(frame.channel) < channels.count,
      let channel = channels[Int(frame.channel)]
    {
      return channel
    }
    if !isSayingGoodbye { handle(.violation("a frame for channel \(frame.channel), which is not open"), at: now) }
    return nil
  }

  private var isSayingGoodbye: Bool { if case .closing = machine.state { true } else { false } }
}
