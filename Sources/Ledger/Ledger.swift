import GRDB
import Glibc
import Synchronization

/// The hub's memory on SQLite: what it promises after a commit survives a crash of the process and of the machine.
///
/// Any number of processes may open the same file. Calls may come from any task. Writes join a group: each call returns
/// once its group is committed and synced, with a result or an error of its own. A cancelled task waits for that too: what
/// was begun is never left in doubt. Reads see the last commit.
package final class Ledger: Sendable {
  let settings: LedgerSettings
  let payloads: PayloadFiles
  private let pool: DatabasePool
  private let groups: WriteGroups
  private let housekeeping: Housekeeping
  private let threads: Threads

  private struct Threads: Sendable {
    let writer: WorkerThread
    let housekeeping: WorkerThread
  }

  /// Opens or makes a ledger, brings its schema to the newest version and sweeps old orphans.
  ///
  /// Blocks for some milliseconds. Fails as `newer` where a newer program has written the file.
  package static func open(_ settings: LedgerSettings) throws(LedgerError) -> Ledger {
    do { return try Ledger(settings) } catch { throw LedgerError(error) }
  }

  private init(_ settings: LedgerSettings) throws {
    self.settings = settings
    payloads = try PayloadFiles(folder: settings.path + "-payloads")
    pool = try Self.openPool(settings)
    groups = WriteGroups(
      limits: GroupLimits(
        messages: settings.groupMessages, bytes: settings.groupBytes, microseconds: settings.groupMicroseconds))
    housekeeping = try Housekeeping(path: settings.path)
    let writer = Writer(pool: pool, groups: groups, housekeeping: housekeeping)
    let sweeper = OrphanSweep(pool: pool, payloads: payloads)
    let age = settings.orphanAgeMilliseconds
    threads = Threads(
      writer: try WorkerThread { writer.run() },
      housekeeping: try WorkerThread { [housekeeping] in
        housekeeping.run { _ = try? sweeper.run(olderThanMilliseconds: age) }
      })
  }

  deinit {
    groups.close()
    housekeeping.close()
  }

  /// Commits what waits, then closes. Later calls fail as `closed`.
  package func close() async {
    groups.close()
    await threads.writer.join()
    housekeeping.close()
    await threads.housekeeping.join()
    let closing = try? WorkerThread { [pool] in try? pool.close() }
    await closing?.join()
  }

  /// The size limit of the database file, in pages of 4 KiB; nil lifts it.
  package func limitPages(to maximum: Int?) async throws(LedgerError) {
    try await write(isUrgent: true, bytes: 0) { try Self.limitPages($0.db, to: maximum) }
  }

  /// Removes payload files that no row names and that are older than this; gives their number.
  package func sweepOrphans(olderThanMilliseconds age: Int64) async throws(LedgerError) -> Int {
    let sweep = OrphanSweep(pool: pool, payloads: payloads)
    let count = Mutex<Result<Int, LedgerError>>(.success(0))
    await withCheckedContinuation { continuation in
      // The folder's listing blocks: a thread of its own, not one of the pool that all tasks share.
      let thread = try? WorkerThread {
        let result = Result { try sweep.run(olderThanMilliseconds: age) }.mapError { LedgerError($0) }
        count.withLock { $0 = result }
        continuation.resume()
      }
      if thread == nil {
        count.withLock { $0 = .failure(LedgerError(.io, "no thread could be started")) }
        continuation.resume()
      }
    }
    return try count.withLock { $0 }.get()
  }

  // MARK: - Reading and writing

  /// Joins the group and gives the body's result after the commit.
  func write<Value: Sendable>(
    isUrgent: Bool, bytes: Int, _ body: @escaping @Sendable (Transaction) throws -> Value
  ) async throws(LedgerError) -> Value {
    let result: Result<Value, LedgerError> = await withCheckedContinuation { continuation in
      let write = AwaitedWrite(isUrgent: isUrgent, bytes: bytes, continuation: continuation, body: body)
      if !groups.enqueue(write) { write.finish(LedgerError(.closed, "the ledger is closed")) }
    }
    return try result.get()
  }

  /// Reads from one snapshot.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(LedgerError) -> Value {
    let result: Result<Value, LedgerError> = await withCheckedContinuation { continuation in
      pool.asyncRead { access in
        continuation.resume(returning: Result { try body(access.get()) }.mapError { LedgerError($0) })
      }
    }
    return try result.get()
  }

  /// Reads a payload's bytes, wherever they are.
  func read(payload place: PayloadPlace) async throws(LedgerError) -> [UInt8] {
    if let bytes = place.bytes { return bytes }
    guard let file = place.file else { throw LedgerError(.payloadGone, "the payload was not kept") }
    guard let bytes = try await payloads.read(file), bytes.count == place.size else {
      throw LedgerError(.payloadGone, "payload file \(file) is missing or cut short")
    }
    return bytes
  }

  // MARK: - Opening

  private static func openPool(_ settings: LedgerSettings) throws -> DatabasePool {
    let descriptor = Glibc.open(settings.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw LedgerError(errno: errno, "cannot open the ledger \(settings.path)") }
    Glibc.close(descriptor)
    let patience = BusyPatience(milliseconds: settings.busyMilliseconds)
    var configuration = Configuration()
    configuration.label = "entente.ledger"
    configuration.maximumReaderCount = 4
    configuration.busyMode = .callback { patience.waits(tries: $0) }
    configuration.prepareDatabase {
      try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0")
      try $0.execute(sql: "PRAGMA temp_store = MEMORY")
    }
    let pool = try patience.repeating { try DatabasePool(path: settings.path, configuration: configuration) }
    try pool.writeWithoutTransaction { db in
      // The pool set NORMAL, which may lose the last commits when the machine dies.
      try db.execute(sql: "PRAGMA synchronous = FULL")
      guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2 else {
        throw LedgerError(.internal, "SQLite did not take synchronous = FULL")
      }
      try Migrations.run(db)
      if let maximum = settings.maximumPages { try limitPages(db, to: maximum) }
    }
    return pool
  }

  private static func limitPages(_ db: Database, to maximum: Int?) throws {
    _ = try Row.fetchOne(db, sql: "PRAGMA max_page_count = \(maximum ?? 4_294_967_294)")
  }
}

/// The body of the writer's thread: takes group after group and commits each in one exclusive transaction.
private struct Writer: Sendable {
  let pool: DatabasePool
  let groups: WriteGroups
  let housekeeping: Housekeeping

  func run() {
    while let group = groups.next() { commit(group) }
  }

  private func commit(_ group: [PendingWrite]) {
    do {
      let errors = try pool.writeWithoutTransaction { try Self.run(group, in: $0) }
      housekeeping.noteCommit()
      for (write, error) in zip(group, errors) { write.finish(error) }
    } catch {
      let error = LedgerError(error)
      // A large write must not take its small neighbours along when there is no room for it.
      if error.code == .full, group.count > 1 {
        for write in group { commit([write]) }
      } else {
        for write in group { write.finish(error) }
      }
    }
  }

  /// Runs all writes and commits; gives each one's own error. Throws where the transaction as a whole failed.
  private static func run(_ group: [PendingWrite], in db: Database) throws -> [LedgerError?] {
    do {
      try db.beginTransaction(.immediate)
      let transaction = try Transaction(db)
      var errors: [LedgerError?] = []
      for write in group {
        do {
          try transaction.savepoint { try write.run(transaction) }
          errors.append(nil)
        } catch {
          let own = LedgerError(error)
          if own.endsTransaction || !db.isInsideTransaction { throw own }
          errors.append(own)
        }
      }
      try db.commit()
      return errors
    } catch {
      if db.isInsideTransaction { try? db.rollback() }
      throw error
    }
  }
}

/// How long a connection waits for another process: short naps, so that a free ledger is found at once.
private final class BusyPatience: Sendable {
  private let nanoseconds: UInt64
  private let started = Mutex<UInt64>(0)

  init(milliseconds: Int) { nanoseconds = UInt64(max(0, milliseconds)) * 1_000_000 }

  /// Sleeps a little and says whether to try again.
  func waits(tries: Int) -> Bool {
    let now = Self.now()
    let start = started.withLock {
      if tries == 0 { $0 = now }
      return $0
    }
    guard now - start < nanoseconds else { return false }
    usleep(tries < 20 ? 250 : 1000)
    return true
  }

  /// Repeats what may fail as busy without asking the busy handler, as a change of journal mode does.
  func repeating<Value>(_ body: () throws -> Value) throws -> Value {
    let end = Self.now() + nanoseconds
    while true {
      do { return try body() } catch {
        guard LedgerError(error).code == .busy, Self.now() < end else { throw error }
        usleep(2000)
      }
    }
  }

  private static func now() -> UInt64 {
    var moment = timespec()
    clock_gettime(CLOCK_MONOTONIC, &moment)
    return UInt64(moment.tv_sec) * 1_000_000_000 + UInt64(moment.tv_nsec)
  }
}

/// Removes payload files that no row names.
struct OrphanSweep: Sendable {
  let pool: DatabasePool
  let payloads: PayloadFiles

  func run(olderThanMilliseconds age: Int64) throws -> Int {
    let names = try payloads.names(olderThan: PayloadFiles.wallClock() - age)
    var count = 0
    for batch in stride(from: 0, to: names.count, by: 500) {
      let orphans = try pool.read { db in
        try names[batch..<min(batch + 500, names.count)].filter { try !Self.isNamed($0, in: db) }
      }
      for name in orphans { payloads.remove(name) }
      count += orphans.count
    }
    return count
  }

  /// True where a message or an edit has this file.
  static func isNamed(_ name: String, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT EXISTS (SELECT 1 FROM payload WHERE file = ?1) OR EXISTS (SELECT 1 FROM edit WHERE file = ?1)
          """), arguments: [name]) ?? false
  }
}
