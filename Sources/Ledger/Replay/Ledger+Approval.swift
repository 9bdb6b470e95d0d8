package import Contract
import GRDB

extension Ledger {
  /// Approves the newest edit of an open dead letter, as an act of its own; gives its revision.
  ///
  /// Fails as `conflict` where it waits for no approval, or where the one who edited it would approve it alone.
  package func approveEdit(
    ofDeadLetter id: Int64, operator: String, note: String, at: Instant
  ) async throws(LedgerError) -> Int {
    try await write(isUrgent: true, bytes: 256) { transaction in
      let letter = try transaction.deadLetter(id)
      guard letter.state == .open else { throw Self.notOpen(letter) }
      guard let edit = try transaction.newestEdit(of: letter), edit["needs_approval"] as Bool else {
        throw LedgerError(.conflict, "dead letter \(id) has no edit that waits for an approval")
      }
      if let approver: String = edit["approved_by"] {
        throw LedgerError(.conflict, "the edit of dead letter \(id) was approved by \(approver) already")
      }
      let by = `operator`.storable
      guard by != edit["operator"] as String else {
        throw LedgerError(.conflict, "\(by) made this edit, so somebody else has to approve it")
      }
      let revision: Int = edit["revision"]
      try transaction.execute(
        "UPDATE edit SET approved_by = ?, approved_at = ? WHERE id = ?",
        [by, at.milliseconds, edit["id"] as Int64])
      var text = CommittedValue()
      text.append(note)
      _ = try transaction.insertAct(
        "edit-approved", arguments: Array(#"{"dead_letter":\#(id),"revision":\#(revision)}"#.utf8), operator: by,
        state: .done, result: text.bytes, at: at)
      try transaction.insertRemark(.noted, on: letter, by: by, note: "Approved revision \(revision). \(note)", at: at)
      return revision
    }
  }
}

extension Transaction {
  /// Whether the newest edit of a dead letter waits for somebody else than its editor.
  func awaitsApproval(_ letter: OpenLetter) throws -> Bool {
    guard let edit = try newestEdit(of: letter) else { return false }
    return edit["needs_approval"] as Bool && (edit["approved_by"] as String?) == nil
  }

  fileprivate func newestEdit(of letter: OpenLetter) throws -> Row? {
    try row(
      """
      SELECT id, revision, operator, needs_approval, approved_by FROM edit WHERE message = ? AND dead_letter = ?
      ORDER BY id DESC LIMIT 1
      """, [letter.message, letter.id])
  }
}
