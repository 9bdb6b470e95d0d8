import Contract
import FoundationEssentials
import GRDB
import Synchronization
import Testing

@testable import Ledger

/// Payloads as they lie on the disk.
struct SealedPayloadTests {
  private let secret = "a name that no disk may show"

  private func reopened(_ desk: Desk, _ payload: PayloadKeys) throws -> Ledger {
    try Ledger.open(
      LedgerSettings(
        path: desk.path,
        keys: LedgerKeys(identifier: "k1", hmacKey: Array(repeating: 7, count: 32), payload: payload)))
  }

  private func stored(_ desk: Desk) throws -> Data {
    var bytes = try Data(contentsOf: URL(filePath: desk.path))
    for name in try desk.ledger.payloads.names(olderThan: nil) {
      bytes += try Data(contentsOf: URL(filePath: desk.ledger.payloads.folder + "/" + name))
    }
    if let log = try? Data(contentsOf: URL(filePath: desk.path + "-wal")) { bytes += log }
    return bytes
  }

  private func isUnreadable(_ error: any Error) -> Bool { (error as? LedgerError)?.code == .payloadUnreadable }

  @Test func `without their master key they cannot be read, and nothing else is lost`() async throws {
    let desk = try Desk()
    let message = try await desk.ledger.accept(.message("m1", body: secret)).message
    await desk.ledger.close()
    let other = try reopened(desk, Desk.masters("p2"))
    await #expect { try await other.payload(of: message) } throws: { isUnreadable($0) }
    #expect(try await other.audit().isBalanced)
    #expect(try await other.audit(readingPayloads: true).anomalies.map(\.kind) == [.payloadDiffers])
    await other.close()
  }

  @Test func `a master key of the same name and other bytes opens nothing`() async throws {
    let desk = try Desk()
    let message = try await desk.ledger.accept(.message("m1", body: secret)).message
    await desk.ledger.close()
    let forged = try PayloadKeys { [.init(identifier: "p1", bytes: Array(repeating: 1, count: 32))] }
    let ledger = try reopened(desk, forged)
    await #expect { try await ledger.payload(of: message) } throws: { isUnreadable($0) }
    await ledger.close()
  }

  @Test(arguments: [
    "UPDATE payload SET bytes = CAST(substr(bytes, 1, 20) || x'00' || substr(bytes, 22) AS BLOB)",
    "UPDATE payload SET bytes = x'00'",
    "UPDATE payload SET wrapped_key = CAST(substr(wrapped_key, 1, 20) || x'00' || substr(wrapped_key, 22) AS BLOB)",
    "UPDATE payload SET digest = zeroblob(32)",
    "UPDATE payload SET bytes = p.bytes, wrapped_key = p.wrapped_key FROM payload p WHERE p.message = 2",
  ])
  func `a payload that somebody changed on the disk is refused`(change: String) async throws {
    let desk = try Desk()
    let message = try await desk.ledger.accept(.message("m1", body: secret)).message
    _ = try await desk.ledger.accept(.message("m2", body: secret + " and another"))
    try await desk.ledger.write(isUrgent: true, bytes: 0) {
      try $0.execute(change + (change.contains("FROM") ? " AND payload.message = 1" : " WHERE message = 1"))
    }
    await #expect { try await desk.ledger.payload(of: message) } throws: { isUnreadable($0) }
  }

  @Test func `there is no ledger without a master key of 32 bytes`() {
    for bytes in [0, 16, 31, 33] {
      #expect { try PayloadKeys { [.init(identifier: "p1", bytes: Array(repeating: 1, count: bytes))] } } throws: {
        ($0 as? LedgerError)?.code == .invalid
      }
    }
    #expect { try PayloadKeys { [] } } throws: { ($0 as? LedgerError)?.code == .invalid }
  }

  @Test(arguments: [28, 200_000])
  func `no byte of them lies on the disk in the clear, edited ones neither`(size: Int) async throws {
    let desk = try Desk()
    let body = secret + String(repeating: " ", count: size - secret.utf8.count)
    let message = try await desk.ledger.accept(.message("m1", body: body)).message
    let letter = try await desk.ledger.refuse(.message("m2", body: body, failure: .malformed))
    _ = try await desk.ledger.editDeadLetter(
      letter, body: Array((body + "!").utf8), operator: "ada", note: "n", at: moment())
    #expect(try stored(desk).firstRange(of: Data(secret.utf8)) == nil)
    #expect(try await desk.ledger.payload(of: message) == Array(body.utf8))
    #expect(try await desk.ledger.payload(ofDeadLetter: letter) == Array((body + "!").utf8))
  }

  @Test func `equal payloads have keys and bytes of their own`() async throws {
    let desk = try Desk()
    for id in ["m1", "m2"] { _ = try await desk.ledger.accept(.message(id, body: secret)) }
    let rows = try await desk.ledger.read {
      try $0.rows("SELECT bytes, wrapped_key FROM payload").map {
        [try $0.bytes("bytes"), try $0.bytes("wrapped_key")]
      }
    }
    #expect(Set(rows.flatMap { $0 }).count == 4)
  }

  @Test func `a rotation touches new payloads only, and rewrapping brings the old ones along`() async throws {
    let desk = try Desk()
    let large = String(repeating: "x", count: 100_000)
    for (id, body) in [("m1", secret), ("m2", large)] { _ = try await desk.ledger.accept(.message(id, body: body)) }
    let letter = try await desk.ledger.refuse(.message("m3", failure: .malformed))
    _ = try await desk.ledger.editDeadLetter(letter, body: [1, 2], operator: "ada", note: "n", at: moment())
    await desk.ledger.close()
    let rotated = try reopened(desk, Desk.masters("p2", "p1"))
    _ = try await rotated.accept(.message("m4", body: secret))
    #expect(try await rotated.payloadsByMaster() == ["p1": 4, "p2": 1])
    #expect(try await rotated.payload(of: 1) == Array(secret.utf8))
    #expect(try await rotated.rewrapPayloads() == 4)
    #expect(try await rotated.rewrapPayloads() == 0)
    await rotated.close()
    let later = try reopened(desk, Desk.masters("p2"))
    #expect(try await later.payloadsByMaster() == ["p2": 5])
    #expect(try await later.payload(of: 2) == Array(large.utf8))
    #expect(try await later.payload(ofDeadLetter: letter) == [1, 2])
    #expect(try await later.audit(readingPayloads: true).anomalies == [])
    await later.close()
  }

  @Test func `a hub that runs learns of a key that another one has put in use`() async throws {
    let desk = try Desk()
    let names = Names(["p1"])
    let running = try reopened(desk, try PayloadKeys { names.keys })
    names.set(["p2", "p1"])
    let rotated = try reopened(desk, Desk.masters("p2", "p1"))
    let message = try await rotated.accept(.message("m1", body: secret)).message
    #expect(try await running.payload(of: message) == Array(secret.utf8))
    await running.close()
    await rotated.close()
  }
}

/// A key file that a test rewrites.
private final class Names: Sendable {
  private let names: Mutex<[String]>

  init(_ names: [String]) { self.names = Mutex(names) }

  func set(_ names: [String]) { self.names.withLock { $0 = names } }

  var keys: [PayloadKeys.MasterKey] {
    names.withLock { $0 }.map { name in
      .init(identifier: name, bytes: (0..<32).map { UInt8($0) ^ (name.utf8.last ?? 0) })
    }
  }
}
