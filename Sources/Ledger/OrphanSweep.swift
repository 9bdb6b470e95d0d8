import GRDB

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
