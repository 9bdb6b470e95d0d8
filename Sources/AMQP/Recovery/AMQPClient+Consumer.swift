import Logging
import Synchronization

extension AMQPClient {
  /// A consumer that outlives connections: after a loss it consumes on the next one. What was delivered and not
  /// acknowledged before a loss comes again (with `redelivered`); acknowledging the earlier delivery does nothing.
  public final class Consumer: Sendable, AsyncSequence {
    /// What it gives: deliveries one by one.
    public typealias Element = AMQPDelivery

    private enum Phase: Sendable {
      case closed
      case opening([UInt64: OneShot<Result<AMQPConsumer, AMQPError>>])
      case open(AMQPConsumer)
      case cancelled
    }

    private let client: AMQPClient
    private let place: Mutex<StreamPlace>
    private let open: @Sendable (AMQPConnection, StreamPlace) async throws(AMQPError) -> AMQPConsumer
    private let phase = Mutex(Phase.closed)

    init(
      _ client: AMQPClient, place: StreamPlace,
      _ open: @escaping @Sendable (AMQPConnection, StreamPlace) async throws(AMQPError) -> AMQPConsumer
    ) {
      self.client = client
      self.place = Mutex(place)
      self.open = open
    }

    /// The next deliveries, at least one and at most `maximum`: what has arrived, or what arrives next, on whichever
    /// connection.
    ///
    /// Nil after `cancel` or when the client was shut down. Throws `.configuration` when the broker refuses the queue (it
    /// was deleted, or we may not read it), the client's error when it has ended, and `.cancelled` when the task was.
    public func nextBatch(max maximum: Int = 64) async throws(AMQPError) -> [AMQPDelivery]? {
      var backoff = Backoff(client.recovery)
      while true {
        guard let consumer = try await current() else { return nil }
        do throws(AMQPError) {
          let batch = try await consumer.nextBatch(max: maximum)
          if let batch { place.withLock { $0.handOut(batch) } }
          if batch != nil || isCancelled || client.hasEnded { return batch }
        } catch {
          guard error.isTransient, error.code != .cancelled else {
            lose(consumer)
            throw error
          }
          client.logger?.info("a consumer was lost", metadata: ["error": "\(error)"])
        }
        lose(consumer)
        // A broker that cancels at once what it has just accepted is not asked without a pause.
        if backoff.failures > 0 || !consumer.wasConnectionLost {
          try await client.pause(&backoff)
        }
      }
    }

    /// Acknowledges deliveries of the connection that is up. Those of an earlier one come again anyway.
    public func acknowledge(_ deliveries: some Sequence<AMQPDelivery>) {
      place.withLock { $0.settle(deliveries) }
      if case .open(let consumer) = phase.withLock({ $0 }) { consumer.acknowledge(deliveries) }
    }

    /// Acknowledges one delivery, as the method for several does.
    public func acknowledge(_ delivery: AMQPDelivery) { acknowledge(CollectionOfOne(delivery)) }

    /// Rejects a delivery: back into its queue, or to the dead-letter exchange where there is one.
    public func reject(_ delivery: AMQPDelivery, requeue: Bool) {
      place.withLock { $0.settle(CollectionOfOne(delivery)) }
      if case .open(let consumer) = phase.withLock({ $0 }) { consumer.reject(delivery, requeue: requeue) }
    }

    /// Stops the flow of deliveries for good. Those that have arrived are still handed out and can be acknowledged.
    public func cancel() async {
      let before = phase.withLock { phase in
        let before = phase
        if case .open = phase {} else { phase = .cancelled }
        return before
      }
      switch before {
      case .open(let consumer):
        cancelled.store(true, ordering: .sequentiallyConsistent)
        await consumer.cancel()
      case .opening(let waiters): for gate in waiters.values { gate.give(.failure(.closed("it was cancelled"))) }
      case .closed, .cancelled: break
      }
    }

    private let cancelled = Atomic(false)
    private var isCancelled: Bool { cancelled.load(ordering: .sequentiallyConsistent) }

    private func lose(_ consumer: AMQPConsumer) {
      let isCancelled = isCancelled
      phase.withLock { phase in
        if case .open(let current) = phase, current === consumer { phase = isCancelled ? .cancelled : .closed }
      }
    }

    /// The consumer of the connection that is up, waiting for one; nil when it was cancelled.
    private func current() async throws(AMQPError) -> AMQPConsumer? {
      if Task.isCancelled { throw .cancelled }
      let id = AMQPConnection.nextSerial()
      let gate = OneShot<Result<AMQPConsumer, AMQPError>>()
      let (ready, isFirst, isOver) = phase.withLock { phase -> (AMQPConsumer?, Bool, Bool) in
        switch phase {
        case .open(let consumer): return (consumer, false, false)
        case .cancelled: return (nil, false, true)
        case .closed:
          phase = .opening([id: gate])
          return (nil, true, false)
        case .opening(var waiters):
          waiters[id] = gate
          phase = .opening(waiters)
          return (nil, false, false)
        }
      }
      if let ready { return ready }
      if isOver { return nil }
      if isFirst { Task { await self.openNext() } }
      let opened = await gate.value { [self] in
        phase.withLock { phase in
          guard case .opening(var waiters) = phase else { return }
          waiters[id] = nil
          phase = .opening(waiters)
        }
        gate.give(.failure(.cancelled))
      }
      switch opened {
      case .success(let consumer): return consumer
      case .failure(let error):
        if case .cancelled = phase.withLock({ $0 }) { return nil }
        if client.wasShutDown, error.code == .connectionClosed { return nil }
        throw error
      }
    }

    private func openNext() async {
      var backoff = Backoff(client.recovery)
      while true {
        let result: Result<AMQPConsumer, AMQPError>
        do throws(AMQPError) {
          let place = place.withLock { place in
            place.restart()
            return place
          }
          let consumer = try await open(client.session(after: 0).connection, place)
          result = .success(consumer)
        } catch {
          if error.isTransient, !client.hasEnded {
            try? await Task.sleep(for: .seconds(backoff.next(random: .random(in: 0..<1))))
            continue
          }
          result = .failure(error)
        }
        let waiters: [OneShot<Result<AMQPConsumer, AMQPError>>] = phase.withLock { phase in
          guard case .opening(let waiters) = phase else { return [] }
          if case .success(let consumer) = result { phase = .open(consumer) } else { phase = .closed }
          return Array(waiters.values)
        }
        for gate in waiters { gate.give(result) }
        return
      }
    }

    /// Fetches in batches and gives one by one.
    public struct AsyncIterator: AsyncIteratorProtocol {
      let consumer: Consumer
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

  /// A consumer; the settings are those of `AMQPConnection.openConsumer`. It begins with the first `nextBatch`. A stream
  /// (arguments with `x-stream-offset`) goes on after a loss with the oldest message that was not acknowledged.
  public func consumer(
    queue: String, prefetch: Int = 512, exclusive: Bool = false, arguments: AMQPTable = [:]
  ) -> Consumer {
    Consumer(self, place: StreamPlace(isStream: arguments[StreamPlace.key] != nil)) {
      connection, place throws(AMQPError) in
      try await connection.openConsumer(
        queue: queue, prefetch: prefetch, exclusive: exclusive, arguments: place.applied(to: arguments))
    }
  }

  fileprivate func pause(_ backoff: inout Backoff) async throws(AMQPError) {
    do {
      try await Task.sleep(for: .seconds(backoff.next(random: .random(in: 0..<1))))
    } catch {
      throw .cancelled
    }
  }

  /// True when the end was asked for.
  fileprivate var wasShutDown: Bool { state.withLock { $0.isStopping } }
}

extension AMQPConsumer {
  /// Whether the whole connection went, and not only this consumer.
  fileprivate var wasConnectionLost: Bool { !handle.connection.isOpen }
}
