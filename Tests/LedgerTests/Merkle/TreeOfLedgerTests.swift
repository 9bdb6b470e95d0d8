import Contract
import Crypto
import GRDB
import Testing

@testable import Ledger

/// The tree that a ledger keeps, its heads and its proofs.
struct TreeOfLedgerTests {
  static let key = try! Curve25519.Signing.PrivateKey(rawRepresentation: Array(repeating: 5, count: 32))
  static let signer = HeadSigner(key: "s1") { try Array(key.signature(for: $0)) }
  static let isSigned: @Sendable (SignedHead) -> Bool? = { head in
    head.key == "s1" ? key.publicKey.isValidSignature(head.signature, for: head.signedText) : nil
  }

  private func kinds(_ desk: Desk) async throws -> Set<TreeReport.Fault.Kind> {
    Set(try await desk.ledger.verifyTree(isSigned: Self.isSigned).faults.map(\.kind))
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    let sql: String
    let kinds: Set<TreeReport.Fault.Kind>
    var testDescription: String { sql }

    init(_ sql: String, _ kinds: TreeReport.Fault.Kind...) {
      self.sql = sql
      self.kinds = Set(kinds)
    }
  }

  @Test(arguments: [
    Damage("DELETE FROM entry WHERE seq = 3", .gap),
    Damage("DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)", .cut, .subtree),
    Damage("UPDATE entry SET leaf = CAST(leaf || ' ' AS BLOB) WHERE seq = 2", .leafHash, .subtree, .head),
    Damage("UPDATE entry SET hash = zeroblob(32) WHERE seq = 2", .leafHash),
    Damage("UPDATE subtree SET hash = zeroblob(32) WHERE position = 1", .subtree),
    Damage("DELETE FROM subtree WHERE position = 1", .subtree),
    Damage("INSERT INTO subtree VALUES (5000, zeroblob(32))", .subtree),
    Damage("UPDATE head SET root = zeroblob(32)", .head, .signature),
    Damage("UPDATE head SET signature = zeroblob(64)", .signature),
    Damage("UPDATE head SET at = at + 1", .signature),
    Damage("UPDATE head SET key = 's9'", .unknownKey),
    Damage("UPDATE head SET size = size + 100", .cut),
  ])
  func `planted damage is found`(damage: Damage) async throws {
    let desk = try await AuditTests.books()
    // An even number of entries: the last one completes a subtree.
    if try await desk.ledger.read({ try $0.treeSize() }) % 2 == 1 {
      _ = try await desk.ledger.requestAct("replay", arguments: [], operator: "ada", at: moment())
    }
    _ = try await desk.ledger.signHead(by: Self.signer, at: moment())
    #expect(try await kinds(desk) == [])
    try await desk.ledger.write(isUrgent: true, bytes: 0) { try $0.db.execute(sql: damage.sql) }
    #expect(try await kinds(desk) == damage.kinds)
  }

  /// Leaf, hashes and all subtrees rewritten: only a head that somebody has kept tells.
  @Test func `a log that was rewritten whole is told by a head that was signed before`() async throws {
    let desk = try await AuditTests.books()
    _ = try await desk.ledger.signHead(by: Self.signer, at: moment())
    try await desk.ledger.write(isUrgent: true, bytes: 0) { transaction in
      try transaction.db.execute(sql: "UPDATE entry SET leaf = CAST(leaf || ' ' AS BLOB) WHERE seq = 2")
      let leaf = try #require(try transaction.row("SELECT leaf FROM entry WHERE seq = 2", [])).bytes("leaf")
      try transaction.execute("UPDATE entry SET hash = ? WHERE seq = 2", [LedgerEntry.hash(of: leaf).blob])
      try transaction.execute("DELETE FROM subtree")
      try Migrations.growTree(transaction.db)
    }
    #expect(try await kinds(desk) == [.head])
  }

  @Test func `an agency that a message does not concern gets no proof of it`() async throws {
    let desk = try await AuditTests.books()
    for stranger in ["de-bsi", "fr-anssi", "pl-cert-polska", "at-cert"] {
      let proof = try await desk.ledger.prove(
        messages: [1], to: AgencyID(stranger)!, signer: Self.signer, at: moment())
      #expect(proof == nil)
    }
    await #expect(throws: LedgerError.self) {
      try await desk.ledger.prove(messages: [1], to: cisa, since: 1000, signer: Self.signer, at: moment())
    }
  }

  @Test func `a write that fails leaves no trace in the tree`() async throws {
    let desk = try Desk()
    for number in 0..<40 {
      async let good = desk.ledger.requestAct("a", arguments: [], operator: "ada", at: moment(Int64(number)))
      do {
        try await desk.ledger.write(isUrgent: true, bytes: 0) { transaction in
          for _ in 0..<number % 7 { _ = try transaction.append(.duplicate(of: 1, at: moment(), count: 1)) }
          throw LedgerError(.invalid, "on purpose")
        }
        Issue.record("a write that failed was taken")
      } catch { #expect(error.code == .invalid) }
      _ = try await good
    }
    let report = try await desk.ledger.verifyTree(isSigned: Self.isSigned)
    #expect(report.isSound)
    #expect(report.size == 40)
    #expect(report.hashes == 40 + 40 - 2)
  }

  @Test func `a head is signed once for each size, the same by the same key`() async throws {
    let desk = try await AuditTests.books()
    let head = try await desk.ledger.signHead(by: Self.signer, at: moment())
    #expect(try await desk.ledger.signHead(by: Self.signer, at: moment(9)) == head)
    #expect(try await desk.ledger.newestHead() == head)
    #expect(Self.isSigned(head) == true)
    #expect(try Self.signer.sign(head.signedText) == head.signature)
    #expect(
      String(decoding: head.signedText, as: UTF8.self)
        == #"{"at":1795500000000,"key":"s1","root":"\#(head.root.hex)","size":\#(head.size),"#
        + #""type":"tree-head","v":1}"#)
    _ = try await desk.ledger.requestAct("replay", arguments: [], operator: "ada", at: moment(3))
    #expect(try await desk.ledger.signHead(by: Self.signer, at: moment(9)).size == head.size + 1)
    #expect(try await kinds(desk) == [])
  }

  @Test func `the sender's proof opens its message, the recipient's its delivery, and both hold`() async throws {
    let desk = try await AuditTests.books()
    _ = try await desk.ledger.accept(.message("m4", pairs: [.to(enisa), .to(cert)]))
    for delivery in try await desk.ledger.claimDeliveries(
      limit: 9, recipient: enisa, owner: "h", now: moment(9), leaseMilliseconds: 9)
    {
      try await desk.ledger.settle(
        Settlement(
          delivery: delivery.id, owner: "h", at: moment(9), result: .delivered(revision: 1, bodyMAC: [2], losses: nil)))
    }
    let message = try #require(try await desk.ledger.trace(messageID: "m4").messages.first)
    let sent = try #require(
      try await desk.ledger.prove(messages: [message.id], to: cisa, since: 5, signer: Self.signer, at: moment()))
    let got = try #require(
      try await desk.ledger.prove(messages: [message.id], to: enisa, signer: Self.signer, at: moment()))
    #expect(sent.entries.map { $0.opening?.parts.map(\.name).first } == ["message-id"])
    #expect(got.entries.map { $0.opening?.parts.map(\.name).first } == ["reason", "body-mac"])
    for proof in [sent, got] {
      for entry in proof.entries {
        #expect(
          MerkleCheck.includes(
            leafHash: LedgerEntry.hash(of: entry.leaf), at: entry.index, size: proof.head.size, root: proof.head.root,
            path: entry.path))
        let commitment = try #require(entry.opening).commitment.hex
        #expect(String(decoding: entry.leaf, as: UTF8.self).contains(#""commitment":"\#(commitment)""#))
      }
    }
    let beginning = try #require(sent.beginnings.first)
    #expect(
      MerkleCheck.isConsistent(
        old: (5, beginning.root), new: (sent.head.size, sent.head.root), path: beginning.path))
    // A recipient of a part sees its delivery alone: what was decided would name what it did not get.
    let part = try #require(try await desk.ledger.prove(messages: [1], to: enisa, signer: Self.signer, at: moment()))
    #expect(part.entries.map { LedgerEntry.type(of: $0.leaf) } == ["delivery"])
  }
}
