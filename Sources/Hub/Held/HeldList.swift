package import Contract
import JSON
package import Ledger
import STIX
package import Sharing

/// Held pairs as a table, or as JSON lines.
package struct HeldList: Sendable {
  package let rows: [HeldRow]
  /// True where there are more than were asked for.
  package let isCutShort: Bool
  package let now: Instant

  package func lines(width: Int = PlainText.width) -> [String] {
    guard !rows.isEmpty else { return ["Nothing is held."] }
    var table = TextTable([
      .init("no.", isNumber: true, widest: 10), .init("for", isNumber: true, widest: 8), .init("from", widest: 16),
      .init("to", widest: 16), .init("kind", widest: 20), .init("TLP", widest: 16), .init("arrangement", widest: width),
    ])
    for row in rows {
      table.rows.append([
        String(row.delivery.id), PlainText.age(from: row.delivery.decidedAt, to: now), row.message.sender.slug,
        row.delivery.recipient.slug, row.message.kind?.rawValue ?? "", row.message.tlp ?? "",
        row.delivery.arrangement ?? "",
      ])
    }
    let more = isCutShort ? "; there are more: raise --limit, or narrow by the filters" : ""
    return table.lines(width: width) + [
      "", "\(PlainText.count(rows.count, "delivery", "deliveries")) held\(more).",
      "Next: entente held show \(rows[0].delivery.id)",
    ]
  }

  /// One JSON object for each, without line ends.
  package func encoded() -> [[UInt8]] {
    rows.map { row in
      var writer = JSONWriter()
      writer.object { line in
        line.member("delivery", row.delivery.id)
        line.member("since", row.delivery.decidedAt.description)
        line.member("sender", row.message.sender.slug)
        line.member("recipient", row.delivery.recipient.slug)
        line.member("message_id", row.message.messageID)
        if let kind = row.message.kind { line.member("kind", kind.rawValue) }
        if let tlp = row.message.tlp { line.member("tlp", tlp) }
        line.member("rule", row.delivery.rule)
        if let held = try? Decision(decoding: row.delivery.decision) {
          if let end = held.heldUntil { line.member("held_until", end.description) }
          let parties = held.openHolds.flatMap(\.releasedBy).map(\.slug)
          if !parties.isEmpty { line.member("released_by", parties) }
        }
        line.member("reason", row.delivery.reason)
      }
      return writer.bytes
    }
  }
}

/// One held pair, and what releasing it would come to now.
package struct HeldStory: Sendable {
  package let row: HeldRow
  /// What today's terms say; nil where the message cannot be read any more.
  package let today: Decision?
  /// The ids of the objects that would pass.
  package let objects: [String]
  package let trouble: String?
  package let now: Instant

  package func lines(width: Int = PlainText.width) -> [String] {
    let (delivery, message) = (row.delivery, row.message)
    var lines = ["Delivery \(delivery.id) is \(delivery.state.rawValue)."]
    var properties = [
      ("from", message.sender.slug), ("to", delivery.recipient.slug), ("message-id", message.messageID),
      ("accepted", (message.acceptedAt ?? message.receivedAt).plain),
      ("decided", "\(delivery.decidedAt.plain), \(PlainText.age(from: delivery.decidedAt, to: now)) ago"),
      ("why", delivery.reason),
    ]
    let held = try? Decision(decoding: delivery.decision)
    if let held, held.outcome == .hold {
      for cause in held.openHolds where cause.until == nil {
        let parties = PlainText.list(cause.releasedBy.map(\.slug), "or")
        let whose = parties.isEmpty ? "the hub's operators" : parties
        properties.append(("for", "\(cause.rule.rawValue), by \(whose)"))
      }
      if !held.releases.isEmpty {
        properties.append(("released by", PlainText.list(held.releases.map { $0.party?.slug ?? "an operator" })))
      }
    }
    if let end = held?.heldUntil {
      let has = end <= now ? ", which has passed: a hub decides it again within seconds" : ""
      properties.append(("held until", "\(end.plain) UTC\(has)"))
    }
    let what = [message.format?.slug, message.kind?.rawValue, message.tlp].compactMap { $0 }
    if !what.isEmpty { properties.insert(("what", what.joined(separator: ", ")), at: 3) }
    for (name, value) in properties {
      lines += value.printable.cut(to: 600).under("  " + name.padded(to: 12), width: width)
    }
    guard delivery.state == .held else { return lines }
    lines += ["", "What would leave, if it were released now:"]
    lines += today.map { outcome($0, width) } ?? (trouble ?? "").printable.under("  Nothing: ", width: width)
    return lines + [
      "", "Next: entente held release \(delivery.id)  ·  entente held refuse \(delivery.id) --reason TEXT",
    ]
  }

  private func outcome(_ today: Decision, _ width: Int) -> [String] {
    let approved = today.releasedByAll(isWholeRead: true)
    guard approved.outcome == .deliver || approved.outcome == .redact || approved.waitsForTimeAlone else {
      return today.reason.printable.under("  Nothing: ", width: width)
    }
    var lines = [
      "  \(PlainText.count(objects.count, "object")), at most \(today.tlp.label); "
        + "\(PlainText.count(today.withheld.count, "other")) withheld."
    ]
    for id in objects.prefix(12) { lines.append("    " + id.printable.cut(to: width - 4)) }
    if objects.count > 12 { lines.append("    and \(PlainText.grouped(objects.count - 12)) more") }
    return lines
  }
}

extension PlainText {
  /// How long ago, in the largest unit that says enough: `40 s`, `12 min`, `5 h`, `3 d`.
  package static func age(from then: Instant, to now: Instant) -> String {
    let seconds = max(0, now.milliseconds - then.milliseconds) / 1000
    switch seconds {
    case ..<120: return "\(seconds) s"
    case ..<7200: return "\(seconds / 60) min"
    case ..<172_800: return "\(seconds / 3600) h"
    default: return "\(seconds / 86_400) d"
    }
  }
}
