/// A consumer of one queue on a channel of its own: an asynchronous sequence of deliveries, or batches of them.
///
/// The prefetch bounds what is in memory. Acknowledgements are gathered and sent together: 64 at once (a quarter of a
/// prefetch below 256, an eighth of one beyond 512), fewer after 5 ms; and never for a delivery that was not acknowledged.
public final class AMQPConsumer: Sendable {
  let handle: ChannelHandle
  private let tag: String

  init(_ handle: ChannelHandle, tag: String) {
    self.handle = handle
    self.tag = tag
  }

  /// The next deliveries, at least one and at most `maximum`: what has arrived, or what arrives next.
  ///
  /// Nil after `cancel` or an orderly end by us. Throws when the broker cancelled the consumer or the channel or
  /// connection died, and `.cancelled` when the task was cancelled: then nothing was taken.
  public func nextBatch(max maximum: Int = 64) async throws(AMQPError) -> [AMQPDelivery]? {
    if Task.isCancelled { throw .cancelled }
    let id = AMQPConnection.nextSerial()
    let batch = OneShot<Result<[AMQPDelivery]?, AMQPError>>()
    let ready: Result<[AMQPDelivery]?, AMQPError>? = handle.connection.withState { state in
      guard let channel = state.channel(handle.number, handle.serial) else {
        return ConnectionState.batch(handle.fate)
      }
      return state.nextBatch(
        channel, .init(id: id, maximum: Swift.max(1, maximum), batch: batch), at: MonotonicClock.now())
    }
    if let ready { return try ready.get() }
    return try await batch.value { [handle] in
      handle.connection.withState { state in
        guard let channel = state.channel(handle.number, handle.serial) else { return }
        state.cancelBatch(channel, id: id)
      }
    }.get()
  }

  /// Acknowledges a delivery of this consumer. Does nothing for one of another channel, or one settled before.
  public func acknowledge(_ delivery: AMQPDelivery) {
    withUnsafePointer(to: delivery) { acknowledge(UnsafeBufferPointer(start: $0, count: 1)) }
  }

  /// Acknowledges deliveries of this consumer, in any order.
  public func acknowledge(_ deliveries: some Sequence<AMQPDelivery>) {
    if deliveries.withContiguousStorageIfAvailable({ acknowledge($0) }) == nil { acknowledge(Array(deliveries)) }
  }

  /// Acknowledges a batch of deliveries of this consumer, or some of them, in any order.
  public func acknowledge(_ deliveries: [AMQPDelivery]) {
    deliveries.withUnsafeBufferPointer { acknowledge($0) }
  }

  private func acknowledge(_ deliveries: UnsafeBufferPointer<AMQPDelivery>) {
    let stale: Int? = try? handle.withChannel { state, channel in
      state.acknowledge(channel, deliveries, at: MonotonicClock.now())
    }
    if let stale, stale > 0 { handle.connection.metrics?.droppedStaleAcknowledgements(stale) }
  }

  /// Rejects a delivery: back into its queue, or to the dead-letter exchange where there is one.
  public func reject(_ delivery: AMQPDelivery, requeue: Bool) {
    try? handle.withChannel { state, channel in
      guard delivery.channelSerial == channel.serial else { return }
      state.reject(channel, delivery, requeue: requeue)
    }
  }

  /// Stops the flow of deliveries. Those that have arrived are still handed out and can be acknowledged; then
  /// `nextBatch` gives nil.
  public func cancel() async {
    _ = try? await handle.call(.basicCancel(consumerTag: tag, noWait: false), .basicCancel)
    try? handle.withChannel { state, channel in
      state.handOut(channel)
      state.endDeliveries(channel, .byUs)
    }
  }

  /// Closes the channel: due acknowledgements go out, what is not acknowledged comes again.
  public func close() { handle.close() }
}

extension AMQPConsumer: AsyncSequence {
  /// What it gives: deliveries one by one.
  public typealias Element = AMQPDelivery

  /// Fetches in batches and gives one by one.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let consumer: AMQPConsumer
    var batch: ArraySlice<AMQPDelivery> = []

    /// The next delivery; nil and errors as `nextBatch` has them.
    public mutating func next() async throws -> AMQPDelivery? {
      try await next(isolation: #isolation)
    }

    /// The next delivery; nil and errors as `nextBatch` has them.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(AMQPError) -> AMQPDelivery? {
      if batch.isEmpty {
        guard let more = try await consumer.nextBatch() else { return nil }
        batch = more[...]
      }
      return batch.popFirst()
    }
  }

  /// For `for try await`. Deliveries that one iterator has fetched and not given are not seen by another.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(consumer: self) }
}

extension AMQPConnection {
  /// Opens a channel and consumes a queue. `prefetch` is how many deliveries may be unacknowledged, and so in memory.
  /// Streams want a prefetch and an `x-stream-offset` argument.
  public func openConsumer(
    queue: String, prefetch: Int = 512, exclusive: Bool = false, arguments: AMQPTable = [:]
  ) async throws(AMQPError) -> AMQPConsumer {
    let prefetch = min(max(1, prefetch), Int(UInt16.max))
    let tag = "entente-\(Self.nextSerial())"
    let handle = try await openChannel { state, channel, answer, now throws(AMQPError) in
      channel.consumer = ConsumerState(tag: tag, prefetch: prefetch)
      try state.call(channel, .basicQos(prefetch: UInt16(prefetch)), .basicQos, nil, at: now)
      try state.call(
        channel, .basicConsume(queue: queue, consumerTag: tag, exclusive: exclusive, arguments: arguments),
        .basicConsume, answer, at: now)
    }
    return AMQPConsumer(handle, tag: tag)
  }
}
