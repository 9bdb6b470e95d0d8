/// A channel in confirm mode: each publish is answered by the broker, many at a time are under way.
///
/// Messages of one task go out in the order in which it publishes them. When the window is full, or the broker blocks
/// us, `publish` suspends until there is room.
public final class AMQPPublisher: Sendable {
  let handle: ChannelHandle
  private let frameMax: Int

  init(_ handle: ChannelHandle, frameMax: Int) {
    self.handle = handle
    self.frameMax = frameMax
  }

  /// A message with its destination.
  public struct Publish: Sendable {
    /// What is published.
    public var message: AMQPMessage
    /// Where to; empty for the queue that the routing key names.
    public var exchange: String
    /// By which the exchange finds the queues: at most 255 bytes.
    public var routingKey: String
    /// Whether a message that no queue takes is answered by `.unroutable`; otherwise it counts as confirmed.
    public var mandatory: Bool

    /// A message with its destination; mandatory where nothing else is said.
    public init(_ message: AMQPMessage, exchange: String, routingKey: String, mandatory: Bool = true) {
      self.message = message
      self.exchange = exchange
      self.routingKey = routingKey
      self.mandatory = mandatory
    }
  }

  /// Why the channel ended; nil while it is open or after our own close.
  public var failure: AMQPError? {
    if case .failed(let error)? = handle.fate.value { error } else { nil }
  }

  /// Publishes a message and waits for the broker's answer.
  ///
  /// Throws only when nothing of the message left this process: it cannot be encoded, the connection or channel is
  /// gone, the broker blocks us and the publisher was told not to wait, or the task was cancelled while it waited for
  /// room. After that what happens is a result, `.indeterminate` when it cannot be known.
  ///
  /// A return from the broker bears no number: it is matched to the oldest unanswered publish of the same exchange,
  /// routing key and message-id, so give messages their own id where it matters which of them was unroutable.
  public func publish(
    _ message: AMQPMessage, exchange: String, routingKey: String, mandatory: Bool = true
  ) async throws(AMQPError) -> PublishResult {
    try await publish(batch: [Publish(message, exchange: exchange, routingKey: routingKey, mandatory: mandatory)])[0]
  }

  /// Publishes messages in order and waits for all answers, which come in the same order. All are checked before the
  /// first is sent; throws as `publish` does, so only when none was sent. When the connection ends or the task is
  /// cancelled in the middle, those that were not sent any more are `.indeterminate` as well.
  public func publish(batch: [Publish]) async throws(AMQPError) -> [PublishResult] {
    try await send(batch: batch).results()
  }

  /// What the broker says of messages that were sent.
  public struct Answers: Sendable {
    fileprivate let answers: PublishAnswers

    /// Waits for all answers, which come in the order of the messages. Cancelling a task that waits makes the missing
    /// ones `.indeterminate`.
    public func results() async -> [PublishResult] { await answers.value() }
  }

  /// The first half of `publish(batch:)`: returns when all messages are on their way, so that the next can be sent while
  /// the broker has not answered these. Throws as `publish` does.
  ///
  /// For those who pass large bodies on: from here on a body is kept until it is written and no longer, and since at most
  /// some are waiting to be written at any time, each is while it is still in the processor's cache.
  public func send(batch: [Publish]) async throws(AMQPError) -> Answers {
    for publish in batch { try publish.check(frameMax: frameMax) }
    let answers = PublishAnswers(count: batch.count)
    var next = 0
    do throws(AMQPError) {
      next = try queue(batch, from: 0, answers, isAdmitted: false)
      while next < batch.count {
        try await reserve(PublisherState.weight(batch[next].message), count: batch.count - next)
        next = try queue(batch, from: next, answers, isAdmitted: true)
      }
    } catch {
      guard next > 0 else { throw error }
      answers.fillIn(from: next, .indeterminate(error))
    }
    return Answers(answers: answers)
  }

  /// Takes room in the window, waiting for it when there is none.
  private func reserve(_ bytes: Int, count: Int) async throws(AMQPError) {
    if Task.isCancelled { throw .cancelled }
    let first = try handle.withChannel { state, channel throws(AMQPError) in
      try state.reserve(channel, bytes: bytes, id: 0, nil)
    }
    if case .admitted = first { return }
    let id = AMQPConnection.nextSerial()
    let gate = OneShot<Result<Void, AMQPError>>()
    let second = try handle.withChannel { state, channel throws(AMQPError) in
      try state.reserve(channel, bytes: bytes, count: count, id: id, gate)
    }
    if case .admitted = second { return }
    try await gate.value { [handle] in
      do throws(AMQPError) {
        try handle.withChannel { state, channel in state.cancelWaiter(channel, id: id) }
      } catch {
        gate.give(.failure(error))
      }
    }.get()
    // Cancelled in the same moment as admitted: the room goes to the next.
    if Task.isCancelled {
      try handle.withChannel { state, channel in state.unreserve(channel, bytes: bytes) }
      throw .cancelled
    }
  }

  /// So many messages are encoded in one go: then the loop, and other tasks, have their turn with the lock.
  private static let step = 128

  /// Encodes messages and queues them, as many as there is room for in the window; the index of the first that is left.
  /// The first has room already where it `isAdmitted`. Throws where the first one cannot be sent.
  private func queue(
    _ batch: [Publish], from start: Int, _ answers: PublishAnswers, isAdmitted: Bool
  ) throws(AMQPError) -> Int {
    var next = start
    var isAdmitted = isAdmitted
    while next < batch.count {
      if Task.isCancelled, !isAdmitted {
        guard next > start else { throw .cancelled }
        return next
      }
      let end = min(batch.count, next + Self.step)
      let sent: Int
      do throws(AMQPError) {
        sent = try handle.withChannel { [next, isAdmitted] state, channel throws(AMQPError) in
          try state.publish(
            channel, batch[next..<end], answers, isAdmitted: isAdmitted, frameMax: frameMax, at: MonotonicClock.now())
        }
      } catch {
        guard next > start else { throw error }
        return next
      }
      next += sent
      isAdmitted = false
      if next < end { break }
    }
    return next
  }

  /// Closes the channel. Publishes that are not answered yet become indeterminate: await them before.
  public func close() { handle.close() }
}

extension AMQPPublisher.Publish {
  /// Throws where the message cannot be encoded, whatever was agreed with a broker.
  package func check() throws(AMQPError) { try check(frameMax: ConnectionMachine.frameMax) }

  /// Throws where the message cannot be encoded.
  func check(frameMax: Int) throws(AMQPError) {
    guard exchange.utf8.count <= 255, routingKey.utf8.count <= 255 else {
      throw .encoding("an exchange's name or a routing key has more than 255 bytes")
    }
    let size = try message.properties.check()
    guard size <= frameMax else {
      throw .encoding("properties of \(size) bytes do not fit into a frame of \(frameMax)")
    }
  }
}

extension AMQPConnection {
  /// Opens a channel in confirm mode. At most `window` messages and `windowBytes` bytes are unanswered at a time (one
  /// message larger than that passes alone). A publish that the broker has not answered after `confirmTimeoutSeconds`,
  /// not counting the time it blocks us, is `.indeterminate`; the channel stays, and what the broker says later of such a
  /// publish is of no consequence. With `failsWhenBlocked`, `publish` throws `.blocked`
  /// instead of waiting for the end of an alarm.
  public func openPublisher(
    window: Int = 1024, windowBytes: Int = 16 << 20, confirmTimeoutSeconds: Double = 30, failsWhenBlocked: Bool = false
  ) async throws(AMQPError) -> AMQPPublisher {
    try await openPublisher(
      PublisherState(
        window: max(1, window), windowBytes: windowBytes, confirmTimeout: Int(confirmTimeoutSeconds * 1000),
        failsWhenBlocked: failsWhenBlocked))
  }

  func openPublisher(_ publisher: PublisherState) async throws(AMQPError) -> AMQPPublisher {
    let handle = try await openChannel { state, channel, answer, now throws(AMQPError) in
      channel.publisher = publisher
      try state.call(channel, .confirmSelect, .confirmSelect, answer, at: now)
    }
    let frameMax = try handle.withChannel { state, _ in state.frameMax }
    return AMQPPublisher(handle, frameMax: frameMax)
  }
}
