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
  let pool: DatabasePool
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
    let closing = try? WorkerThread { [self] in
      checkpointWhole()
      try? pool.close()
    }
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

  /// Copies the whole write-ahead log into the database and cuts it off, where nobody reads; whether it did.
  @discardableResult
  func checkpointWhole() -> Bool {
    let row = try? pool.writeWithoutTransaction { try Row.fetchOne($0, sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    return row?[0] == 0
  }

  // MARK: - Reading and writing

  /// Joins the group and gives the body's result after the commit.
  func write<Value: Sendable>(
    isUrgent: Bool, bytes: Int, _ body: @escaping @Sendable (Transaction) throws -> Value
  ) async throws(LedgerError) -> Value {
    let result: Result<Value, LedgerError> = await withCheckedContinuation { continuation in
      let write = AwaitedWrite(isUrgent: isUrgent, bytes: bytes, body: body) { continuation.resume(returning: $0) }
      if !groups.enqueue(write) { write.finish(LedgerError(.closed, "the ledger is closed")) }
    }
    return try result.get()
  }

  /// Joins the group with several writes and gives the result of each, in their order, once all are committed.
  func write<Value: Sendable>(
    each writes: [(isUrgent: Bool, bytes: Int, body: @Sendable (Transaction) throws -> Value)]
  ) async -> [Result<Value, LedgerError>] {
    guard !writes.isEmpty else { return [] }
    return await withCheckedContinuation { continuation in
      let results = WriteResults(count: writes.count, continuation)
      let gathered = writes.enumerated().map { place, write in
        AwaitedWrite(isUrgent: write.isUrgent, bytes: write.bytes, body: write.body) { results.set(place, $0) }
      }
      if !groups.enqueue(gathered) {
        for write in gathered { write.finish(LedgerError(.closed, "the ledger is closed")) }
      }
    }
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

  /// Reads a payload's bytes, wherever they are, and holds them to their digest.
  func read(payload place: PayloadPlace) async throws(LedgerError) -> [UInt8] {
    var stored = place.bytes
    if let file = place.file {
      stored = try await payloads.read(file)
      guard stored?.count == place.storedSize else {
        throw LedgerError(.payloadGone, "payload file \(file) is missing or cut short")
      }
    }
    guard let stored else { throw LedgerError(.payloadGone, "it was not kept, or it was deleted since") }
    return try place.opened(stored, keys: settings.keys.payload)
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
      // Kibibytes, for each connection: the index of message-ids has no order, and what is looked up comes again.
      try $0.execute(sql: "PRAGMA cache_size = -16384")
      // What is erased is overwritten, and not only let go of.
      try $0.execute(sql: "PRAGMA secure_delete = ON")
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
