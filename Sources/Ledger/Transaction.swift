import FoundationEssentials
import GRDB

/// The one transaction of a group, as each of its writes sees it: statements, and entries appended to the log.
///
/// The head is read from the table when the transaction begins, never remembered: other processes append too.
final class Transaction {
  let db: Database
  /// What runs for every message.
  let statements: Statements
  private var nextSequence: Int64
  private var nextIDs: [Table: Int64] = [:]
  /// The tree at `nextSequence`, once something is appended.
  private var tree: MerkleFrontier?

  /// The tables whose ids stand in entries.
  enum Table: String {
    case message, delivery, failure, act, configuration
    case deadLetter = "dead_letter"
  }

  init(_ db: Database, statements: Statements) throws {
    self.db = db
    self.statements = statements
    nextSequence = try (Int64.fetchOne(db.cachedStatement(sql: "SELECT max(seq) FROM entry")) ?? -1) + 1
  }

  /// Runs a write so that its failure leaves no trace of it and does not touch its neighbours.
  func savepoint(_ body: () throws -> Void) throws {
    let (sequence, tree) = (nextSequence, tree)
    try statements.run("SAVEPOINT item")
    do {
      try body()
      try statements.run("RELEASE item")
    } catch {
      nextSequence = sequence
      self.tree = tree
      nextIDs.removeAll()
      if db.isInsideTransaction {
        try statements.run("ROLLBACK TO item")
        try statements.run("RELEASE item")
      }
      throw error
    }
  }

  /// Appends an entry, with the subtrees that it completes, and gives its place in the log.
  func append(_ entry: LedgerEntry) throws -> Int64 {
    let sequence = nextSequence
    let hash = entry.hash
    var tree = try self.tree ?? MerkleFrontier(size: sequence, hash: db.hash(of:))
    try statements.run("INSERT INTO entry (seq, leaf, hash) VALUES (?, ?, ?)", sequence, entry.leaf, hash)
    try tree.append(hash) { subtree, hash in
      try statements.run("INSERT INTO subtree (position, hash) VALUES (?, ?)", subtree.position, hash)
    }
    self.tree = tree
    nextSequence += 1
    return sequence
  }

  /// The id of the next row of a table, which its entry must know before the row is there. No id is given twice.
  func nextID(_ table: Table) throws -> Int64 {
    let last =
      try nextIDs[table]
      ?? Int64.fetchOne(
        db.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = ?"), arguments: [table.rawValue]) ?? 0
    nextIDs[table] = last + 1
    return last + 1
  }

  func execute(_ sql: String, _ arguments: StatementArguments = []) throws {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
  }

  /// Updates and gives the number of rows changed.
  func update(_ sql: String, _ arguments: StatementArguments) throws -> Int {
    try execute(sql, arguments)
    return db.changesCount
  }

  func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
    try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
  }

  func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
    try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
  }
}

extension Database {
  func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
    try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
  }

  func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
    try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
  }
}

extension [UInt8] {
  /// The bytes as SQLite takes them.
  var blob: Data { Data(self) }
}

extension Row {
  /// The bytes of a column that is never NULL.
  func bytes(_ column: String) throws -> [UInt8] { try optionalBytes(column) ?? [] }

  func optionalBytes(_ column: String) throws -> [UInt8]? {
    try withUnsafeData(named: column) { data in data.map { [UInt8]($0) } }
  }
}
