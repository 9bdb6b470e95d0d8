import Contract
import JSON
package import Ledger

/// How far a replay is, with what came of its lines so far.
package struct ReplayProgress: Sendable {
  package let job: ReplayJob
  /// How many lines have which verdict.
  package let verdicts: [String: Int]

  package var done: Int { verdicts.values.reduce(0, +) }
  package var failed: Int { verdicts[ReplayOutcome.Verdict.failed.rawValue, default: 0] }

  /// `[#####.....]  50 of 100`, and what came of them.
  package func bar(width: Int = PlainText.width) -> String {
    let filled = job.total == 0 ? 20 : min(20, done * 20 / job.total)
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled)
    return "[\(bar)] \(PlainText.grouped(done)) of \(PlainText.grouped(job.total))  \(counts)".cut(to: width)
  }

  private var counts: String {
    verdicts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
      .map { "\($0.key) \(PlainText.grouped($0.value))" }.joined(separator: ", ")
  }

  package func lines(width: Int = PlainText.width) -> [String] {
    var lines = ["Replay \(job.id) is \(job.state.rawValue)."]
    let order = try? ReplayOrder(decoding: job.arguments)
    var properties = [("asked", "\(job.at.plain) by \(job.operator)"), ("of", order?.choice ?? "")]
    if let reason = order?.reason, !reason.isEmpty { properties.append(("why", reason)) }
    if let order {
      var manner = [order.ramps ? "1, then 10, then 100, then on" : "at once"]
      if order.rate > 0 { manner.append("at most \(PlainText.number(order.rate)) a second") }
      manner.append("stops above \(Int((order.stopRatio * 100).rounded())) % failed")
      if order.again { manner.append("what is unchanged is sent again") }
      if let lane = order.lane { manner.append("along the \(lane.rawValue) lane") }
      properties.append(("how", manner.joined(separator: "; ")))
    }
    if !job.why.isEmpty { properties.append(("since", "\(job.changedAt.plain): \(job.why)")) }
    for (name, value) in properties {
      lines += value.printable.cut(to: 600).under("  " + name.padded(to: 8), width: width)
    }
    return lines + ["  " + bar(width: width - 2)]
  }

  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { line in
      line.member("replay", job.id)
      line.member("state", job.state.rawValue)
      line.member("at", job.at.description)
      line.member("operator", job.operator)
      line.member("why", job.why)
      line.member("total", job.total)
      line.member("done", done)
      line.member("verdicts") { object in
        object.object { counts in
          for (verdict, count) in verdicts.sorted(by: { $0.key < $1.key }) { counts.member(verdict, count) }
        }
      }
    }
    return writer.bytes
  }
}

extension ReplayItem {
  /// The line for a terminal.
  package func lines(width: Int = PlainText.width) -> [String] {
    let what =
      switch target {
      case .deadLetter(let number): "dead letter \(number)"
      case .delivery(let number): "delivery \(number)"
      }
    return (detail ?? "").printable.cut(to: 600)
      .under("  " + what.padded(to: 20) + (verdict ?? "waits").padded(to: 11), width: width)
  }

  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { line in
      switch target {
      case .deadLetter(let number): line.member("dead_letter", number)
      case .delivery(let number): line.member("delivery", number)
      }
      if let verdict { line.member("verdict", verdict) }
      if let detail { line.member("detail", detail) }
      if let taken, taken > 0 { line.member("revision", taken) }
    }
    return writer.bytes
  }
}

extension PlainText {
  /// A number without a fraction that says nothing.
  static func number(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? String(Int(value)) : String(value)
  }
}
