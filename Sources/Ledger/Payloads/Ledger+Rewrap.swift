import GRDB
import Glibc

extension Ledger {
  /// Takes up the master keys as they are in the secrets folder now.
  package func takeUpPayloadKeys() throws { try settings.keys.payload.refresh() }

  /// Wraps the keys of payloads under the master key in use, and seals those that were written in the clear; after this
  /// the keys that it replaced can go.
  ///
  /// - Returns: how many payloads were changed.
  package func rewrapPayloads() async throws(LedgerError) -> Int {
    try await rewrap("payload", id: "message") + rewrap("edit", id: "id")
  }

  /// How many payloads lie under each master key; nil for those in the clear.
  package func payloadsByMaster() async throws(LedgerError) -> [String?: Int] {
    try await read { db in
      let rows = try db.rows(
        """
        SELECT master, count(*) AS n FROM (
          SELECT master FROM payload WHERE bytes IS NOT NULL OR file IS NOT NULL
          UNION ALL SELECT master FROM edit WHERE bytes IS NOT NULL OR file IS NOT NULL)
        GROUP BY master
        """)
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["master"] as String?, $0["n"] as Int) })
    }
  }

  private func rewrap(_ table: String, id column: String) async throws(LedgerError) -> Int {
    var (last, count): (Int64, Int) = (-1, 0)
    let current = settings.keys.payload.identifier
    while true {
      let next: (id: Int64, place: PayloadPlace)? = try await read { [last] db in
        try db.row(
          """
          SELECT *, \(column) AS place_id FROM \(table)
          WHERE \(column) > ? AND master IS NOT ? AND (bytes IS NOT NULL OR file IS NOT NULL)
          ORDER BY \(column) LIMIT 1
          """, [last, current]
        ).map { ($0["place_id"], try PayloadPlace($0)) }
      }
      guard let next else { return count }
      last = next.id
      if try await rewrap(next.place, at: next.id, in: table, column) { count += 1 }
    }
  }

  /// Only what nobody changed meanwhile.
  private func rewrap(
    _ place: PayloadPlace, at id: Int64, in table: String, _ column: String
  ) async throws(LedgerError) -> Bool {
    if let key = place.key {
      guard let new = try settings.keys.payload.rewrap(key) else { return false }
      return try await write(isUrgent: false, bytes: 0) {
        try $0.update(
          "UPDATE \(table) SET master = ?, wrapped_key = ? WHERE \(column) = ? AND wrapped_key = ?",
          [new.master, new.bytes.blob, id, key.bytes.blob]) == 1
      }
    }
    let bytes = try await read(payload: place)
    let sealed = try settings.keys.payload.seal(bytes)
    let file = place.file == nil ? nil : try await payloads.write(sealed.bytes)
    let inline = place.file == nil ? sealed.bytes : nil
    let isChanged = try await write(isUrgent: false, bytes: inline?.count ?? 0) {
      try $0.update(
        """
        UPDATE \(table) SET bytes = ?, file = ?, master = ?, wrapped_key = ?
        WHERE \(column) = ? AND wrapped_key IS NULL AND (bytes IS NOT NULL OR file IS NOT NULL)
        """, [inline?.blob, file, sealed.key.master, sealed.key.bytes.blob, id]) == 1
    }
    if let old = isChanged ? place.file : file { payloads.remove(old) }
    return isChanged
  }

  /// Lets go of the write-ahead log, in which what was erased may still lie. A checkpoint that runs at the moment is
  /// waited for; while others read for longer than a second the log stays, and the next checkpoint does it.
  func forgetLog() async {
    await withCheckedContinuation { continuation in
      let thread = try? WorkerThread { [self] in
        for _ in 0..<50 where !checkpointWhole() { usleep(20_000) }
        continuation.resume()
      }
      if thread == nil { continuation.resume() }
    }
  }
}
