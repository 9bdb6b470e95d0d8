import Contract
import GRDB
import Testing

@testable import Ledger

struct HousekeepingTests {
  @Test func `the log is copied into the file beside the commits, which never do so themselves`() async throws {
    let desk = try Desk { $0.groupMicroseconds = 1 }
    let before = try Desk.size(of: desk.path)
    for number in 0..<(2 * Housekeeping.commitsPerCheckpoint) {
      _ = try await desk.ledger.accept(.message("m\(number)", body: String(repeating: "x", count: 10_000)))
    }
    let deadline = ContinuousClock.now + .seconds(30)
    while try Desk.size(of: desk.path) == before, ContinuousClock.now < deadline { await Task.yield() }
    #expect(try Desk.size(of: desk.path) > before)
    #expect(try await desk.ledger.audit(readingPayloads: true).anomalies == [])
  }

  @Test func `a log that grew long is begun again from its start while writing goes on`() async throws {
    let desk = try Desk { $0.groupMicroseconds = 1 }
    await desk.ledger.close()
    var configuration = Configuration()
    configuration.busyMode = .timeout(30)
    let queue = try DatabaseQueue(path: desk.path, configuration: configuration)
    let housekeeping = try Housekeeping(path: desk.path, restartFrames: 50)
    let thread = try WorkerThread { housekeeping.run {} }
    try await queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
      try db.execute(sql: "CREATE TABLE filling (bytes BLOB)")
    }
    // A log that is never begun again is longer than all that was written; one that is falls behind.
    var written = 0
    let deadline = ContinuousClock.now + .seconds(60)
    while try Desk.size(of: desk.path + "-wal") * 2 > written || written == 0, ContinuousClock.now < deadline {
      try await queue.write { try $0.execute(sql: "INSERT INTO filling VALUES (zeroblob(100000))") }
      housekeeping.noteCommit()
      written += 100_000
    }
    #expect(try Desk.size(of: desk.path + "-wal") * 2 <= written)
    housekeeping.close()
    await thread.join()
    try queue.close()
  }
}
