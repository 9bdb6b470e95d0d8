import Contract
import JSON
package import Ledger

/// Dead letters as a table, or as JSON lines.
package struct DeadLetterList: Sendable {
  package let rows: [DeadLetterRow]
  /// True where there are more than were asked for.
  package let isCutShort: Bool

  package init(rows: [DeadLetterRow], isCutShort: Bool) {
    self.rows = rows
    self.isCutShort = isCutShort
  }

  package func lines(width: Int = PlainText.width) -> [String] {
    guard !rows.isEmpty else { return ["No dead letters."] }
    let hasStates = rows.contains { $0.state != .open }
    var columns: [TextTable.Column] = [
      .init("no.", isNumber: true, widest: 10), .init("when (UTC)", widest: 16), .init("from", widest: 16),
      .init("to", widest: 16), .init("failed at", widest: 32),
    ]
    if hasStates { columns.insert(.init("state", widest: 10), at: 1) }
    var table = TextTable(columns + [.init("where", widest: width)])
    for row in rows {
      var cells = [
        String(row.id), String(row.at.plain.dropLast(3)), row.sender.slug, row.recipient?.slug ?? "all",
        "\(row.failure.stage)/\(row.failure.cause)",
      ]
      if hasStates { cells.insert(row.state.rawValue, at: 1) }
      table.rows.append(cells + [row.failure.location ?? ""])
    }
    var lines: [String] = []
    for (line, row) in zip(table.lines(width: width), [nil] + rows.map(Optional.some)) {
      lines.append(line)
      guard let row else { continue }
      let mark = row.awaitsApproval ? "[edited, unapproved] " : "[edited] "
      let edited = (row.archivedAt == nil ? "" : "[archived] ") + (row.editedRevision == 0 ? "" : mark)
      lines.append("     " + (edited + row.failure.detail).printable.cut(to: width - 5))
    }
    let more = isCutShort ? "; there are more: raise --limit, or narrow by the filters" : ""
    return lines + ["", "\(PlainText.count(rows.count, "dead letter"))\(more)."]
  }

  /// One JSON object for each, without line ends.
  package func encoded() -> [[UInt8]] { rows.map { $0.encoded() } }
}

extension DeadLetterRow {
  func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { line in
      line.member("dead_letter", id)
      line.member("state", state.rawValue)
      line.member("at", at.description)
      line.member("changed_at", changedAt.description)
      line.member("sender", sender.slug)
      line.member("message_id", messageID)
      if let recipient { line.member("recipient", recipient.slug) }
      line.member("stage", failure.stage)
      line.member("cause", failure.cause)
      if let location = failure.location { line.member("location", location) }
      line.member("detail", failure.detail)
      line.member("fingerprint", failure.fingerprint)
      line.member("edited_revision", editedRevision)
      if awaitsApproval { line.member("awaits_approval", true) }
      if let archivedAt { line.member("archived_at", archivedAt.description) }
    }
    return writer.bytes
  }
}
