package import Contract
import GRDB

extension Ledger {
  /// The head of the log as it is now: the one that was signed at this size, else a new one that is kept.
  package func signHead(by signer: HeadSigner, at: Instant) async throws(LedgerError) -> SignedHead {
    if let known = try await read({ try $0.head(ofSize: $0.treeSize()) }) { return known }
    return try await write(isUrgent: true, bytes: 0) { transaction in
      let db = transaction.db
      let size = try db.treeSize()
      if let known = try db.head(ofSize: size) { return known }
      let root = try MerkleProver(hash: db.hash(of:)).root(ofSize: size)
      let signature = try signer.sign(SignedHead.signedText(size: size, root: root, at: at, key: signer.key))
      try transaction.execute(
        "INSERT INTO head (size, root, at, key, signature) VALUES (?, ?, ?, ?, ?)",
        [size, root.blob, at.milliseconds, signer.key, signature.blob])
      return SignedHead(size: size, root: root, at: at, key: signer.key, signature: signature)
    }
  }

  /// The newest head that was signed; nil where none was.
  package func newestHead() async throws(LedgerError) -> SignedHead? {
    try await read { try $0.row("SELECT * FROM head ORDER BY size DESC LIMIT 1").map { try SignedHead($0) } }
  }

  /// The root of the log as it was at any size up to now.
  package func root(ofSize size: Int64) async throws(LedgerError) -> [UInt8] {
    try await read { db in
      guard try 0 <= size && size <= db.treeSize() else {
        throw LedgerError(.notFound, "the log never had \(size) entries")
      }
      return try MerkleProver(hash: db.hash(of:)).root(ofSize: size)
    }
  }
}

extension Database {
  /// How many leaves the tree has.
  func treeSize() throws -> Int64 {
    (try Int64.fetchOne(cachedStatement(sql: "SELECT max(seq) FROM entry")) ?? -1) + 1
  }

  /// The hash of a full subtree.
  func hash(of subtree: Subtree) throws -> [UInt8] {
    let row =
      subtree.level == 0
      ? try row("SELECT hash FROM entry WHERE seq = ?", [subtree.index])
      : try row("SELECT hash FROM subtree WHERE position = ?", [subtree.position])
    guard let row else {
      throw LedgerError(.corrupt, "the log's tree has a hole at level \(subtree.level), place \(subtree.index)")
    }
    return try row.bytes("hash")
  }

  func head(ofSize size: Int64) throws -> SignedHead? {
    try row("SELECT * FROM head WHERE size = ?", [size]).map { try SignedHead($0) }
  }
}

extension SignedHead {
  init(_ row: Row) throws {
    self.init(
      size: row["size"], root: try row.bytes("root"), at: row.instant("at"), key: row["key"],
      signature: try row.bytes("signature"))
  }
}
