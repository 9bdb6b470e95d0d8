import Contract
import JSON
package import Ledger

extension AuditReport {
  /// The books as lines for a terminal: counts by recipient and state, then what does not balance.
  package func lines(width: Int = PlainText.width, limit: Int = 40) -> [String] {
    var lines = [
      "Log: \(PlainText.count(entries, "entry", "entries")), each with its hash computed again.",
      "Messages: \(PlainText.grouped(messages.values.reduce(0, +)))\(Self.parts(messages.mapKeys(\.rawValue))).",
      "Dead letters: \(PlainText.grouped(deadLetters.values.reduce(0, +)))"
        + "\(Self.parts(deadLetters.mapKeys(\.rawValue))).",
      "",
    ]
    lines += table.lines(width: width)
    lines.append("")
    guard !isBalanced else {
      return lines + [
        "The books balance: every message and recipient is in exactly one state, and the log vouches for it."
      ]
    }
    for anomaly in anomalies.prefix(limit) {
      lines += anomaly.what.printable.cut(to: 400).under("  \(anomaly.kind.rawValue)  ", width: width)
    }
    if anomalyCount > limit { lines.append("  and \(PlainText.grouped(anomalyCount - limit)) more") }
    return lines + ["The books do not balance: \(PlainText.count(anomalyCount, "anomaly", "anomalies"))."]
  }

  private var table: TextTable {
    let states = DeliveryState.allCases
    var table = TextTable(
      [.init("recipient", widest: 40)] + states.map { .init($0.rawValue, isNumber: true, widest: 14) } + [.init("")])
    for (agency, counts) in pairs.sorted(by: { $0.key < $1.key }) {
      table.rows.append([agency.slug] + states.map { PlainText.grouped(counts[$0] ?? 0) })
    }
    let sums = states.map { state in pairs.values.reduce(0) { $0 + ($1[state] ?? 0) } }
    table.rows.append(["all"] + sums.map { PlainText.grouped($0) })
    return table
  }

  private static func parts(_ counts: [String: Int]) -> String {
    let parts = counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }
    let words = parts.map { "\(PlainText.grouped($0.value)) \($0.key)" }
    return words.isEmpty ? "" : " (\(words.joined(separator: ", ")))"
  }

  /// The books as one JSON object.
  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    func counts(_ counts: [String: Int], _ writer: inout JSONWriter) {
      writer.object { object in
        for (key, count) in counts.sorted(by: { $0.key < $1.key }) { object.member(key, count) }
      }
    }
    writer.object { report in
      report.member("balanced", isBalanced)
      report.member("entries", entries)
      report.member("messages") { counts(messages.mapKeys(\.rawValue), &$0) }
      report.member("deliveries") { list in
        list.object { recipients in
          for (agency, states) in pairs.sorted(by: { $0.key < $1.key }) {
            recipients.member(agency.slug) { counts(states.mapKeys(\.rawValue), &$0) }
          }
        }
      }
      report.member("dead_letters") { counts(deadLetters.mapKeys(\.rawValue), &$0) }
      report.member("anomaly_count", anomalyCount)
      report.member("anomalies") { list in
        list.array { list in
          for anomaly in anomalies {
            list.object { item in
              item.member("kind", anomaly.kind.rawValue)
              item.member("what", anomaly.what)
            }
          }
        }
      }
    }
    return writer.bytes
  }
}

extension Dictionary where Value == Int {
  fileprivate func mapKeys(_ name: (Key) -> String) -> [String: Int] {
    [String: Int](map { (name($0.key), $0.value) }) { $0 + $1 }
  }
}
