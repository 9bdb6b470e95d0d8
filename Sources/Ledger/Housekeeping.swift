import GRDB

/// The thread and connection that copy the write-ahead log into the database, so that no commit ever has to, and that
/// sweep orphans of the payload folder.
///
/// Passive checkpoints block nobody, but under steady load they never reach the log's end. Past `restartFrames` one
/// that restarts the log follows; it holds writers up for the few frames left, and gives way at once to a long reader.
///
/// Unchecked: what changes is guarded by the monitor.
final class Housekeeping: @unchecked Sendable {
  /// A checkpoint follows this many commits, or a second after the last one.
  static let commitsPerCheckpoint = 32

  private let restartFrames: Int
  private let queue: DatabaseQueue
  private let monitor = Monitor()
  private var commits = 0
  private var isClosed = false

  /// - Parameter restartFrames: by default 64 MiB of pages.
  init(path: String, restartFrames: Int = 16_384) throws {
    self.restartFrames = restartFrames
    var configuration = Configuration()
    configuration.label = "entente.ledger.checkpoint"
    configuration.busyMode = .timeout(0.01)
    configuration.prepareDatabase {
      try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0")
      try $0.execute(sql: "PRAGMA synchronous = FULL")
    }
    queue = try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Counts a commit of this process.
  func noteCommit() {
    monitor.withLock {
      commits += 1
      if commits == Self.commitsPerCheckpoint { monitor.signal() }
    }
  }

  func close() {
    monitor.withLock {
      isClosed = true
      monitor.signal()
    }
  }

  /// The thread's body: returns after ``close()``.
  func run(first: () -> Void) {
    first()
    while let commits = next() {
      if commits > 0 { checkpoint() }
    }
    try? queue.close()
  }

  /// The commits since the last time, once there are enough of them or a second is over; nil once closed.
  private func next() -> Int? {
    monitor.withLock {
      let end = Monitor.now() + 1_000_000_000
      while !isClosed, commits < Self.commitsPerCheckpoint, Monitor.now() < end { monitor.wait(until: end) }
      defer { commits = 0 }
      return isClosed ? nil : commits
    }
  }

  /// A checkpoint that fails is tried again after the next commit: nothing is lost, the log only grows.
  private func checkpoint() {
    try? queue.writeWithoutTransaction { db in
      let row = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(PASSIVE)")
      let frames: Int = row?[1] ?? 0
      if frames > restartFrames { _ = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(RESTART)") }
    }
  }
}
