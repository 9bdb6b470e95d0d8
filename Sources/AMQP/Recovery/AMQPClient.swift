public import Logging
public import ServiceLifecycle
import Synchronization

/// A connection that comes back: it is made again when it was lost, with a pause that grows, on any of the hosts; its
/// consumers go on, and what its publishers had under way is sent again.
///
/// Nothing happens before `run` is called, which is what a `ServiceGroup` does. A loss that time heals (the network, a
/// broker that restarts) is bridged; what only a person can mend (a login refused, a virtual host, exchange or queue that
/// is not there, arguments that do not fit, a certificate that is not accepted) is thrown at once, with the broker's words.
///
/// Publishing and consuming belong on clients of their own: a broker in alarm stops reading from whoever publishes, and
/// so would not see the acknowledgements of a consumer on the same connection either.
public final class AMQPClient: Service, Sendable {
  /// A connection, and how many the client had before it.
  struct Session: Sendable {
    var connection: AMQPConnection
    var epoch: Int
  }

  enum Phase: Sendable {
    case idle
    case down
    case up(Session)
    case ended(AMQPError)
  }

  struct State: Sendable {
    var phase = Phase.idle
    var epoch = 0
    var isStopping = false
    var worker: Task<AMQPError?, Never>?
    var waiters: [UInt64: (epoch: Int, gate: OneShot<Result<Session, AMQPError>>)] = [:]
  }

  /// Where it connects, and how.
  public let configuration: AMQPConfiguration
  let recovery: AMQPRecovery
  let logger: Logger?
  private let setUp: @Sendable (AMQPConnection) async throws(AMQPError) -> Void
  let state = Mutex(State())

  /// `setUp` runs on each new connection before it is used, to declare or check what must be there.
  public init(
    _ configuration: AMQPConfiguration, recovery: AMQPRecovery = AMQPRecovery(), logger: Logger? = nil,
    setUp: @escaping @Sendable (AMQPConnection) async throws(AMQPError) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.recovery = recovery
    self.logger = logger
    self.setUp = setUp
  }

  /// Whether there is a connection at this moment.
  public var isConnected: Bool {
    state.withLock { if case .up(let session) = $0.phase { session.connection.isOpen } else { false } }
  }

  /// Keeps the client connected until `shutDown`, a graceful shutdown of the service, or an error that trying again does
  /// not mend, which is thrown. When the task is cancelled the connection is dropped at once. Runs once.
  public func run() async throws {
    let worker = state.withLock { state -> Task<AMQPError?, Never>? in
      guard case .idle = state.phase else { return nil }
      state.phase = .down
      let worker = Task { await supervise() }
      state.worker = worker
      return worker
    }
    guard let worker else {
      throw AMQPError(code: .configuration, message: "the client has been run before", isTransient: false)
    }
    let error = await withTaskCancellationHandler {
      await withGracefulShutdownHandler {
        await worker.value
      } onGracefulShutdown: {
        self.shutDown()
      }
    } onCancel: {
      worker.cancel()
    }
    if let error { throw error }
  }

  /// Ends the client in order, as `AMQPConnection.close` does: consumers end, confirms are awaited, all in bounded time.
  /// `run` returns then.
  public func shutDown() {
    let (connection, worker) = state.withLock { state -> (AMQPConnection?, Task<AMQPError?, Never>?) in
      state.isStopping = true
      switch state.phase {
      case .idle:
        state.phase = .ended(Self.hasEnded)
        return (nil, nil)
      case .up(let session): return (session.connection, nil)
      case .down: return (nil, state.worker)
      case .ended: return (nil, nil)
      }
    }
    connection?.beginClosing()
    worker?.cancel()
  }

  /// The connection, waiting for one where there is none. Channels that are opened on it end with it.
  public func connection() async throws(AMQPError) -> AMQPConnection { try await session(after: 0).connection }

  /// A session of a later epoch than the one given, waiting for it.
  func session(after epoch: Int) async throws(AMQPError) -> Session {
    let id = AMQPConnection.nextSerial()
    let gate = OneShot<Result<Session, AMQPError>>()
    let ready: Result<Session, AMQPError>? = state.withLock { state in
      switch state.phase {
      case .up(let session) where session.epoch > epoch && session.connection.isOpen: return .success(session)
      case .ended(let error): return .failure(error)
      default:
        state.waiters[id] = (epoch, gate)
        return nil
      }
    }
    if let ready { return try ready.get() }
    return try await gate.value { [self] in
      state.withLock { $0.waiters[id] = nil }
      gate.give(.failure(.cancelled))
    }.get()
  }

  // MARK: The life of it

  private static let hasEnded = AMQPError.closed("the client has been shut down")

  private func supervise() async -> AMQPError? {
    let error = await stayConnected()
    let waiters = state.withLock { state in
      state.phase = .ended(error ?? Self.hasEnded)
      defer { state.waiters = [:] }
      return state.waiters.values.map(\.gate)
    }
    for gate in waiters { gate.give(.failure(error ?? Self.hasEnded)) }
    return error
  }

  /// Until the end; nil when it was asked for.
  private func stayConnected() async -> AMQPError? {
    var backoff = Backoff(recovery)
    var lostAt = MonotonicClock.now()
    while true {
      let failure: AMQPError
      do throws(AMQPError) {
        let connection = try await AMQPConnection.connect(configuration, logger: logger)
        do throws(AMQPError) {
          try await setUp(connection)
        } catch {
          connection.abort()
          throw error
        }
        guard let end = await serve(connection) else { return nil }
        backoff.reset()
        lostAt = MonotonicClock.now()
        failure = end
      } catch {
        failure = error
      }
      if state.withLock({ $0.isStopping }) { return nil }
      if Task.isCancelled { return .cancelled }
      guard failure.isTransient else {
        logger?.error("the broker cannot be used", metadata: ["error": "\(failure)", "address": "\(configuration)"])
        return failure
      }
      let outage = Double(MonotonicClock.now() - lostAt) / 1000
      if let longest = recovery.longestOutageSeconds, outage >= longest { return failure }
      let pause = backoff.next(random: .random(in: 0..<1))
      logger?.warning(
        "no connection to the broker, trying again",
        metadata: ["error": "\(failure)", "address": "\(configuration)", "pause": "\(pause)"])
      try? await Task.sleep(for: .seconds(pause))
    }
  }

  /// Lends the connection out until it ends; nil when that was asked for.
  private func serve(_ connection: AMQPConnection) async -> AMQPError? {
    let (gates, session) = state.withLock { state in
      state.epoch += 1
      let session = Session(connection: connection, epoch: state.epoch)
      guard !state.isStopping else { return ([OneShot<Result<Session, AMQPError>>](), session) }
      state.phase = .up(session)
      let ready = state.waiters.filter { $0.value.epoch < session.epoch }
      for id in ready.keys { state.waiters[id] = nil }
      return (ready.values.map(\.gate), session)
    }
    if state.withLock({ $0.isStopping }) { connection.beginClosing() }
    if session.epoch > 1 { connection.metrics?.reconnected() }
    for gate in gates { gate.give(.success(session)) }
    let end = await connection.waitUntilClosed()
    if Task.isCancelled { connection.abort() }
    state.withLock { $0.phase = .down }
    return end
  }
}

extension AMQPConnection {
  /// Begins what `close` does, and returns at once.
  func beginClosing() { withState { $0.beginClosing(at: MonotonicClock.now()) } }
}
