package import Contract
import GRDB

/// What proves an agency's part of a message to that agency, without trusting the hub.
package struct LedgerProof: Sendable, Equatable {
  package let head: SignedHead
  package let entries: [ProvenEntry]
  /// Earlier sizes, each with the root that the log had and why it is a beginning of the head's.
  package let beginnings: [ProvenBeginning]

  package init(head: SignedHead, entries: [ProvenEntry], beginnings: [ProvenBeginning]) {
    self.head = head
    self.entries = entries
    self.beginnings = beginnings
  }
}

/// A leaf, its audit path, and what its commitment stands for.
package struct ProvenEntry: Sendable, Equatable {
  package let index: Int64
  package let leaf: [UInt8]
  package let path: [[UInt8]]
  package let opening: Opening?

  package init(index: Int64, leaf: [UInt8], path: [[UInt8]], opening: Opening?) {
    self.index = index
    self.leaf = leaf
    self.path = path
    self.opening = opening
  }

  /// The salt and the parts of the value, in the order in which they were committed to.
  package struct Opening: Sendable, Equatable {
    package let salt: [UInt8]
    package let parts: [Part]

    package init(salt: [UInt8], parts: [Part]) {
      self.salt = salt
      self.parts = parts
    }

    package var commitment: [UInt8] {
      var value = CommittedValue()
      for part in parts { value.append(part.bytes) }
      return value.commitment(salt: salt)
    }
  }

  package struct Part: Sendable, Equatable {
    package let name: String
    /// Nil where the part is absent.
    package let bytes: [UInt8]?

    package init(_ name: String, _ bytes: [UInt8]?) {
      self.name = name
      self.bytes = bytes
    }

    init(_ name: String, text: String?) { self.init(name, text.map { Array($0.utf8) }) }
  }
}

/// An earlier size of the log.
package struct ProvenBeginning: Sendable, Equatable {
  package let size: Int64
  package let root: [UInt8]
  package let path: [[UInt8]]

  package init(size: Int64, root: [UInt8], path: [[UInt8]]) {
    self.size = size
    self.root = root
    self.path = path
  }
}

extension Ledger {
  /// Proves to an agency what the log says of messages, as far as it is that agency's business.
  ///
  /// To its sender: that it was received, opened to message-id, headers and digest, which the sender knows. To a
  /// recipient: its confirmed delivery, and where it got the whole its decision, opened. Nothing of other recipients, of
  /// what was withheld, or of an original that was not delivered whole is in it.
  ///
  /// - Parameter since: also proves that the log of this size is a beginning of today's.
  /// - Returns: nil where none of the messages concerns the agency.
  package func prove(
    messages: [Int64], to agency: AgencyID, since: Int64? = nil, signer: HeadSigner, at: Instant
  ) async throws(LedgerError) -> LedgerProof? {
    let head = try await signHead(by: signer, at: at)
    if let since, since < 0 || since > head.size {
      throw LedgerError(.notFound, "the log never had \(since) entries; it has \(head.size)")
    }
    return try await read { db in
      let gathering = ProofGathering(db: db, prover: MerkleProver(hash: db.hash(of:)), size: head.size)
      let entries = try messages.flatMap { try gathering.entries(of: $0, for: agency) }
      guard !entries.isEmpty else { return nil }
      let beginnings = try since.map { [try gathering.beginning($0)] } ?? []
      return LedgerProof(head: head, entries: entries.sorted { $0.index < $1.index }, beginnings: beginnings)
    }
  }
}

private struct ProofGathering {
  let db: Database
  let prover: MerkleProver
  let size: Int64

  func beginning(_ size: Int64) throws -> ProvenBeginning {
    ProvenBeginning(
      size: size, root: try prover.root(ofSize: size), path: try prover.consistency(from: size, to: self.size))
  }

  func entries(of message: Int64, for agency: AgencyID) throws -> [ProvenEntry] {
    guard let row = try db.row("SELECT * FROM message WHERE id = ?", [message]) else { return [] }
    let received = try MessageRow(row)
    // What was erased is still proven to stand in the log; nobody can say any more what it was.
    let isErased = try row.bytes("salt").isEmpty
    var entries: [ProvenEntry] = []
    if received.sender == agency {
      entries.append(try entry(received.entry, opening: try opening(received, salt: row.bytes("salt"))))
    }
    let sql =
      """
      SELECT d.*, c.outcome, c.reason, c.objects, c.bytes, c.salt, c.entry FROM delivery d
      JOIN decision c ON c.id = d.decision
      WHERE d.message = ? AND d.recipient = ? AND d.confirm_entry IS NOT NULL
      """
    for row in try db.rows(sql, [message, agency.slug]) {
      let salt = try row.bytes("confirm_salt")
      let confirm: [ProvenEntry.Part] = [
        .init("body-mac", try row.bytes("body_mac")), .init("losses", try row.optionalBytes("losses")),
      ]
      entries.append(
        try entry(row["confirm_entry"], opening: isErased ? nil : .init(salt: salt, parts: confirm)))
      guard (row["outcome"] as String) == DecisionOutcome.deliver.rawValue else { continue }
      let decision: [ProvenEntry.Part] = [
        .init("reason", text: row["reason"]), .init("objects", try row.bytes("objects")),
        .init("decision", try row.bytes("bytes")), .init("delivery-id", text: row["delivery_id"]),
      ]
      entries.append(
        try entry(row["entry"], opening: isErased ? nil : .init(salt: try row.bytes("salt"), parts: decision)))
    }
    return entries
  }

  /// Nil where the payload's row is gone: without the digest nothing can be opened.
  private func opening(_ message: MessageRow, salt: [UInt8]) throws -> ProvenEntry.Opening? {
    let payload = try db.row("SELECT digest FROM payload WHERE message = ?", [message.id])
    guard let digest = try payload?.optionalBytes("digest") else { return nil }
    return .init(
      salt: salt,
      parts: [
        .init("message-id", text: message.messageID), .init("type", text: message.type),
        .init("content-type", text: message.contentType), .init("headers", message.headers),
        .init("body-sha256", digest),
      ])
  }

  private func entry(_ index: Int64, opening: ProvenEntry.Opening?) throws -> ProvenEntry {
    guard let row = try db.row("SELECT leaf FROM entry WHERE seq = ?", [index]) else {
      throw LedgerError(.corrupt, "entry \(index) is missing from the log")
    }
    return ProvenEntry(
      index: index, leaf: try row.bytes("leaf"), path: try prover.inclusion(of: index, inSize: size), opening: opening)
  }
}
