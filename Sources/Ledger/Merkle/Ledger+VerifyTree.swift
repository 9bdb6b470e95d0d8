import Contract
import GRDB

extension Ledger {
  /// Builds the tree anew from the leaves, in one snapshot while everything runs on, and holds every stored hash and
  /// every signed head to it.
  ///
  /// - Parameter isSigned: whether a head's signature is true; nil where its key is not known.
  package func verifyTree(
    isSigned: @escaping @Sendable (SignedHead) -> Bool?
  ) async throws(LedgerError) -> TreeReport {
    try await read { db in
      var verification = TreeVerification(db: db, isSigned: isSigned)
      try verification.run()
      return verification.report
    }
  }
}

/// What building the log's tree anew has shown.
package struct TreeReport: Sendable, Equatable {
  /// How many leaves were read.
  package internal(set) var size: Int64 = 0
  /// The root over them.
  package internal(set) var root: [UInt8] = []
  /// How many stored hashes were compared.
  package internal(set) var hashes: Int64 = 0
  package internal(set) var heads = 0
  package internal(set) var newestHead: SignedHead?
  /// The first hundred of them.
  package internal(set) var faults: [Fault] = []
  package internal(set) var faultCount = 0

  package var isSound: Bool { faultCount == 0 }

  /// One thing that is not as it was written.
  package struct Fault: Sendable, Equatable {
    package let kind: Kind
    package let what: String

    package enum Kind: String, Sendable, CaseIterable {
      /// An entry is missing; what follows it cannot be vouched for.
      case gap
      /// A stored hash of an entry is not that of its leaf.
      case leafHash = "leaf-hash"
      /// A stored hash of a subtree is not that of its leaves, missing, or there without them.
      case subtree
      /// A signed head says another root: leaves before it were changed.
      case head
      /// A signed head is larger than the log: its end was cut off.
      case cut
      /// A head's signature is false.
      case signature
      /// A head's key is not known.
      case unknownKey = "unknown-key"
    }
  }

  mutating func add(_ kind: Fault.Kind, _ what: @autoclosure () -> String) {
    faultCount += 1
    if faults.count < 100 { faults.append(Fault(kind: kind, what: what())) }
  }
}

/// One pass over leaves, subtrees and heads, each in the order in which they were written.
private struct TreeVerification {
  let db: Database
  let isSigned: (SignedHead) -> Bool?
  var report = TreeReport()

  mutating func run() throws {
    let entries = try Row.fetchCursor(db, sql: "SELECT seq, leaf, hash FROM entry ORDER BY seq")
    let subtrees = try Row.fetchCursor(db, sql: "SELECT position, hash FROM subtree ORDER BY position")
    let heads = try Row.fetchCursor(db, sql: "SELECT * FROM head ORDER BY size")
    var head = try heads.next().map { try SignedHead($0) }
    var stored = try subtrees.next().map { try Stored($0) }
    var tree = MerkleFrontier()
    while true {
      while let due = head, due.size == tree.size {
        check(due, root: tree.root)
        head = try heads.next().map { try SignedHead($0) }
      }
      guard let row = try entries.next() else { break }
      let sequence: Int64 = row["seq"]
      guard sequence == tree.size else {
        report.add(.gap, "entry \(tree.size) is missing, \(sequence) follows: nothing behind it can be vouched for")
        report.size = tree.size
        report.root = tree.root
        return
      }
      let hash = LedgerEntry.hash(of: try row.bytes("leaf"))
      report.hashes += 1
      if hash != (try row.bytes("hash")) { report.add(.leafHash, "entry \(sequence) has the hash of another leaf") }
      try tree.append(hash) { subtree, hash in
        report.hashes += 1
        while let early = stored, early.position < subtree.position { stored = try next(subtrees, after: early) }
        guard let found = stored, found.position == subtree.position else {
          return report.add(.subtree, "\(Self.name(subtree)) is missing")
        }
        if found.hash != hash { report.add(.subtree, "\(Self.name(subtree)) has the hash of other entries") }
        stored = try subtrees.next().map { try Stored($0) }
      }
    }
    report.size = tree.size
    report.root = tree.root
    while let extra = stored {
      report.add(.subtree, "subtree \(extra.position) stands for entries that are not there")
      stored = try subtrees.next().map { try Stored($0) }
    }
    while let beyond = head {
      report.heads += 1
      report.add(.cut, "a head of \(beyond.size) entries was signed at \(beyond.at), and \(tree.size) are there")
      head = try heads.next().map { try SignedHead($0) }
    }
  }

  private struct Stored {
    let position: Int64
    let hash: [UInt8]

    init(_ row: Row) throws {
      position = row["position"]
      hash = try row.bytes("hash")
    }
  }

  private mutating func next(_ subtrees: RowCursor, after early: Stored) throws -> Stored? {
    report.add(.subtree, "subtree \(early.position) is none of this tree")
    return try subtrees.next().map { try Stored($0) }
  }

  private mutating func check(_ head: SignedHead, root: [UInt8]) {
    report.heads += 1
    report.newestHead = head
    if head.root != root {
      report.add(.head, "the head of \(head.size) entries, signed at \(head.at), has another root")
    }
    switch isSigned(head) {
    case true?: break
    case false?: report.add(.signature, "the signature of the head of \(head.size) entries is false")
    case nil:
      report.add(.unknownKey, "the head of \(head.size) entries is signed by key \(head.key), which is not known")
    }
  }

  private static func name(_ subtree: Subtree) -> String {
    let first = subtree.index << Int64(subtree.level)
    return "the subtree over entries \(first) to \(first + 1 << Int64(subtree.level) - 1)"
  }
}
