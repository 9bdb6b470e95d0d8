import Contract
import GRDB
import Testing

@testable import Ledger

/// A ledger that the version before has written.
struct MigrationTests {
  /// The files of a version 1 with entries and one open dead letter.
  private func oldLedger(entries: Int, in folder: String) throws -> String {
    let path = folder + "/ledger.sqlite"
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try Migrations.run(db, steps: [Migrations.steps[0]])
      for sequence in 0..<entries {
        let entry = LedgerEntry.duplicate(of: 1, at: moment(), count: sequence)
        try db.execute(
          sql: "INSERT INTO entry (seq, leaf, hash) VALUES (?, ?, ?)",
          arguments: [sequence, entry.leaf.blob, entry.hash.blob])
      }
      try db.execute(
        sql: """
          INSERT INTO failure (message, stage, cause, permanent, detail, fingerprint, at, salt, entry)
            VALUES (1, 'validate', 'schema', 1, 'd', 'f-1', 0, x'00', 0);
          INSERT INTO dead_letter (message, sender, state, failure, at, changed_at)
            VALUES (1, 'us-cisa', 'open', 1, 0, 0);
          """)
    }
    try queue.close()
    return path
  }

  @Test func `a log of it with a gap is refused, and nothing is changed`() throws {
    let folder = try Desk.newFolder()
    let path = try oldLedger(entries: 9, in: folder)
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "DELETE FROM entry WHERE seq = 4") }
    #expect { try Ledger.open(LedgerSettings(path: path, keys: Desk.keys)) } throws: {
      ($0 as? LedgerError)?.code == .corrupt
    }
    #expect(try queue.read { try Int.fetchOne($0, sql: "SELECT max(version) FROM migration") } == 1)
    try queue.close()
  }

  @Test(arguments: [0, 1, 7, 64, 1000])
  func `it is opened, has its tree, and goes on`(entries: Int) async throws {
    let path = try oldLedger(entries: entries, in: try Desk.newFolder())
    let ledger = try Ledger.open(LedgerSettings(path: path, keys: Desk.keys))
    _ = try await ledger.requestAct("replay", arguments: [], operator: "ada", at: moment())
    let report = try await ledger.verifyTree(isSigned: { _ in nil })
    #expect(report.isSound)
    #expect(report.size == Int64(entries) + 1)
    #expect(
      try await ledger.read { try String.fetchOne($0, sql: "SELECT fingerprint FROM dead_letter") } == "f-1")
    await ledger.close()
  }
}
