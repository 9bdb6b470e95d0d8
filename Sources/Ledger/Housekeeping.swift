import GRDB
import Glibc
import Synchronization

/// The thread and connection that copy the write-ahead log into the database, so that no commit ever has to, and that
/// sweep orphans of the payload folder.
///
/// Passive checkpoints block nobody, but under steady load they never reach the log's end. Past `restartFrames` one
/// that restarts the log follows; it holds writers up for the few frames left, and gives way at once to a long reader.
final class Housekeeping: Sendable {
  /// A checkpoint follows this many commits, or a second after the last one.
  static let commitsPerCheckpoint = 32

  private struct State {
    var commits = 0
    var isClosed = false
  }

  private let restartFrames: Int
  private let queue: DatabaseQueue
  private let state = Mutex(State())
  private let wake: Semaphore

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
    wake = Semaphore()
  }

  /// Counts a commit of this process.
  func noteCommit() {
    let isDue = state.withLock {
      $0.commits += 1
      return $0.commits == Self.commitsPerCheckpoint
    }
    if isDue { wake.signal() }
  }

  func close() {
    state.withLock { $0.isClosed = true }
    wake.signal()
  }

  /// The thread's body: returns after ``close()``.
  func run(first: () -> Void) {
    first()
    while true {
      wake.wait(milliseconds: 1000)
      let (commits, isClosed) = state.withLock { state in
        defer { state.commits = 0 }
        return (state.commits, state.isClosed)
      }
      if isClosed { break }
      if commits > 0 { checkpoint() }
    }
    try? queue.close()
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

/// A counting semaphore.
///
/// Unchecked: POSIX semaphores are made for use from several threads.
private final class Semaphore: @unchecked Sendable {
  private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    semaphore = .allocate(capacity: 1)
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }

  func wait(milliseconds: Int) {
    var moment = timespec()
    clock_gettime(CLOCK_REALTIME, &moment)
    let nanoseconds = moment.tv_nsec + milliseconds % 1000 * 1_000_000
    moment.tv_sec += milliseconds / 1000 + nanoseconds / 1_000_000_000
    moment.tv_nsec = nanoseconds % 1_000_000_000
    while sem_timedwait(semaphore, &moment) != 0, errno == EINTR {}
  }
}
