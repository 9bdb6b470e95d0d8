import Synchronization

/// A bound on the bytes of message bodies that all connections which share it hold for their consumers.
///
/// A delivery counts from its arrival until it is acknowledged or rejected, or its channel ends. While the budget is used
/// up, the sockets of consuming connections are not read, so the broker waits, and their silence does not count as death.
/// A connection that holds nothing may always read once more, so that none starves: the bound may be exceeded by one read
/// (half a MiB, or one message) for each connection. A connection that has publishes or calls unanswered is read all the same,
/// for their answers: publish on a connection of its own.
public final class AMQPByteBudget: Sendable {
  private struct State: Sendable {
    var used = 0
    var paused: [AMQPConnection] = []
  }

  /// The bound in bytes.
  public let limit: Int
  private let state = Mutex(State())

  /// A budget of so many bytes, at least one.
  public init(bytes: Int) { limit = max(1, bytes) }

  /// Bytes that are held at this moment.
  public var used: Int { state.withLock { $0.used } }

  /// Each delivery counts so much besides its body.
  static let overhead = 512

  func add(_ bytes: Int) { state.withLock { $0.used += bytes } }

  /// Gives bytes back; whoever was paused and may go on is given a turn.
  func remove(_ bytes: Int) {
    guard bytes > 0 else { return }
    let released: [AMQPConnection] = state.withLock { state in
      state.used -= bytes
      guard state.used < limit else { return [] }
      defer { state.paused = [] }
      return state.paused
    }
    for connection in released { connection.requestTurn() }
  }

  /// True when nothing more should be read now: the connection is told when that changes.
  func pause(_ connection: AMQPConnection) -> Bool {
    state.withLock { state in
      guard state.used >= limit else { return false }
      if !state.paused.contains(where: { $0 === connection }) { state.paused.append(connection) }
      return true
    }
  }

  /// The connection has ended, or has another reason to read.
  func forget(_ connection: AMQPConnection) {
    state.withLock { $0.paused.removeAll { $0 === connection } }
  }
}
