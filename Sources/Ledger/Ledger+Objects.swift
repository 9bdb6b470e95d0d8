package import Contract
import GRDB

/// Which objects a message has, under keyed hashes: they find a message without its payload, and tell nobody who lacks
/// the hub's key which objects these were.
package struct ObjectKeys: Sendable, Equatable {
  /// The bytes of one key.
  package static let size = 8

  /// The keys of all objects, one after the other: by their own ids, and by those that some recipient has them under.
  package var known: [UInt8]
  /// The keys of what leaves for a peer hub, each of any length.
  package var passed: [[UInt8]]

  package init(known: [UInt8] = [], passed: [[UInt8]] = []) {
    self.known = known
    self.passed = passed
  }
}

extension Migrations {
  /// The first table grows at its end and is read through. The second has random keys, and rows only for what leaves for
  /// peer hubs.
  static let objects = """
    CREATE TABLE message_objects (
      message INTEGER PRIMARY KEY,
      keys BLOB NOT NULL
    ) STRICT;

    CREATE TABLE passed_object (
      key BLOB NOT NULL,
      message INTEGER NOT NULL,
      PRIMARY KEY (key, message)
    ) STRICT, WITHOUT ROWID;
    """
}

extension Transaction {
  func insert(_ keys: ObjectKeys, of message: Int64) throws {
    if !keys.known.isEmpty {
      try statements.run("INSERT INTO message_objects (message, keys) VALUES (?, ?)", message, keys.known)
    }
    for key in keys.passed {
      try statements.run("INSERT OR IGNORE INTO passed_object (key, message) VALUES (?, ?)", key, message)
    }
  }
}

extension Ledger {
  /// The places of those keys under which something left for a peer hub before a message, or before now.
  package func passed(_ keys: [[UInt8]], before message: Int64? = nil) async throws(LedgerError) -> Set<Int> {
    guard !keys.isEmpty else { return [] }
    return try await read { db in
      guard try db.row("SELECT 1 FROM passed_object LIMIT 1") != nil else { return [] }
      var found: Set<Int> = []
      for (place, key) in keys.enumerated() {
        let row = try db.row(
          "SELECT 1 FROM passed_object WHERE key = ? AND message < ? LIMIT 1", [key.blob, message ?? .max])
        if row != nil { found.insert(place) }
      }
      return found
    }
  }

  /// Accepted messages that have an object under one of these keys, and those of before keys were kept; a page at a time.
  package func acceptedMessages(
    holding keys: [[UInt8]], after number: Int64 = 0, since: Instant, limit: Int = 200
  ) async throws(LedgerError) -> [MessageRow] {
    try await read { db in
      var found: [Int64] = []
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT m.id, o.keys FROM message m LEFT JOIN message_objects o ON o.message = m.id
          WHERE m.id > ? AND m.accepted_at >= ? AND m.state = 'accepted' ORDER BY m.id
          """, arguments: [number, since.milliseconds])
      while found.count < limit, let row = try rows.next() {
        let known = try row.optionalBytes("keys")
        if known.map({ Self.holds($0, keys) }) ?? true { found.append(row["id"]) }
      }
      return try found.compactMap { id in
        try db.row("SELECT * FROM message WHERE id = ?", [id]).map { try MessageRow($0) }
      }
    }
  }

  private static func holds(_ known: [UInt8], _ keys: [[UInt8]]) -> Bool {
    stride(from: 0, to: known.count, by: ObjectKeys.size).contains { start in
      keys.contains { known[start..<min(start + ObjectKeys.size, known.count)].elementsEqual($0) }
    }
  }
}
