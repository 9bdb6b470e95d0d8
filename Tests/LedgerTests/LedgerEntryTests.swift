import Contract
import JSON
import Testing

@testable import Ledger

/// The leaves of version 1, byte for byte. These texts can never change: proofs that partners hold depend on them.
struct LedgerEntryTests {
  private static let commitment = [UInt8](repeating: 0xAB, count: 32)
  private static let hex = String(repeating: "ab", count: 32)

  private func text(_ entry: LedgerEntry) -> String { String(decoding: entry.leaf, as: UTF8.self) }

  @Test func `an accepted message`() {
    let entry = LedgerEntry.message(
      7, at: moment(), sender: "us-cisa", accepted: true, lane: .threat, publishedLane: .incident, format: "stix",
      kind: "indicators", tlp: "TLP:AMBER+STRICT", exercise: false, configuration: 3, considered: 2, replayOf: 5,
      commitment: Self.commitment)
    #expect(
      text(entry) == #"{"at":1795500000000,"commitment":"\#(Self.hex)","configuration":3,"considered":2,"#
        + #""exercise":false,"format":"stix","kind":"indicators","lane":"threat","message":7,"outcome":"accepted","#
        + #""published-lane":"incident","replay-of":5,"sender":"us-cisa","tlp":"TLP:AMBER+STRICT","type":"message","v":1}"#
    )
    #expect(entry.hash.hex == "02c5c0259812d662acee67f6f270c70a03886b9108189e067d4a71f7c36a8cf9")
  }

  @Test func `a failed message has no member for what is not known`() {
    let entry = LedgerEntry.message(
      8, at: moment(), sender: "us-cisa", accepted: false, lane: .threat, publishedLane: .threat, format: nil,
      kind: nil, tlp: nil, exercise: false, configuration: nil, considered: 0, replayOf: nil,
      commitment: Self.commitment)
    #expect(
      text(entry) == #"{"at":1795500000000,"commitment":"\#(Self.hex)","considered":0,"exercise":false,"#
        + #""lane":"threat","message":8,"outcome":"failed","published-lane":"threat","sender":"us-cisa","#
        + #""type":"message","v":1}"#)
  }

  @Test func `a duplicate`() {
    #expect(
      text(.duplicate(of: 7, at: moment(), count: 2))
        == #"{"at":1795500000000,"count":2,"message":7,"type":"duplicate","v":1}"#)
  }

  @Test(arguments: [
    (LedgerEntry.DecisionKind.intake, "decision"), (.narrowing, "narrowing"), (.replay, "decision"),
  ])
  func `a decision`(kind: LedgerEntry.DecisionKind, type: String) {
    let entry = LedgerEntry.decision(
      kind, delivery: 9, message: 7, at: moment(), recipient: "eu-enisa", outcome: "redact", rule: "tlp",
      arrangement: "eu-us-2026", configuration: 3, deadLetter: kind == .replay ? 4 : nil, commitment: Self.commitment)
    #expect(
      text(entry) == #"{"arrangement":"eu-us-2026","at":1795500000000,"commitment":"\#(Self.hex)","configuration":3,"#
        + (kind == .replay ? #""dead-letter":4,"# : "")
        + #""delivery":9,"message":7,"outcome":"redact","recipient":"eu-enisa","rule":"tlp","type":"\#(type)","v":1}"#)
  }

  @Test func `a confirmed delivery`() {
    #expect(
      text(.delivery(9, message: 7, at: moment(), revision: 2, commitment: Self.commitment))
        == #"{"at":1795500000000,"commitment":"\#(Self.hex)","delivery":9,"message":7,"revision":2,"#
        + #""type":"delivery","v":1}"#)
  }

  @Test func `a failure`() {
    let entry = LedgerEntry.failure(
      3, message: 7, delivery: nil, at: moment(), stage: "validate", cause: "schema", permanent: true,
      commitment: Self.commitment)
    #expect(
      text(entry) == #"{"at":1795500000000,"cause":"schema","commitment":"\#(Self.hex)","failure":3,"message":7,"#
        + #""permanent":true,"stage":"validate","type":"failure","v":1}"#)
  }

  @Test func `a dead letter's state`() {
    let entry = LedgerEntry.deadLetter(
      4, message: 7, delivery: 9, at: moment(), state: "open", act: 6, failure: 3, commitment: Self.commitment)
    #expect(
      text(entry) == #"{"act":6,"at":1795500000000,"commitment":"\#(Self.hex)","dead-letter":4,"delivery":9,"#
        + #""failure":3,"message":7,"state":"open","type":"dead-letter","v":1}"#)
  }

  @Test func `an edit, an act and a configuration`() {
    #expect(
      text(.edit(deadLetter: 4, message: 7, at: moment(), revision: 1, commitment: Self.commitment))
        == #"{"at":1795500000000,"commitment":"\#(Self.hex)","dead-letter":4,"message":7,"revision":1,"#
        + #""type":"edit","v":1}"#)
    #expect(
      text(.act(6, at: moment(), kind: "replay", state: "requested", commitment: Self.commitment))
        == #"{"act":6,"at":1795500000000,"commitment":"\#(Self.hex)","kind":"replay","state":"requested","#
        + #""type":"act","v":1}"#)
    #expect(
      text(.configuration(3, at: moment(), commitment: Self.commitment))
        == #"{"at":1795500000000,"commitment":"\#(Self.hex)","type":"configuration","v":1,"version":3}"#)
  }

  @Test func `codes that hold odd characters are escaped as RFC 8785 has it`() {
    let entry = LedgerEntry.act(1, at: moment(), kind: "a\"\\\u{8}\t\n\u{c}\r\u{1}/é😀", state: "s", commitment: [])
    #expect(text(entry).contains(#""kind":"a\"\\\b\t\n\f\r\u0001/é😀""#))
  }

  @Test func `every leaf of a ledger is its own canonical form`() async throws {
    let desk = try await AuditTests.books()
    let leaves = try await desk.ledger.read { try $0.rows("SELECT leaf FROM entry").map { try $0.bytes("leaf") } }
    #expect(leaves.count > 15)
    for leaf in leaves { #expect(JCS.canonical(try JSONDocument(leaf).root) == leaf) }
  }

  @Test func `the hash is RFC 6962's of a leaf`() {
    #expect(
      LedgerEntry.hash(of: []).hex == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
    #expect(
      LedgerEntry.hash(of: [0]).hex == "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7")
  }

  @Test func `a commitment is SHA-256 over a zero byte, the salt and the parts with their lengths`() {
    var value = CommittedValue()
    value.append("ab")
    value.append(nil as String?)
    value.append([UInt8]())
    #expect(
      value.bytes == [0, 0, 0, 0, 0, 0, 0, 2, 0x61, 0x62] + .init(repeating: 0xFF, count: 8)
        + .init(repeating: 0, count: 8))
    #expect(
      value.commitment(salt: Array(0..<16)).hex == "47618817da2e2c6559380913653b9b1db3cf45b5f1f047cdb3e6f83a135076a0")
  }

  @Test func `the type of a leaf is found from its end`() {
    #expect(LedgerEntry.type(of: LedgerEntry.configuration(3, at: moment(), commitment: []).leaf) == "configuration")
    #expect(LedgerEntry.type(of: LedgerEntry.duplicate(of: 1, at: moment(), count: 1).leaf) == "duplicate")
    #expect(LedgerEntry.type(of: Array(#"{"v":1}"#.utf8)) == nil)
    #expect(LedgerEntry.type(of: []) == nil)
  }

  @Test func `the rows of a message are vouched for without a word of its sender`() async throws {
    let desk = try Desk()
    let secret = Intake.message("very-telling-id", body: "body of evidence", headers: #"{"entente-case":"C-17"}"#)
    _ = try await desk.ledger.accept(secret)
    _ = try await desk.ledger.refuse(.message("another-telling-id", failure: .malformed))
    let leaves = try await desk.ledger.read { db in
      try db.rows("SELECT leaf FROM entry").map { String(decoding: try $0.bytes("leaf"), as: UTF8.self) }
    }
    #expect(leaves.count == 6)
    for word in ["telling", "evidence", "C-17", "pattern", "grant covers"] {
      #expect(!leaves.contains { $0.contains(word) })
    }
  }
}
