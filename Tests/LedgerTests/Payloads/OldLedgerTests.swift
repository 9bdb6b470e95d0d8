import Contract
import Crypto
import FoundationEssentials
import GRDB
import Testing

@testable import Ledger

/// A ledger of version 2, in which payloads lie in the clear.
struct OldLedgerTests {
  private let body = Array("written before".utf8)

  /// What a program of that version left: one accepted message in the database, one in a file, an open dead letter with
  /// an edit, and one delivered message marked TLP:RED.
  private func write(to folder: String) throws -> String {
    let path = folder + "/ledger.sqlite"
    try FileManager.default.createDirectory(atPath: path + "-payloads", withIntermediateDirectories: false)
    try Data(body).write(to: URL(filePath: path + "-payloads/0001-file"))
    let digest = Data(SHA256.hash(data: body))
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try Migrations.run(db, steps: Array(Migrations.steps.prefix { $0.version <= 2 }))
      for (id, state, tlp, file) in [
        (1, "accepted", "TLP:GREEN", nil), (2, "accepted", "TLP:AMBER", "0001-file"), (3, "failed", nil, nil),
        (4, "accepted", "TLP:RED", nil),
      ] as [(Int64, String, String?, String?)] {
        let content = ContentIdentity(
          bodyDigest: [UInt8](digest), size: body.count, type: nil, contentType: nil, headers: Array("{}".utf8))
        let entry = LedgerEntry.message(
          id, at: moment(), sender: "us-cisa", accepted: state == "accepted", lane: .threat, publishedLane: .threat,
          format: nil, kind: nil, tlp: tlp, exercise: false, configuration: nil, considered: 0, replayOf: nil,
          commitment: content.commitment(messageID: "m\(id)", salt: Array(repeating: 5, count: 16)))
        try db.execute(
          sql: "INSERT INTO entry (seq, leaf, hash) VALUES (?, ?, ?)",
          arguments: [id - 1, entry.leaf.blob, entry.hash.blob])
        try db.execute(
          sql: """
            INSERT INTO message (id, sender, message_id, derived_id, lane, published_lane, headers, content_mac, mac_key,
              salt, received_at, accepted_at, tlp, exercise, considered, state, entry)
            VALUES (?, 'us-cisa', ?, 0, 'threat', 'threat', CAST('{}' AS BLOB), ?, 'k1', ?, ?, ?, ?, 0, 0, ?, ?)
            """,
          arguments: [
            id, "m\(id)", content.mac(key: Array(repeating: 7, count: 32)).blob, Data(repeating: 5, count: 16),
            moment().milliseconds, state == "accepted" ? moment().milliseconds : nil, tlp, state, id - 1,
          ])
        try db.execute(
          sql: "INSERT INTO payload (message, size, digest, file, bytes) VALUES (?, ?, ?, ?, ?)",
          arguments: [id, body.count, digest, file, file == nil ? Data(body) : nil])
      }
      var tree = MerkleFrontier()
      for row in try Row.fetchAll(db, sql: "SELECT hash FROM entry ORDER BY seq") {
        try tree.append(try row.bytes("hash")) { subtree, hash in
          try db.execute(
            sql: "INSERT INTO subtree (position, hash) VALUES (?, ?)", arguments: [subtree.position, hash.blob])
        }
      }
      try db.execute(
        sql: """
          INSERT INTO failure (id, message, dead_letter, stage, cause, permanent, detail, fingerprint, at, salt, entry)
            VALUES (1, 3, 1, 'validate', 'schema', 1, 'd', 'f-1', 0, x'00', 0);
          INSERT INTO dead_letter (id, message, sender, state, failure, fingerprint, at, changed_at)
            VALUES (1, 3, 'us-cisa', 'open', 1, 'f-1', 0, 0);
          """)
      try db.execute(
        sql: """
          INSERT INTO edit (dead_letter, message, revision, size, digest, bytes, operator, note, at, salt, entry)
          VALUES (1, 3, 1, ?, ?, ?, 'ada', 'n', 0, x'00', 0)
          """, arguments: [body.count, digest, Data(body)])
    }
    try queue.close()
    return path
  }

  @Test func `it is opened, read, sealed and erased like one of today`() async throws {
    let path = try write(to: try Desk.newFolder())
    let ledger = try Ledger.open(LedgerSettings(path: path, keys: Desk.keys))
    for message: Int64 in [1, 2, 4] { #expect(try await ledger.payload(of: message) == body) }
    #expect(try await ledger.payload(ofDeadLetter: 1) == body)
    #expect(try await ledger.payloadsByMaster() == [nil: 5])
    #expect(
      try await ledger.record(.message("m1", body: "written before", type: nil, contentType: nil)) == .duplicate(of: 1))

    // TLP:RED that nobody waits for is not kept any longer.
    #expect(try await ledger.expire(at: moment(1)) == 1)
    await #expect { try await ledger.payload(of: 4) } throws: { ($0 as? LedgerError)?.code == .payloadGone }

    #expect(try await ledger.rewrapPayloads() == 4)
    #expect(try await ledger.payloadsByMaster() == ["p1": 4])
    #expect(try ledger.payloads.names(olderThan: nil).contains("0001-file") == false)
    for message: Int64 in [1, 2] { #expect(try await ledger.payload(of: message) == body) }
    #expect(try await ledger.payload(ofDeadLetter: 1) == body)
    #expect(
      try await ledger.erase(messages: [2], operator: "ada", reason: "r", arguments: [], at: moment(2)).messages == 1)
    #expect(try ledger.payloads.names(olderThan: nil) == [])
    #expect(try await ledger.verifyTree(isSigned: { _ in nil }).isSound)
    await ledger.close()
  }
}
