import GRDB

/// The body of the writer's thread: takes group after group and commits each in one exclusive transaction.
///
/// Unchecked: only that thread calls it, and touches the statements inside the writer's connection alone.
final class Writer: @unchecked Sendable {
  private let pool: DatabasePool
  private let groups: WriteGroups
  private let housekeeping: Housekeeping
  private var statements: Statements?

  init(pool: DatabasePool, groups: WriteGroups, housekeeping: Housekeeping) {
    self.pool = pool
    self.groups = groups
    self.housekeeping = housekeeping
  }

  func run() {
    while let group = groups.next() { commit(group) }
    pool.writeWithoutTransaction { _ in statements = nil }
  }

  private func commit(_ group: [PendingWrite]) {
    do {
      let errors = try pool.writeWithoutTransaction { try run(group, in: $0) }
      housekeeping.noteCommit()
      for (write, error) in zip(group, errors) { write.finish(error) }
    } catch {
      let error = LedgerError(error)
      // A large write must not take its small neighbours along when there is no room for it.
      if error.code == .full, group.count > 1 {
        for write in group { commit([write]) }
      } else {
        for write in group { write.finish(error) }
      }
    }
  }

  /// Runs all writes and commits; gives each one's own error. Throws where the transaction as a whole failed.
  ///
  /// A savepoint makes SQLite copy each page that a write touches. Since hardly any write fails, all run without, and
  /// where one fails everything is taken back and runs again with one each.
  private func run(_ group: [PendingWrite], in db: Database) throws -> [LedgerError?] {
    if try runTogether(group, in: db) { return Array(repeating: nil, count: group.count) }
    do {
      let transaction = try begin(db)
      var errors: [LedgerError?] = []
      for write in group {
        do {
          try transaction.savepoint { try write.run(transaction) }
          errors.append(nil)
        } catch {
          let own = LedgerError(error)
          if own.endsTransaction || !db.isInsideTransaction { throw own }
          errors.append(own)
        }
      }
      try db.commit()
      return errors
    } catch {
      if db.isInsideTransaction { try? db.rollback() }
      throw error
    }
  }

  /// Whether all writes went through and are committed; where one failed by itself nothing has happened.
  private func runTogether(_ group: [PendingWrite], in db: Database) throws -> Bool {
    do {
      let transaction = try begin(db)
      for write in group {
        do {
          try write.run(transaction)
        } catch {
          let own = LedgerError(error)
          if own.endsTransaction || !db.isInsideTransaction { throw own }
          try db.rollback()
          return false
        }
      }
      try db.commit()
      return true
    } catch {
      if db.isInsideTransaction { try? db.rollback() }
      throw error
    }
  }

  private func begin(_ db: Database) throws -> Transaction {
    try db.beginTransaction(.immediate)
    let statements = self.statements ?? Statements(db)
    self.statements = statements
    return try Transaction(db, statements: statements)
  }
}
