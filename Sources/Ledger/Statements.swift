import GRDB
import GRDBSQLite

/// The prepared statements of the writer's connection, for what runs for every message: values go from Swift to SQLite
/// without boxes and columns are read by position. All else takes GRDB's own, slower way.
///
/// A statement is known by the address of its text, so each text must be a literal.
final class Statements {
  private let db: Database
  private var prepared: [UnsafePointer<UInt8>: Statement] = [:]

  init(_ db: Database) { self.db = db }

  /// Runs a statement that gives no rows.
  func run<each Value: SQLBindable>(_ sql: StaticString, _ values: repeat each Value) throws {
    let statement = try bound(sql, repeat each values)
    defer { sqlite3_reset(statement) }
    let code = sqlite3_step(statement)
    guard code == SQLITE_DONE || code == SQLITE_ROW else { throw failure(code, sql) }
  }

  /// Runs a query and reads each of its rows.
  func read<each Value: SQLBindable, Result>(
    _ sql: StaticString, _ values: repeat each Value, row: (Columns) throws -> Result
  ) throws -> [Result] {
    let statement = try bound(sql, repeat each values)
    defer { sqlite3_reset(statement) }
    var results: [Result] = []
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { return results }
      guard code == SQLITE_ROW else { throw failure(code, sql) }
      results.append(try row(Columns(statement: statement)))
    }
  }

  private func bound<each Value: SQLBindable>(_ sql: StaticString, _ values: repeat each Value) throws
    -> SQLiteStatement
  {
    let statement = try statement(sql)
    var index: Int32 = 0
    for value in repeat each values {
      index += 1
      let code = value.bind(to: statement, at: index)
      guard code == SQLITE_OK else { throw failure(code, sql) }
    }
    return statement
  }

  private func statement(_ sql: StaticString) throws -> SQLiteStatement {
    if let known = prepared[sql.utf8Start] { return known.sqliteStatement }
    let statement = try db.makeStatement(sql: sql.description)
    prepared[sql.utf8Start] = statement
    return statement.sqliteStatement
  }

  private func failure(_ code: Int32, _ sql: StaticString) -> DatabaseError {
    let message = db.sqliteConnection.map { String(cString: sqlite3_errmsg($0)) }
    return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: sql.description)
  }
}

/// The columns of the row that a statement stands at, by position from 0; valid until its next step.
struct Columns {
  fileprivate let statement: SQLiteStatement

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

  func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  func optionalText(_ column: Int32) -> String? {
    sqlite3_column_text(statement, column).map { String(cString: $0) }
  }

  func text(_ column: Int32) -> String { optionalText(column) ?? "" }

  func bytes(_ column: Int32) -> [UInt8] {
    let count = Int(sqlite3_column_bytes(statement, column))
    guard count > 0, let start = sqlite3_column_blob(statement, column) else { return [] }
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// A code that this program knows.
  func code<Code: RawRepresentable<String>>(_ column: Int32, _: Code.Type = Code.self) throws -> Code {
    let text = text(column)
    guard let code = Code(rawValue: text) else {
      throw LedgerError(.corrupt, "a column holds '\(text)', which has no meaning here")
    }
    return code
  }

  private func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }
}

/// What can be bound to a parameter of a statement.
protocol SQLBindable {
  func bind(to statement: SQLiteStatement, at index: Int32) -> Int32
}

extension Int64: SQLBindable {
  func bind(to statement: SQLiteStatement, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self) }
}

extension Int: SQLBindable {
  func bind(to statement: SQLiteStatement, at index: Int32) -> Int32 {
    sqlite3_bind_int64(statement, index, Int64(self))
  }
}

extension Bool: SQLBindable {
  func bind(to statement: SQLiteStatement, at index: Int32) -> Int32 {
    sqlite3_bind_int64(statement, index, self ? 1 : 0)
  }
}

extension String: SQLBindable {
  func bind(to statement: SQLiteStatement, at index: Int32) -> Int32 {
    var text = self
    return text.withUTF8 { utf8 in
      // SQLite copies; an empty buffer has no address, which would bind NULL.
      utf8.withMemoryRebound(to: CChar.self) {
        guard let start = $0.baseAddress else { return sqlite3_bind_text(statement, index, "", 0, copied) }
        return sqlite3_bind_text(statement, index, start, Int32($0.count), copied)
      }
    }
  }
}

extension String {
  /// The text with U+FFFD in the place of NUL, at which SQLite's texts end when they are read: a sender may use it.
  var storable: String {
    guard utf8.contains(0) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
  }
}

extension [UInt8]: SQLBindable {
  func bind(to statement: SQLiteStatement, at index: Int32) -> Int32 {
    withUnsafeBytes {
      guard let start = $0.baseAddress, !$0.isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
      return sqlite3_bind_blob64(statement, index, start, UInt64($0.count), copied)
    }
  }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
  func bind(to statement: SQLiteStatement, at index: Int32) -> Int32 {
    self?.bind(to: statement, at: index) ?? sqlite3_bind_null(statement, index)
  }
}

/// SQLITE_TRANSIENT, which is a cast that Swift cannot import: SQLite takes a copy before the call returns.
private var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
