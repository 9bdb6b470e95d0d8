package import Contract
import GRDB

/// What an operator says of a dead letter, or does with it, without changing its state.
package enum DeadLetterRemark: String, Sendable, CaseIterable {
  case noted
  /// Put aside: lists and replays of many leave it out until it is restored, or fails anew.
  case archived
  case restored
}

extension Ledger {
  /// Writes a remark down on each dead letter; those that it makes no sense for are left alone. All or nothing.
  ///
  /// Only open ones are archived, only archived ones restored. What fails later is never archived by this: the ids are
  /// those given.
  ///
  /// - Returns: the ids that it was written on.
  package func remark(
    _ remark: DeadLetterRemark, on letters: [Int64], operator: String, note: String, at: Instant
  ) async throws(LedgerError) -> [Int64] {
    try await write(isUrgent: true, bytes: letters.count * 256) { transaction in
      try letters.filter { try transaction.remark(remark, on: $0, by: `operator`, note: note, at: at) }
    }
  }
}

extension Transaction {
  fileprivate func remark(
    _ remark: DeadLetterRemark, on id: Int64, by: String, note: String, at: Instant
  ) throws -> Bool {
    let letter = try deadLetter(id)
    switch remark {
    case .noted: break
    case .archived:
      guard letter.state == .open, !letter.isArchived else { return false }
      try execute("UPDATE dead_letter SET archived_at = ? WHERE id = ?", [at.milliseconds, id])
    case .restored:
      guard letter.isArchived else { return false }
      try execute("UPDATE dead_letter SET archived_at = NULL WHERE id = ?", [id])
    }
    try insertRemark(remark, on: letter, by: by, note: note, at: at)
    return true
  }
  func insertRemark(
    _ remark: DeadLetterRemark, on letter: OpenLetter, by: String, note: String, at: Instant
  ) throws {
    let salt = [UInt8].salt()
    let (by, note) = (by.storable, note.storable)
    let entry = try append(
      .remark(
        remark.rawValue, deadLetter: letter.id, message: letter.message, at: at,
        commitment: Self.noteCommitment(by: by, note: note, salt: salt)))
    try insertEvent(
      letter.id, at: at, what: remark.rawValue, by: by, note: note, act: nil, failure: nil, salt: salt, entry: entry)
  }
}
