import Contract
import GRDB
import Testing

@testable import Ledger

struct OpeningTests {
  @Test func `a ledger of a newer program is refused and left alone`() async throws {
    let desk = try Desk()
    try await desk.ledger.write(isUrgent: true, bytes: 0) {
      try $0.execute("INSERT INTO migration (version, name) VALUES (1000, 'future')")
    }
    await desk.ledger.close()
    #expect { try Ledger.open(LedgerSettings(path: desk.path, keys: Desk.keys)) } throws: {
      ($0 as? LedgerError)?.code == .newer
    }
  }

  @Test func `a step that is new is run once on an older ledger, and a step that fails changes nothing`() throws {
    let folder = try Desk.newFolder()
    defer { Desk.remove(folder) }
    let queue = try DatabaseQueue(path: folder + "/ledger.sqlite")
    let first = Migrations.steps
    let next = first + [Migrations.Step(version: 1001, name: "next", sql: "CREATE TABLE more (id INTEGER PRIMARY KEY)")]
    let broken = next + [Migrations.Step(version: 1002, name: "broken", sql: "CREATE TABLE half (id); NONSENSE")]
    try queue.writeWithoutTransaction { db in
      try Migrations.run(db, steps: first)
      #expect(throws: DatabaseError.self) { try Migrations.run(db, steps: broken) }
      #expect(try !db.tableExists("more"))
      #expect(try !db.tableExists("half"))
      try Migrations.run(db, steps: next)
      try Migrations.run(db, steps: next)
      #expect(try db.tableExists("more"))
      #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM migration") == first.count + 1)
    }
  }

  @Test func `a commit is synced, and never has to copy the log`() async throws {
    let desk = try Desk()
    let settings = try await desk.ledger.write(isUrgent: true, bytes: 0) { transaction in
      try ["synchronous", "wal_autocheckpoint", "journal_mode"].map {
        try String.fetchOne(transaction.db, sql: "PRAGMA \($0)")
      }
    }
    #expect(settings == ["2", "0", "wal"])
  }

  @Test func `what was written is there after the next open, and ids go on`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1"))
    await desk.ledger.close()
    let ledger = try Ledger.open(LedgerSettings(path: desk.path, keys: Desk.keys))
    #expect(try await ledger.accept(.message("m2")).message == 2)
    #expect(try await ledger.audit().anomalies == [])
    await ledger.close()
  }

  @Test func `nobody else on the machine can read it`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1", body: String(repeating: "x", count: 100_000)))
    let file = try #require(try desk.ledger.payloads.names(olderThan: nil).first)
    #expect(try Desk.mode(of: desk.path) == 0o600)
    #expect(try Desk.mode(of: desk.path + "-wal") == 0o600)
    #expect(try Desk.mode(of: desk.ledger.payloads.folder) == 0o700)
    #expect(try Desk.mode(of: desk.ledger.payloads.folder + "/" + file) == 0o600)
  }
}
