import Synchronization

extension AMQPClient {
  /// A publisher that outlives connections: what was under way when one was lost is sent again, in order, with the same
  /// message-id, before anything new.
  ///
  /// A channel on which the broker leaves a publish without an answer for `confirmTimeoutSeconds`, or nacks everything for
  /// 5 s, is given up like a lost one: after the death of a quorum queue's leader a channel may be left without answers,
  /// or with nothing but nacks, for ever, while another one works. What has no answer in time on the next channel either
  /// is `.indeterminate`; what was nacked stays so.
  ///
  /// A message without a message-id is given a random one, so that a receiver can tell a repeat. Since what was lost may
  /// have arrived all the same, every message arrives at least once and perhaps twice.
  public final class Publisher: Sendable {
    let client: AMQPClient
    let options: Options
    let state = Mutex(RepeatState())

    struct Options: Sendable {
      var window: Int
      var windowBytes: Int
      var confirmTimeoutSeconds: Double
      var failsWhenBlocked: Bool

      /// The state of a channel that has published nothing.
      var fresh: PublisherState {
        PublisherState(
          window: max(1, window), windowBytes: windowBytes, confirmTimeout: Int(confirmTimeoutSeconds * 1000),
          failsWhenBlocked: failsWhenBlocked, endsWhenStuck: true)
      }
    }

    init(_ client: AMQPClient, _ options: Options) {
      self.client = client
      self.options = options
    }

    /// Publishes a message and waits for the broker's answer, over as many connections as it takes.
    ///
    /// Throws when nothing was sent, as `AMQPPublisher.publish` does, and when the client has ended. `.indeterminate`
    /// remains for a confirm that did not come in time on two channels, for a channel that the broker closed because of a
    /// message (404, 403), for a cancelled task, and for the end of the client.
    public func publish(
      _ message: AMQPMessage, exchange: String, routingKey: String, mandatory: Bool = true
    ) async throws(AMQPError) -> PublishResult {
      try await publish(
        batch: [.init(message, exchange: exchange, routingKey: routingKey, mandatory: mandatory)])[0]
    }

    /// Publishes messages in order and waits for all answers, which come in the same order.
    public func publish(batch: [AMQPPublisher.Publish]) async throws(AMQPError) -> [PublishResult] {
      if batch.isEmpty { return [] }
      for publish in batch { try publish.check() }
      let batch = batch.map(\.identified)
      while true {
        let place = state.withLock { $0.enter() }
        guard case .open(let publisher, let ticket) = place else {
          try await waitUntilOpen()
          continue
        }
        var results: [PublishResult] = []
        do throws(AMQPError) {
          results = try await publisher.publish(batch: batch)
        } catch {
          // Nothing was sent of it: it may simply go again.
          let isLost = Self.isLost(error, publisher)
          leave(isLost ? publisher : nil)
          guard isLost else { throw error }
          continue
        }
        let lost = results.indices.filter { index in
          if case .indeterminate(let error) = results[index] { Self.isLost(error, publisher) } else { false }
        }
        guard !lost.isEmpty else {
          leave(Self.isDead(publisher) ? publisher : nil)
          return results
        }
        let answers = OneShot<[PublishResult]>()
        let parked = RepeatState.Parked(
          ticket: ticket, publishes: lost.map { batch[$0] }, results: lost.map { results[$0] }, answers: answers)
        state.withLock { $0.park(parked) }
        leave(publisher)
        let repeated = await answers.value { [self] in
          if let parked = state.withLock({ $0.unpark(ticket) }) { answers.give(parked.results) }
        }
        for (index, result) in zip(lost, repeated) { results[index] = result }
        return results
      }
    }

    /// A direct publish is over; when `dead` names its publisher, another is needed.
    private func leave(_ dead: AMQPPublisher?) {
      let (needsWork, quiet) = state.withLock { state in
        let needsWork = dead.map { state.lose($0) } ?? false
        return (needsWork, state.leave())
      }
      quiet?.give(())
      if needsWork { Task { await restore() } }
    }

    private func waitUntilOpen() async throws(AMQPError) {
      let id = AMQPConnection.nextSerial()
      let gate = OneShot<Result<Void, AMQPError>>()
      switch state.withLock({ $0.wait(id, gate) }) {
      case .isOpen: return
      case .waits(let startsWork): if startsWork { Task { await restore() } }
      }
      try await gate.value { [self] in
        state.withLock { $0.cancel(id) }
        gate.give(.failure(.cancelled))
      }.get()
    }

    /// Opens a channel on the next connection, sends again what was lost, and opens the door for what is new.
    private func restore() async {
      // What is under way on the lost channel gets its answers now; none of it may be overtaken.
      if let quiet = state.withLock({ $0.whenQuiet() }) { await quiet.value {} }
      var backoff = Backoff(client.recovery)
      while true {
        do throws(AMQPError) {
          let session = try await client.session(after: 0)
          let publisher = try await session.connection.openPublisher(options.fresh)
          try await repeatLost(on: publisher)
          let gates = state.withLock { $0.open(publisher) }
          for gate in gates { gate.give(.success(())) }
          return
        } catch {
          guard error.isTransient, !client.hasEnded else {
            let (lost, gates) = state.withLock { $0.giveUp() }
            for parked in lost { parked.answers.give(parked.results) }
            for gate in gates { gate.give(.failure(error)) }
            return
          }
          try? await Task.sleep(for: .seconds(backoff.next(random: .random(in: 0..<1))))
        }
      }
    }

    /// Throws when the channel was lost again; what has its answer by then is not sent another time.
    private func repeatLost(on publisher: AMQPPublisher) async throws(AMQPError) {
      while let batch = state.withLock({ $0.lostInOrder() }) {
        let results = try await publisher.publish(batch: batch.map(\.publish))
        var failure: AMQPError?
        for (item, result) in zip(batch, results) {
          if case .indeterminate(let error) = result, Self.isLost(error, publisher) {
            failure = error
            // It had its second deadline: a broker that is slower than that would get it again and again.
            if !Self.isLate(error, publisher) { continue }
          }
          let done = state.withLock { $0.answer(item, result) }
          if let done { done.answers.give(done.results) }
        }
        if let failure { throw failure }
      }
    }

    /// Whether the channel was given up because the broker did not answer in time, on a connection that lives.
    private static func isLate(_ error: AMQPError, _ publisher: AMQPPublisher) -> Bool {
      error.code == .timeout && publisher.handle.connection.isOpen
    }

    private static func isDead(_ publisher: AMQPPublisher) -> Bool { !publisher.isOpen }

    /// Whether the answer means that the channel is gone, and that another may do better.
    private static func isLost(_ error: AMQPError, _ publisher: AMQPPublisher) -> Bool {
      error.isTransient && error.code != .cancelled && error.code != .blocked && isDead(publisher)
    }
  }

  /// A publisher; the settings are those of `AMQPConnection.openPublisher`.
  public func publisher(
    window: Int = 1024, windowBytes: Int = 16 << 20, confirmTimeoutSeconds: Double = 30, failsWhenBlocked: Bool = false
  ) -> Publisher {
    Publisher(
      self,
      .init(
        window: window, windowBytes: windowBytes, confirmTimeoutSeconds: confirmTimeoutSeconds,
        failsWhenBlocked: failsWhenBlocked))
  }

  /// True when no connection will come any more.
  var hasEnded: Bool {
    state.withLock { state in
      if case .ended = state.phase { true } else { state.isStopping }
    }
  }
}

extension AMQPPublisher.Publish {
  /// With a random message-id where it has none.
  fileprivate var identified: AMQPPublisher.Publish {
    guard message.properties.messageID == nil else { return self }
    var identified = self
    let halves = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))
    identified.message.properties.messageID = Self.hexadecimal(halves.0) + Self.hexadecimal(halves.1)
    return identified
  }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
