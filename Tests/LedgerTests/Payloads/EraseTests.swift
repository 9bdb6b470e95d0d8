import Contract
import Crypto
import FoundationEssentials
import Testing

@testable import Ledger

/// What goes, what stays, and what still can be proven.
struct EraseTests {
  private let secret = "a victim that nobody may know of"

  private func erase(_ desk: Desk, _ messages: [Int64]) async throws -> Erasure {
    try await desk.ledger.erase(
      messages: messages, operator: "ada", reason: "asked", arguments: Array("{}".utf8), at: moment(9))
  }

  private func isGone(_ error: any Error) -> Bool { (error as? LedgerError)?.code == .payloadGone }

  private func deliver(_ desk: Desk, _ delivery: Int64) async throws {
    try await desk.ledger.settle(
      Settlement(
        delivery: delivery, owner: "hub", at: moment(1),
        result: .delivered(revision: 1, bodyMAC: [1, 2, 3], losses: Array(secret.utf8))))
  }

  @Test func `nothing of it is taken while a hub delivers it`() async throws {
    let desk = try Desk()
    let accepted = try await desk.ledger.accept(
      .message("m1", body: secret, claim: Claim(owner: "hub", until: moment(1000))))
    await #expect { try await erase(desk, [accepted.message]) } throws: { ($0 as? LedgerError)?.code == .conflict }
    #expect(try await desk.ledger.payload(of: accepted.message) == Array(secret.utf8))
    #expect(try await desk.ledger.audit(readingPayloads: true).anomalies == [])
  }

  @Test func `nothing of it is taken while a replay has it`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", body: secret, failure: .malformed))
    #expect(try await desk.ledger.beginReplay(letter, act: nil, now: moment()))
    await #expect { try await erase(desk, [1]) } throws: { ($0 as? LedgerError)?.code == .conflict }
    #expect(try await desk.ledger.payload(ofDeadLetter: letter) == Array(secret.utf8))
  }

  @Test(arguments: [false, true])
  func `bytes, key, texts and salts leave the disk, and the books balance`(isLarge: Bool) async throws {
    let desk = try Desk()
    let body = secret + String(repeating: "x", count: isLarge ? 100_000 : 0)
    var intake = Intake.message(
      "m1", body: body, type: secret, headers: #"{"entente-case":"\#(secret)"}"#,
      pairs: [.to(enisa), .to(cert, .hold)])
    if case .accepted(var accepted) = intake.verdict {
      for index in accepted.pairs.indices { accepted.pairs[index].reason = secret }
      intake.verdict = .accepted(accepted)
    }
    let accepted = try await desk.ledger.accept(intake)
    try await deliver(desk, accepted.deliveries[0])
    let letter = try await desk.ledger.refuse(.message("m1", body: secret + "2", failure: .malformed))
    _ = try await desk.ledger.editDeadLetter(
      letter, body: Array(body.utf8), operator: "ada", note: secret, at: moment())
    let erasure = try await erase(desk, [accepted.message, 2])
    #expect((erasure.messages, erasure.deliveries, erasure.deadLetters) == (2, 1, 1))
    await #expect { try await desk.ledger.payload(of: accepted.message) } throws: { isGone($0) }
    await #expect { try await desk.ledger.payload(ofDeadLetter: letter) } throws: { isGone($0) }
    #expect(try desk.ledger.payloads.names(olderThan: nil) == [])
    let report = try await desk.ledger.audit(readingPayloads: true)
    #expect(report.anomalies == [])
    #expect(report.pairs[cert] == [.withheld: 1])
    await desk.ledger.close()
    var disk = try Data(contentsOf: URL(filePath: desk.path))
    if let log = try? Data(contentsOf: URL(filePath: desk.path + "-wal")) { disk += log }
    #expect(disk.firstRange(of: Data(secret.utf8)) == nil)
  }

  @Test func `the log verifies as before, and a proof opens what was erased to nobody`() async throws {
    let desk = try Desk()
    let key = Curve25519.Signing.PrivateKey()
    let signer = HeadSigner(key: "s1") { try Array(key.signature(for: $0)) }
    let accepted = try await desk.ledger.accept(.message("m1", body: secret, pairs: [.to(enisa)]))
    try await deliver(desk, accepted.deliveries[0])
    let before = try await desk.ledger.prove(messages: [1], to: enisa, signer: signer, at: moment())
    #expect(before?.entries.allSatisfy { $0.opening != nil } == true)
    _ = try await erase(desk, [accepted.message])
    for agency in [cisa, enisa] {
      let proof = try await desk.ledger.prove(messages: [1], to: agency, signer: signer, at: moment(10))
      #expect(proof?.entries.isEmpty == false)
      #expect(proof?.entries.allSatisfy { $0.opening == nil } == true)
    }
    let report = try await desk.ledger.verifyTree { key.publicKey.isValidSignature($0.signature, for: $0.signedText) }
    #expect(report.isSound)
  }

  @Test func `it is erased once, and a repeat of the message is still a duplicate`() async throws {
    let desk = try Desk()
    let accepted = try await desk.ledger.accept(.message("m1", body: secret, pairs: []))
    #expect(try await erase(desk, [accepted.message]).messages == 1)
    #expect(try await erase(desk, [accepted.message]).messages == 0)
    #expect(try await desk.ledger.record(.message("m1", body: secret)) == .duplicate(of: accepted.message))
    #expect(try await desk.ledger.audit(readingPayloads: true).anomalies == [])
    let events = try await desk.ledger.trace(messageID: "m1").events.map(\.what)
    #expect(events.contains(.erased) && events.contains(.act))
  }

  @Test func `a row that was emptied without an erasure is an anomaly`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1", body: secret))
    try await desk.ledger.write(isUrgent: true, bytes: 0) {
      try $0.execute("DELETE FROM payload")
      try $0.execute("UPDATE decision SET reason = '', objects = x'', bytes = x'', salt = x''")
    }
    let kinds = Set(try await desk.ledger.audit().anomalies.map(\.kind))
    #expect(kinds == [.entryDiffers, .payloadMissing])
  }

  // MARK: - By itself

  private func red(_ id: String, _ pairs: [Pair]) -> Intake {
    var intake = Intake.message(id, body: secret, pairs: pairs)
    if case .accepted(var accepted) = intake.verdict {
      accepted.tlp = "TLP:RED"
      intake.verdict = .accepted(accepted)
    }
    return intake
  }

  @Test func `TLP RED stays until its last recipient has it, and not longer`() async throws {
    let desk = try Desk()
    let accepted = try await desk.ledger.accept(red("m1", [.to(enisa), .to(cert), .to(cisa, .withhold)]))
    for delivery in accepted.deliveries.prefix(2) {
      #expect(try await desk.ledger.expire(at: moment(5)) == 0)
      #expect(try await desk.ledger.payload(of: accepted.message) == Array(secret.utf8))
      try await deliver(desk, delivery)
    }
    #expect(try await desk.ledger.expire(at: moment(5)) == 1)
    #expect(try await desk.ledger.expire(at: moment(5)) == 0)
    await #expect { try await desk.ledger.payload(of: accepted.message) } throws: { isGone($0) }
    #expect(try await desk.ledger.delivery(accepted.deliveries[0])?.reason == "The grant covers it.")
    #expect(try await desk.ledger.audit(readingPayloads: true).anomalies == [])
  }

  @Test func `TLP RED in a dead letter or under a hold stays`() async throws {
    let desk = try Desk()
    let claim = Claim(owner: "hub", until: moment(1000))
    var failing = red("m1", [.to(enisa)])
    failing.claim = claim
    let first = try await desk.ledger.accept(failing)
    try await desk.ledger.settle(
      Settlement(delivery: first.deliveries[0], owner: "hub", at: moment(1), result: .deadLetter(.refused)))
    _ = try await desk.ledger.accept(red("m2", [.to(enisa, .hold)]))
    #expect(try await desk.ledger.expire(at: moment(5)) == 0)
  }

  @Test func `what was never read counts as TLP RED once its dead letter is closed`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", body: secret, failure: .malformed))
    #expect(try await desk.ledger.expire(at: moment(5)) == 0)
    try await desk.ledger.discard(letter, operator: "ada", reason: "no", at: moment(6))
    #expect(try await desk.ledger.expire(at: moment(7)) == 1)
    await #expect { try await desk.ledger.payload(ofDeadLetter: letter) } throws: { isGone($0) }
    #expect(try await desk.ledger.audit(readingPayloads: true).anomalies == [])
  }

  @Test func `at the end of its retention everything beside the log goes, whatever waits for it`() async throws {
    let desk = try Desk()
    var kept = Intake.message("m1", body: secret, pairs: [.to(enisa), .to(cert, .hold)])
    kept.eraseAt = moment(100)
    let accepted = try await desk.ledger.accept(kept)
    _ = try await desk.ledger.accept(.message("m2", body: secret))
    #expect(try await desk.ledger.expire(at: moment(99)) == 0)
    #expect(try await desk.ledger.expire(at: moment(100)) == 1)
    #expect(try await desk.ledger.expire(at: moment(101)) == 0)
    await #expect { try await desk.ledger.payload(of: accepted.message) } throws: { isGone($0) }
    #expect(try await desk.ledger.payload(of: 2) == Array(secret.utf8))
    let delivery = try await desk.ledger.delivery(accepted.deliveries[0])
    #expect(delivery?.state == .withheld)
    #expect(delivery?.rule == "retention-ended")
    #expect(try await desk.ledger.audit(readingPayloads: true).anomalies == [])
    #expect(try await desk.ledger.verifyTree(isSigned: { _ in nil }).isSound)
  }
}
