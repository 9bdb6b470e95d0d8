package import Contract
import GRDB

/// What keeps a hub from working as it should, while it lasts.
package struct AlarmRow: Sendable, Equatable {
  /// A code: `disk`, `ledger`, `broker`.
  package let name: String
  package let hub: String
  package let text: String
  package let since: Instant
}

/// How much room the ledger's file has.
package struct LedgerRoom: Sendable, Equatable {
  /// What is in use of the file.
  package let usedBytes: Int
  /// The most that it may have; nil for no limit.
  package let maximumBytes: Int?
}

extension Ledger {
  /// The alarms that a hub sees now take the place of those that it saw before; what lasts keeps its beginning.
  package func setAlarms(_ alarms: [String: String], hub: String, at: Instant) async throws(LedgerError) {
    try await write(isUrgent: true, bytes: 0) { transaction in
      for row in try transaction.rows("SELECT name FROM alarm WHERE hub = ?", [hub])
      where alarms[row["name"]] == nil {
        try transaction.execute("DELETE FROM alarm WHERE hub = ? AND name = ?", [hub, row["name"] as String])
      }
      for (name, text) in alarms {
        try transaction.execute(
          """
          INSERT INTO alarm (name, hub, text, since) VALUES (?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET text = excluded.text
          """, [name, hub, text, at.milliseconds])
      }
    }
  }

  /// The alarms of the hubs that live.
  package func alarms(of hubs: [String]) async throws(LedgerError) -> [AlarmRow] {
    try await read {
      try $0.rows("SELECT * FROM alarm ORDER BY name, hub").map {
        AlarmRow(name: $0["name"], hub: $0["hub"], text: $0["text"], since: $0.instant("since"))
      }.filter { hubs.contains($0.hub) }
    }
  }

  /// When agencies were last heard; an agency that is heard of for the first time counts from then.
  package func noteHeard(_ agencies: [AgencyID: Instant]) async throws(LedgerError) {
    guard !agencies.isEmpty else { return }
    try await write(isUrgent: false, bytes: 0) { transaction in
      for (agency, at) in agencies {
        try transaction.execute(
          "INSERT INTO heard (agency, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)",
          [agency.slug, at.milliseconds])
      }
    }
  }

  package func heard() async throws(LedgerError) -> [AgencyID: Instant] {
    try await read { db in
      let rows = try db.rows("SELECT * FROM heard")
      return try Dictionary(
        uniqueKeysWithValues: rows.map { (try $0.value("agency", { AgencyID($0) }), $0.instant("at")) })
    }
  }

  package func room() async throws(LedgerError) -> LedgerRoom {
    let maximum = settings.maximumPages
    return try await read { db in
      let size = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
      return LedgerRoom(usedBytes: (pages - free) * size, maximumBytes: maximum.map { $0 * size })
    }
  }

  /// The number of the newest configuration; nil where none was put into force.
  package func newestConfigurationVersion() async throws(LedgerError) -> Int64? {
    try await read { try Int64.fetchOne($0.cachedStatement(sql: "SELECT max(version) FROM configuration")) }
  }
}
