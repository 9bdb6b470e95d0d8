import FoundationEssentials
import GRDB
import Glibc

/// What a copy of a ledger holds.
package struct LedgerCopy: Sendable, Equatable {
  /// The entries of its log.
  package let entries: Int64
  /// Payload files beside the database.
  package let files: Int
  /// The master keys that its payloads need.
  package let masters: [String]
}

extension Ledger {
  /// Copies the ledger into a folder that is there and empty, while everything runs on: the database as of one moment, and
  /// every payload file that it names.
  ///
  /// Blocks a thread of its own and no writer. What is erased while it runs is not in the copy: then it begins again.
  package func copy(into folder: String) async throws(LedgerError) -> LedgerCopy {
    let (pool, payloads) = (pool, payloads)
    return try await Self.onThread {
      for attempt in 1... {
        if let copy = try LedgerCopying(pool: pool, payloads: payloads, folder: folder).run() { return copy }
        if attempt == 5 { break }
      }
      throw LedgerError(.busy, "payloads were erased all the while: try again")
    }
  }

  /// Opens a copy, holds it to itself and puts it at `path`, where no ledger may be.
  ///
  /// The log is not verified here: `entente audit verify` does that on what was restored.
  package static func restore(from folder: String, to path: String) async throws(LedgerError) {
    try await onThread {
      for file in [path, path + "-wal", path + "-shm", path + "-payloads"] where access(file, F_OK) == 0 {
        throw LedgerError(.conflict, "\(file) is there: nothing is written over a ledger")
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/payloads").sorted()
      let copy = folder + "/ledger.sqlite"
      let queue = try DatabaseQueue(path: copy, configuration: readOnly)
      try queue.read { db in
        guard try String.fetchOne(db, sql: "PRAGMA quick_check(1)") == "ok" else {
          throw LedgerError(.corrupt, "\(copy) is damaged")
        }
        for row in try Row.fetchAll(db, sql: LedgerCopying.filesQuery) {
          let name: String = row["file"]
          guard names.contains(name) else { throw LedgerError(.corrupt, "the copy lacks the payload file \(name)") }
        }
      }
      try queue.close()
      // The payloads first: a ledger that is there is whole.
      guard mkdir(path + "-payloads", 0o700) == 0 else {
        throw LedgerError(errno: errno, "cannot make \(path)-payloads")
      }
      for name in names { try LedgerCopying.copyFile("\(folder)/payloads/\(name)", to: "\(path)-payloads/\(name)") }
      _ = PayloadFiles.syncFolder(path + "-payloads")
      try LedgerCopying.copyFile(copy, to: path + ".restoring")
      guard rename(path + ".restoring", path) == 0 else { throw LedgerError(errno: errno, "cannot make \(path)") }
      _ = PayloadFiles.syncFolder(path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
    }
  }

  private static var readOnly: Configuration {
    var configuration = Configuration()
    configuration.readonly = true
    return configuration
  }

  /// Runs what blocks on a thread of its own.
  static func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws(LedgerError) -> Value {
    let result: Result<Value, LedgerError> = await withCheckedContinuation { continuation in
      let thread = try? WorkerThread {
        continuation.resume(returning: Result { try body() }.mapError { LedgerError($0) })
      }
      if thread == nil { continuation.resume(returning: .failure(LedgerError(.io, "no thread could be started"))) }
    }
    return try result.get()
  }
}

/// One attempt to copy.
private struct LedgerCopying {
  /// Every file that a row names.
  static let filesQuery = """
    SELECT file FROM payload WHERE file IS NOT NULL UNION SELECT file FROM edit WHERE file IS NOT NULL
    """

  let pool: DatabasePool
  let payloads: PayloadFiles
  let folder: String

  /// Nil where a payload went between the database's moment and its own.
  func run() throws -> LedgerCopy? {
    let path = folder + "/ledger.sqlite"
    for file in [path, path + "-journal", path + "-wal", path + "-shm"] { unlink(file) }
    let copy = try DatabaseQueue(path: path)
    try pool.backup(to: copy)
    let found: (entries: Int64, files: [String], masters: [String]) = try copy.writeWithoutTransaction { db in
      // One file, which needs nothing beside it to be opened.
      _ = try Row.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
      let masters = try String.fetchAll(
        db,
        sql: """
          SELECT master FROM payload WHERE master IS NOT NULL UNION SELECT master FROM edit WHERE master IS NOT NULL
          """)
      return (try db.treeSize(), try String.fetchAll(db, sql: Self.filesQuery), masters)
    }
    try copy.close()
    chmod(path, 0o600)
    try Self.sync(path)
    mkdir(folder + "/payloads", 0o700)
    for name in found.files {
      let target = "\(folder)/payloads/\(name)"
      // From an attempt before: a file never changes.
      guard access(target, F_OK) != 0 else { continue }
      guard payloads.size(of: name) != nil else { return nil }
      try Self.copyFile("\(payloads.folder)/\(name)", to: target)
    }
    let kept = Set(found.files)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/payloads") where !kept.contains(name) {
      unlink("\(folder)/payloads/\(name)")
    }
    _ = PayloadFiles.syncFolder(folder + "/payloads")
    return LedgerCopy(entries: found.entries, files: found.files.count, masters: found.masters)
  }

  /// Copies whole or not at all, for the owner alone.
  static func copyFile(_ source: String, to target: String) throws {
    let from = open(source, O_RDONLY | O_CLOEXEC)
    guard from >= 0 else { throw LedgerError(errno: errno, "cannot open \(source)") }
    defer { close(from) }
    let draft = target + ".part"
    let to = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard to >= 0 else { throw LedgerError(errno: errno, "cannot make \(draft)") }
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    var failure: Int32 = 0
    while failure == 0 {
      let count = Glibc.read(from, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { failure = errno }
      if count <= 0 { break }
      var written = 0
      while failure == 0, written < count {
        let part = chunk[written..<count].withUnsafeBytes { Glibc.write(to, $0.baseAddress, $0.count) }
        if part < 0, errno == EINTR { continue }
        if part <= 0 { failure = part < 0 ? errno : ENOSPC } else { written += part }
      }
    }
    if failure == 0, fsync(to) != 0 { failure = errno }
    close(to)
    if failure == 0, rename(draft, target) != 0 { failure = errno }
    guard failure == 0 else {
      unlink(draft)
      throw LedgerError(errno: failure, "cannot copy \(source) to \(target)")
    }
  }

  private static func sync(_ path: String) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0, fsync(file) == 0 else { throw LedgerError(errno: errno, "cannot sync \(path)") }
    close(file)
  }
}
