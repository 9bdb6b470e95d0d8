import Synchronization

/// A publisher that leaves a channel which the broker broke, for another one of the same connection.
///
/// After the death of a quorum queue's leader RabbitMQ may leave a channel without answers, or with nothing but nacks, for
/// ever, while another one works. The channel is left with the first publish that has no answer in time, and after 5 s of
/// nothing but nacks (as from a queue that is full, which refuses on the next one too). What waited for an answer then is
/// `.indeterminate`; nothing is sent again by itself.
public final class AMQPSteadyPublisher: Sendable {
  private let connection: AMQPConnection
  private let window: Int
  private let current: Mutex<AMQPPublisher>

  fileprivate init(_ connection: AMQPConnection, window: Int) async throws(AMQPError) {
    self.connection = connection
    self.window = window
    current = Mutex(try await Self.open(connection, window: window))
  }

  private static func open(_ connection: AMQPConnection, window: Int) async throws(AMQPError) -> AMQPPublisher {
    try await connection.openPublisher(
      PublisherState(
        window: max(1, window), windowBytes: 16 << 20, confirmTimeout: 30_000, failsWhenBlocked: false,
        endsWhenStuck: true))
  }

  /// Publishes a message and waits for the broker's answer, as `AMQPPublisher.publish` does.
  public func publish(
    _ message: AMQPMessage, exchange: String, routingKey: String, mandatory: Bool = true
  ) async throws(AMQPError) -> PublishResult {
    try await publisher().publish(message, exchange: exchange, routingKey: routingKey, mandatory: mandatory)
  }

  /// Publishes messages in order and waits for all answers, as `AMQPPublisher.publish` does.
  public func publish(batch: [AMQPPublisher.Publish]) async throws(AMQPError) -> [PublishResult] {
    try await publisher().publish(batch: batch)
  }

  /// The first half of `publish(batch:)`, as `AMQPPublisher.send` does.
  public func send(batch: [AMQPPublisher.Publish]) async throws(AMQPError) -> AMQPPublisher.Answers {
    try await publisher().send(batch: batch)
  }

  /// The one whose channel is sound. Where it is gone for a reason that another would share, the old one says so.
  private func publisher() async throws(AMQPError) -> AMQPPublisher {
    let publisher = current.withLock { $0 }
    guard publisher.wasBroken, connection.isOpen else { return publisher }
    let next = try await Self.open(connection, window: window)
    return current.withLock { current in
      // Another task may have been first.
      guard current.wasBroken else {
        next.close()
        return current
      }
      current = next
      return next
    }
  }
}

extension AMQPConnection {
  /// Opens a channel in confirm mode which is changed for another when the broker breaks it. At most `window` messages
  /// and 16 MiB are unanswered at a time; a confirm has 30 s.
  public func openSteadyPublisher(window: Int = 1024) async throws(AMQPError) -> AMQPSteadyPublisher {
    try await AMQPSteadyPublisher(self, window: window)
  }
}

extension AMQPPublisher {
  /// Whether the channel still takes messages.
  var isOpen: Bool { handle.fate.value == nil && handle.connection.isOpen }

  /// Whether the channel was given up, and another may do better.
  fileprivate var wasBroken: Bool {
    guard case .failed(let error) = handle.fate.value else { return false }
    return error.isTransient
  }
}
