import Contract
import FoundationEssentials
import GRDB
import Testing

@testable import Ledger

/// Every kind of damage is planted once, and found under its name.
struct AuditTests {
  /// A ledger with one of everything, in balance.
  static func books() async throws -> Desk {
    let desk = try Desk { $0.orphanAgeMilliseconds = -60_000 }
    let ledger = desk.ledger
    _ = try await ledger.configurationVersion(for: "d1", files: [1], at: moment())
    let claim = Claim(owner: "hub-1", until: moment(1000))
    let pairs: [Pair] = [.to(enisa), .to(cert), .to(AgencyID("de-bsi")!, .withhold), .to(AgencyID("fr-anssi")!, .hold)]
    let large = String(repeating: "x", count: 100_000)
    let first = try await ledger.accept(.message("m1", body: large, claim: claim, pairs: pairs))
    try await ledger.settle([
      Settlement(
        delivery: first.deliveries[0], owner: "hub-1", at: moment(1),
        result: .narrowed(
          RevisedDecision(
            outcome: .redact, rule: "again", arrangement: nil, reason: "Less.", objects: [0], decision: []))),
      Settlement(
        delivery: first.deliveries[0], owner: "hub-1", at: moment(1),
        result: .delivered(revision: 1, bodyMAC: [1], losses: nil)),
      Settlement(delivery: first.deliveries[1], owner: "hub-1", at: moment(1), result: .deadLetter(.refused)),
    ])
    let letter = try await ledger.refuse(.message("m2", failure: .malformed))
    _ = try await ledger.editDeadLetter(letter, body: [1], operator: "ada", note: "n", at: moment(2))
    _ = try await ledger.requestAct("replay", arguments: [], operator: "ada", at: moment(3))
    _ = try await ledger.accept(.message("m3", pairs: [.to(enisa)]))
    return desk
  }

  @Test func `books in balance show no anomaly, and count every pair once`() async throws {
    let report = try await Self.books().ledger.audit(readingPayloads: true)
    #expect(report.anomalies == [])
    #expect(report.isBalanced)
    #expect(report.messages == [.accepted: 2, .failed: 1])
    #expect(report.pairs[enisa] == [.delivered: 1, .pending: 1])
    #expect(report.pairs[cert] == [.deadLettered: 1])
    #expect(report.pairs.values.reduce(0) { $0 + $1.values.reduce(0, +) } == 5)
    #expect(report.deadLetters == [.open: 2])
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    let sql: String
    let kinds: Set<AuditReport.Anomaly.Kind>
    var testDescription: String { sql }

    init(_ sql: String, _ kinds: AuditReport.Anomaly.Kind...) {
      self.sql = sql
      self.kinds = Set(kinds)
    }
  }

  @Test(arguments: [
    Damage("DELETE FROM entry WHERE seq = 3", .logGap, .entryMissing),
    Damage("DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)", .entryMissing),
    Damage("UPDATE entry SET leaf = CAST(leaf || ' ' AS BLOB) WHERE seq = 2", .entryHash, .entryDiffers),
    Damage("UPDATE entry SET hash = zeroblob(32) WHERE seq = 2", .entryHash),
    Damage("UPDATE decision SET entry = 9999 WHERE id = 1", .entryMissing),
    Damage("UPDATE delivery SET recipient = 'us-cisa' WHERE id = 5", .entryDiffers),
    Damage("UPDATE decision SET reason = 'Other.' WHERE delivery = 2", .entryDiffers),
    Damage("UPDATE decision SET objects = x'0009' WHERE delivery = 2", .entryDiffers),
    Damage("UPDATE decision SET outcome = 'hold' WHERE delivery = 1 AND kind = 'intake'", .entryDiffers),
    Damage("UPDATE delivery SET body_mac = x'02' WHERE id = 1", .entryDiffers),
    Damage("UPDATE message SET tlp = 'TLP:CLEAR' WHERE id = 1", .entryDiffers),
    Damage("UPDATE message SET message_id = 'm9' WHERE id = 1", .entryDiffers),
    Damage("UPDATE failure SET detail = 'Nothing.' WHERE id = 1", .entryDiffers),
    Damage("UPDATE failure SET cause = 'none' WHERE id = 1", .entryDiffers),
    Damage("UPDATE dead_letter_event SET note = 'I did not.' WHERE id = 1", .entryDiffers),
    Damage("UPDATE edit SET operator = 'eve'", .entryDiffers),
    Damage("UPDATE act SET operator = 'eve'", .entryDiffers),
    Damage("UPDATE configuration SET digest = 'd2'", .entryDiffers),
    Damage("DELETE FROM configuration", .rowMissing),
    Damage("DELETE FROM edit", .rowMissing),
    Damage("DELETE FROM decision WHERE delivery = 5", .rowMissing, .stateAgainstDecision),
    Damage("UPDATE delivery SET decision = 1 WHERE id = 5", .stateAgainstDecision),
    Damage("DELETE FROM delivery WHERE id = 3", .pairsMissing, .rowMissing),
    Damage("UPDATE message SET considered = 5 WHERE id = 1", .pairsMissing, .entryDiffers),
    Damage("UPDATE message SET message_id = 'm1' WHERE id = 3", .identityTwice, .entryDiffers),
    Damage("UPDATE delivery SET state = 'pending' WHERE id = 3", .stateAgainstDecision),
    Damage("UPDATE delivery SET state = 'withheld' WHERE id = 5", .stateAgainstDecision),
    Damage(
      "UPDATE delivery SET state = 'delivered' WHERE id = 3", .stateAgainstDecision, .deliveredUnconfirmed),
    Damage("UPDATE delivery SET state = 'delivered' WHERE id = 5", .deliveredUnconfirmed),
    Damage("UPDATE delivery SET state = 'dead-lettered' WHERE id = 5", .deadLetterMissing),
    Damage("UPDATE delivery SET state = 'discarded' WHERE id = 5", .deadLetterMissing),
    Damage("UPDATE delivery SET state = 'pending' WHERE id = 2", .deadLetterStale),
    Damage("UPDATE dead_letter SET state = 'resolved' WHERE delivery = 2", .deadLetterMissing),
    Damage("UPDATE message SET state = 'failed' WHERE id = 3", .deadLetterMissing),
    Damage("DELETE FROM payload WHERE message = 3", .payloadMissing),
    Damage("UPDATE payload SET size = size + 1 WHERE message = 1", .payloadMissing),
    Damage("UPDATE payload SET bytes = x'00' WHERE message = 3", .payloadDiffers),
    Damage("UPDATE payload SET file = NULL, bytes = x'00' WHERE message = 1", .payloadDiffers, .orphanFile),
  ])
  func `planted damage is found`(damage: Damage) async throws {
    let desk = try await Self.books()
    try await desk.ledger.write(isUrgent: true, bytes: 0) { try $0.db.execute(sql: damage.sql) }
    let report = try await desk.ledger.audit(readingPayloads: true)
    #expect(Set(report.anomalies.map(\.kind)) == damage.kinds)
    #expect(!report.isBalanced)
  }

  @Test func `a file that is gone, another in its place, and one that nobody names are found`() async throws {
    let desk = try await Self.books()
    let file = try #require(try desk.ledger.payloads.names(olderThan: nil).first)
    let orphan = try await desk.ledger.payloads.write([1])
    let size = try #require(desk.ledger.payloads.size(of: file))
    try Data(repeating: 0, count: size).write(to: URL(filePath: desk.ledger.payloads.folder + "/" + file))
    var report = try await desk.ledger.audit(readingPayloads: true)
    #expect(report.anomalies.map(\.kind) == [.payloadDiffers, .orphanFile])
    #expect(report.anomalies.last?.what.contains(orphan) == true)
    desk.ledger.payloads.remove(file)
    report = try await desk.ledger.audit()
    #expect(report.anomalies.map(\.kind) == [.payloadMissing, .orphanFile])
  }

  @Test func `a payload that was erased breaks no proof, only its absence is told`() async throws {
    let desk = try await Self.books()
    try await desk.ledger.write(isUrgent: true, bytes: 0) {
      try $0.execute("UPDATE payload SET bytes = NULL WHERE message = 3")
    }
    #expect(try await desk.ledger.audit(readingPayloads: true).anomalies == [])
  }

  @Test func `more anomalies than anyone reads are counted, not kept`() async throws {
    let desk = try Desk()
    try await desk.ledger.write(isUrgent: true, bytes: 0) { transaction in
      for _ in 0..<1500 { _ = try transaction.append(.duplicate(of: 1, at: moment(), count: 1)) }
      try transaction.execute("UPDATE entry SET hash = zeroblob(32)")
    }
    let report = try await desk.ledger.audit()
    #expect(report.anomalyCount == 1500)
    #expect(report.anomalies.count == 1000)
  }
}
