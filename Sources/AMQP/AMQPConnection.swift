public import Logging
import Synchronization

/// A connection to a broker: one socket, served together with those of all other connections by one thread.
///
/// Safe to use from any task. The connection does not come back by itself when it ends: `waitUntilClosed` returns,
/// everything that waits on it gets its answer, and the program connects again. It must be ended with `close` or
/// `abort`: dropping the last reference does not end it.
public final class AMQPConnection: Sendable {
  let serial: UInt64
  let configuration: AMQPConfiguration
  let logger: Logger?
  let loop: EventLoop
  let tls: TLSContext?
  let metrics: AMQPMetrics?
  let state: Mutex<ConnectionState>
  /// Only the loop's thread locks it.
  let socket = Mutex(ConnectionSocket())
  /// True while the loop has been asked for a turn and has not begun it.
  let isListed = Atomic(false)

  private static let serials = Atomic<UInt64>(0)

  /// A number that no other connection, channel or waiting call of this process has.
  static func nextSerial() -> UInt64 { serials.wrappingAdd(1, ordering: .relaxed).newValue }

  private init(_ configuration: AMQPConfiguration, logger: Logger?, loop: EventLoop) throws(AMQPError) {
    serial = Self.nextSerial()
    self.configuration = configuration
    self.logger = logger
    self.loop = loop
    tls = try configuration.tls.map(TLSContext.shared)
    let metrics = AMQPMetrics.make(for: AMQPEndpoint(host: configuration.host, port: configuration.port))
    self.metrics = metrics
    state = Mutex(ConnectionState(configuration: configuration, metrics: metrics))
  }

  /// Connects and logs in. Throws `.configuration` with the broker's words when it refuses us, `.tls` when the
  /// peer is not who it should be, `.nameResolution`, `.connectionFailed`, `.timeout` or `.connectionClosed` when it could
  /// not be reached, `.cancelled` when the task was cancelled. With several hosts the error is that of the last one tried.
  public static func connect(
    _ configuration: AMQPConfiguration, logger: Logger? = nil
  ) async throws(AMQPError) -> AMQPConnection {
    try await connect(configuration, logger: logger, loop: .shared)
  }

  /// Connects on a loop that is not everybody's.
  static func connect(
    _ configuration: AMQPConfiguration, logger: Logger? = nil, loop: EventLoop
  ) async throws(AMQPError) -> AMQPConnection {
    let connection = try AMQPConnection(configuration, logger: logger, loop: loop)
    let endpoints = configuration.endpoints.shuffled()
    let opened = connection.withState { state in
      state.handle(.begin(endpoints), at: MonotonicClock.now())
      return state.opened
    }
    try await opened.value { connection.end(.cancelled) }.get()
    logger?.debug("connected to the broker", metadata: ["address": "\(configuration)"])
    return connection
  }

  /// True while the broker refuses to take messages (a memory or disk alarm). It says so only to those who publish.
  public var isBlocked: Bool { state.withLock { $0.clock.isBlocked } }

  /// The broker's reason while it blocks us.
  public var blockedReason: String? { state.withLock { $0.blockedReason } }

  /// True until the connection has ended or its end was asked for.
  public var isOpen: Bool { state.withLock { $0.refusal == nil } }

  /// Ends the connection in order: no new work is taken, consumers end, acknowledgements go out, outstanding confirms
  /// are awaited, the goodbye is said and answered; all in at most twice `closeTimeoutSeconds`. Deliveries that are not
  /// acknowledged by then come again. Returns when the connection has ended, whoever ended it.
  public func close() async {
    let waiter = OneShot<AMQPError?>()
    withState { state in
      state.beginClosing(at: MonotonicClock.now())
      state.addCloseWaiter(waiter)
    }
    // A cancelled task waits all the same: the time is bounded.
    _ = await waiter.value {}
  }

  /// Ends the connection at once, as if the network had: nothing is flushed, outstanding publishes are indeterminate,
  /// deliveries come again.
  public func abort() { end(.closed("the connection was aborted")) }

  /// Waits for the connection's end: nil after `close()`, else why it ended. When the waiting task is cancelled, an
  /// error with `.cancelled`.
  public func waitUntilClosed() async -> AMQPError? {
    let waiter = OneShot<AMQPError?>()
    withState { $0.addCloseWaiter(waiter) }
    return await waiter.value { waiter.give(.cancelled) }
  }

  /// The thread that serves all connections, for tasks whose work between two waits is short and never blocks: while one
  /// runs there, no connection is read, written or kept alive. It spares them the way from one thread to another and
  /// back, which for small messages costs as much as all the rest.
  ///
  ///     try await withTaskExecutorPreference(AMQPConnection.loopExecutor) {
  ///       while let batch = try await consumer.nextBatch() { ... }
  ///     }
  public static var loopExecutor: any TaskExecutor { EventLoop.shared }

  private func end(_ error: AMQPError) {
    withState { $0.handle(.abort(error), at: MonotonicClock.now(), abrupt: true) }
  }
}

extension ConnectionState {
  fileprivate mutating func addCloseWaiter(_ waiter: OneShot<AMQPError?>) {
    if case .ended(let error) = machine.state { waiter.give(error) } else { closeWaiters.append(waiter) }
  }
}
