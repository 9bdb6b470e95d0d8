import AMQP
import BrokerTestSupport
import Contract
import FoundationEssentials
import Glibc
import Ledger
import Sharing
import Testing

@testable import Hub

/// A copy of the ledger made beside a running hub, and a hub that starts on it.
@Suite struct `Backed up and restored` {
  private func restore(_ exchange: TestExchange, _ backup: String, replacing: Bool) async throws -> HubHome {
    let desk = RestoreDesk(
      folder: exchange.folder.path, configuration: exchange.home.configuration, operator: "ada")
    _ = try await desk.restore(backup, replacing: replacing)
    return try HubHome.open(folder: exchange.folder.path)
  }

  @Test func `a ledger is never written over, nor without the keys, nor while a hub runs`() async throws {
    try await TestExchange.with { exchange in
      let backup = exchange.folder.path + "/backup"
      _ = try await BackupDesk(exchange.home).backUp(to: backup)
      await #expect(throws: HubError.self) { try await BackupDesk(exchange.home).backUp(to: backup) }
      var error = await #expect(throws: HubError.self) { _ = try await restore(exchange, backup, replacing: false) }
      #expect(error?.message.contains("--replace") == true)
      try await exchange.ledger.beat(hub: "h1", at: SystemClock().now())
      error = await #expect(throws: HubError.self) { _ = try await restore(exchange, backup, replacing: true) }
      #expect(error?.message.contains("still running") == true)
      try await exchange.ledger.retire(hub: "h1", at: SystemClock().now())
      // The backup names a key that the secrets folder has no more.
      try exchange.folder.write(
        "k9 " + String(repeating: "ab", count: 32) + "\n", to: "secrets/hmac.key")
      error = await #expect(throws: HubError.self) { _ = try await restore(exchange, backup, replacing: true) }
      #expect(error?.message.contains("hmac.key k1") == true)
    }
  }

  @Test func `made under load it is whole, and a hub on it waits, names the gap and goes on when told`() async throws {
    try await TestExchange.with { exchange in
      let backup = exchange.folder.path + "/backup"
      let large = String(repeating: "x", count: 100_000)
      let bodies = (1...30).map { TestMessage.bundle($0, description: $0 % 10 == 0 ? large : "") }
      var manifest: BackupManifest?
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", Array(bodies[..<20]))
        async let copying = BackupDesk(exchange.home).backUp(to: backup)
        manifest = try await copying
        try await exchange.publish(as: "alpha", Array(bodies[20...]))
        _ = try await exchange.receipts(30, of: "alpha")
        try await exchange.settle()
      }
      let before = try await exchange.ledger.newestHead()
      await exchange.ledger.close()
      let home = try await restore(exchange, backup, replacing: true)
      #expect(try await home.verifyTree().isSound)
      #expect(try await home.ledger.audit(readingPayloads: true).anomalies == [])
      let here = try await home.ledger.audit().messages[.accepted] ?? 0

      try await exchange.publish(as: "alpha", bodies)
      try await exchange.withHub(home) {
        let desk = QuarantineDesk(home, operator: "ada")
        try await Task.sleep(for: .milliseconds(1200))
        #expect(try await home.ledger.audit().messages[.accepted] ?? 0 == here)
        let gap = try #require(try await desk.gap(provenSize: before?.size))
        #expect(gap.entries == manifest?.entries)
        #expect(gap.lost == (before?.size ?? 0) - gap.entries)
        #expect(try await desk.lift(note: "senders were told"))
        // What was accepted before the backup is recognised, all else is taken in.
        _ = try await exchange.receipts(30, of: "alpha")
        try await exchange.settle(home.ledger)
      }
      let report = try await home.ledger.audit(readingPayloads: true)
      #expect(report.anomalies == [])
      #expect(report.messages[.accepted] == 30)
      #expect(try await home.verifyTree().isSound)
      await home.ledger.close()
    }
  }

  @Test func `what was erased while it is copied is not in the copy`() async throws {
    let exchange = try TemporaryFolder()
    let (folder, keys) = try testKeys()
    _ = keys
    let secrets = try SecretsFolder(path: folder.path + "/secrets", create: false)
    let payload = try PayloadKeys {
      try secrets.allKeys(.payload).map { PayloadKeys.MasterKey(identifier: $0.identifier, bytes: $0.bytes) }
    }
    let ledgerKeys = LedgerKeys(identifier: "k1", hmacKey: try secrets.allKeys(.hmac)[0].bytes, payload: payload)
    let ledger = try Ledger.open(LedgerSettings(path: exchange.path + "/l.sqlite", keys: ledgerKeys))
    let failure = FailureRecord(stage: "read", cause: "schema", permanent: true, detail: "d", fingerprint: "f")
    for id in ["m1", "m2", "m3"] {
      _ = try await ledger.record(
        Intake(
          sender: .known("alpha"), messageID: id, publishedLane: .threat, lane: .threat,
          body: .bytes(Array(repeating: 32, count: 100_000) + Array(id.utf8)), receivedAt: Example.now,
          verdict: .failed(failure)))
    }
    mkdir(exchange.path + "/copy", 0o700)
    async let copy = ledger.copy(into: exchange.path + "/copy")
    _ = try await ledger.erase(messages: [2], operator: "ada", reason: "r", arguments: [], at: Example.now)
    let made = try await copy
    try await Ledger.restore(from: exchange.path + "/copy", to: exchange.path + "/r.sqlite")
    let restored = try Ledger.open(LedgerSettings(path: exchange.path + "/r.sqlite", keys: ledgerKeys))
    #expect(try await restored.audit(readingPayloads: true).anomalies == [])
    #expect([2, 3].contains(made.files))
    await restored.close()
    await ledger.close()
  }
}
