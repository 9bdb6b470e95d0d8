import Contract
import JSON
package import Ledger

/// Groups of dead letters as a table, or as JSON lines.
package struct DeadLetterGroups: Sendable {
  package let groups: [DeadLetterGroup]
  /// True where there are more than were asked for.
  package let isCutShort: Bool

  package func lines(width: Int = PlainText.width) -> [String] {
    guard !groups.isEmpty else { return ["No dead letters."] }
    var table = TextTable([
      .init("count", isNumber: true, widest: 10), .init("fingerprint", widest: 16), .init("first (UTC)", widest: 16),
      .init("last (UTC)", widest: 16), .init("failed at", widest: 32), .init("where", widest: width),
    ])
    for group in groups {
      let failure = group.example.failure
      table.rows.append([
        PlainText.grouped(group.count), group.fingerprint, String(group.first.plain.dropLast(3)),
        String(group.last.plain.dropLast(3)), "\(failure.stage)/\(failure.cause)", failure.location ?? "",
      ])
    }
    var lines: [String] = []
    for (line, group) in zip(table.lines(width: width), [nil] + groups.map(Optional.some)) {
      lines.append(line)
      guard let example = group?.example else { continue }
      lines.append("     like no. \(example.id): \(example.failure.detail)".printable.cut(to: width))
    }
    let count = groups.reduce(0) { $0 + $1.count }
    let more = isCutShort ? "; there are more: raise --limit, or narrow by the filters" : ""
    return lines + [
      "", "\(PlainText.count(count, "dead letter")) in \(PlainText.count(groups.count, "group"))\(more).",
      "Next: entente dead list --fingerprint \(groups[0].fingerprint)",
    ]
  }

  /// One JSON object for each, without line ends.
  package func encoded() -> [[UInt8]] {
    groups.map { group in
      var writer = JSONWriter()
      writer.object { line in
        line.member("fingerprint", group.fingerprint)
        line.member("count", group.count)
        line.member("first", group.first.description)
        line.member("last", group.last.description)
        line.member("stage", group.example.failure.stage)
        line.member("cause", group.example.failure.cause)
        if let location = group.example.failure.location { line.member("location", location) }
        line.member("example", group.example.id)
        line.member("detail", group.example.failure.detail)
      }
      return writer.bytes
    }
  }
}
