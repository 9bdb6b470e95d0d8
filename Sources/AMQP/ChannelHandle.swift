import Synchronization

/// What a program's channel, publisher or consumer holds of its channel. The channel is closed when the last of them is
/// gone.
final class ChannelHandle: Sendable {
  let connection: AMQPConnection
  let number: UInt16
  let serial: UInt64
  let fate: ChannelFate

  init(connection: AMQPConnection, number: UInt16, serial: UInt64, fate: ChannelFate) {
    self.connection = connection
    self.number = number
    self.serial = serial
    self.fate = fate
  }

  deinit {
    connection.withState { [number, serial] state in
      guard state.refusal == nil, let channel = state.channel(number, serial) else { return }
      // A channel that is closed before its confirms loses messages on quorum queues: it stays for them.
      if let publisher = channel.publisher, publisher.confirms.waiting > 0 { return }
      state.closeChannel(channel, .byUs, at: MonotonicClock.now())
    }
  }

  /// Works on the channel's state; throws why it ended when it has.
  func withChannel<Result: Sendable>(
    _ body: (inout ConnectionState, ChannelState) throws(AMQPError) -> Result
  ) throws(AMQPError) -> Result {
    try connection.withState { state throws(AMQPError) in
      guard let channel = state.channel(number, serial) else { throw endError(state) }
      return try body(&state, channel)
    }
  }

  private func endError(_ state: borrowing ConnectionState) -> AMQPError {
    if fate.value != nil { return fate.error }
    return state.refusal ?? fate.error
  }

  /// Sends a call and waits for its answer. Cancelling the task ends the waiting; the call itself was made.
  @discardableResult
  func call(_ method: OutboundMethod, _ reply: ReplyKind) async throws(AMQPError) -> CallAnswer {
    if Task.isCancelled { throw .cancelled }
    let answer = OneShot<Result<CallAnswer, AMQPError>>()
    try withChannel { state, channel throws(AMQPError) in
      try state.call(channel, method, reply, answer, at: MonotonicClock.now())
    }
    return try await answer.value { answer.give(.failure(.cancelled)) }.get()
  }

  /// Closes the channel; acknowledgements that are due go out before.
  func close() {
    connection.withState { state in
      guard state.refusal == nil, let channel = state.channel(number, serial) else { return }
      state.closeChannel(channel, .byUs, at: MonotonicClock.now())
    }
  }
}

extension AMQPConnection {
  /// Opens a channel with whatever `setUp` sends after channel.open; waits for the answer that `setUp` asked for.
  func openChannel(
    _ setUp: (inout ConnectionState, ChannelState, OneShot<Result<CallAnswer, AMQPError>>, Int) throws(AMQPError) ->
      Void
  ) async throws(AMQPError) -> ChannelHandle {
    if Task.isCancelled { throw .cancelled }
    let answer = OneShot<Result<CallAnswer, AMQPError>>()
    let fate = ChannelFate()
    let serial = Self.nextSerial()
    let number = try withState { state throws(AMQPError) in
      let now = MonotonicClock.now()
      return try state.addChannel(serial: serial, fate: fate, at: now).number
    }
    let handle = ChannelHandle(connection: self, number: number, serial: serial, fate: fate)
    try handle.withChannel { state, channel throws(AMQPError) in
      try setUp(&state, channel, answer, MonotonicClock.now())
    }
    _ = try await answer.value { answer.give(.failure(.cancelled)) }.get()
    return handle
  }
}
