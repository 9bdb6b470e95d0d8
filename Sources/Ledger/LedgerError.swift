import GRDB

/// What went wrong in the ledger, and whether the same call may succeed later.
package struct LedgerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of trouble that a caller may want to tell apart.
  package enum Code: String, Sendable, Equatable {
    /// The disk, the file size limit or the page limit is reached. Nothing was half-written.
    case full
    /// The disk failed to read, write or sync. Whether the last group was committed is known after the next open.
    case io
    /// Another process held the ledger for longer than the busy timeout.
    case busy
    /// The file is not a ledger, or it is damaged.
    case corrupt
    /// The ledger was written by a newer program.
    case newer
    /// The ledger was closed.
    case closed
    /// There is no such row.
    case notFound
    /// The row is in a state that does not allow this.
    case conflict
    /// The call makes no sense: a narrowing that would widen, two pairs for one recipient.
    case invalid
    /// The payload was not kept, or it is gone.
    case payloadGone
    /// The payload is there and cannot be decrypted: its master key is missing, or it was changed.
    case payloadUnreadable
    /// A mistake in the ledger's own statements.
    case `internal`
  }

  package let code: Code
  package let reason: String

  /// True where the same call may succeed later, with nothing changed by the caller.
  package var isTransient: Bool { code == .full || code == .io || code == .busy }

  package var description: String { "\(code.rawValue): \(reason)" }

  init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  /// Reads what SQLite said.
  init(_ error: any Error) {
    switch error {
    case let error as LedgerError: self = error
    case let error as DatabaseError: self.init(error)
    default: self.init(.internal, "\(error)")
    }
  }

  private init(_ error: DatabaseError) {
    let message = error.message ?? error.resultCode.description
    switch error.resultCode {
    case .SQLITE_FULL: self.init(.full, "the ledger's disk or page limit is full (\(message))")
    case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
      self.init(.io, "the ledger's disk failed (\(error.extendedResultCode): \(message))")
    case .SQLITE_BUSY, .SQLITE_LOCKED: self.init(.busy, "another process holds the ledger (\(message))")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self.init(.corrupt, "the ledger file is damaged (\(message))")
    case .SQLITE_CONSTRAINT: self.init(.invalid, "the ledger's rules forbid this row (\(message))")
    case .SQLITE_MISUSE: self.init(.closed, "the ledger is closed (\(message))")
    default: self.init(.internal, "\(error.extendedResultCode): \(message) in \(error.sql ?? "no statement")")
    }
  }

  /// True where the whole transaction is in doubt, not only the statement that failed.
  var endsTransaction: Bool { code == .full || code == .io || code == .busy || code == .corrupt || code == .closed }
}
