package import Contract
import Formats
import JSON
import Ledger
package import Sharing

/// Messages run through a proposed configuration and the one in use, by the same code as at intake: what would change,
/// message by message and in sum. Nothing is written down, and nothing leaves.
package struct Rehearsal: Sendable {
  /// What became of one message.
  package struct Item: Sendable {
    package let name: String
    package let sender: AgencyID
    package let differences: [DecisionDifference]
    /// Why it would be refused: before, after; nil where it would not.
    package let refusedBefore: String?
    package let refusedAfter: String?

    package var isChanged: Bool { !differences.isEmpty || refusedBefore != refusedAfter }
  }

  private let current: IntakePipeline
  private let proposed: IntakePipeline
  private let time: Instant
  package private(set) var items: [Item] = []
  package private(set) var count = 0

  package init(current: Configuration, proposed: Configuration, at time: Instant) {
    self.current = IntakePipeline(configuration: current, keys: .unused)
    self.proposed = IntakePipeline(configuration: proposed, keys: .unused)
    self.time = time
  }

  package mutating func add(_ message: IncomingMessage, name: String) {
    count += 1
    let before = Self.outcome(message, current, at: time)
    let after = Self.outcome(message, proposed, at: time)
    var differences: [DecisionDifference] = []
    if let judged = before.judged ?? after.judged {
      differences = DecisionDifference.between(
        before.judged?.decisions ?? [], after.judged?.decisions ?? [], of: judged.read.canonical)
    }
    items.append(
      Item(
        name: name, sender: message.sender, differences: differences, refusedBefore: before.refusal,
        refusedAfter: after.refusal))
  }

  /// Adds a document as its sender would publish it, without headers.
  package mutating func add(document body: [UInt8], from sender: AgencyID, name: String) {
    add(
      IncomingMessage(
        sender: sender, messageID: name, isDerivedID: true, publishedLane: .threat, body: body,
        headers: SenderHeaders(), headersJSON: [], isRedelivered: false), name: name)
  }

  private static func outcome(
    _ message: IncomingMessage, _ pipeline: IntakePipeline, at time: Instant
  ) -> (judged: JudgedMessage?, refusal: String?) {
    do throws(StageFailure) {
      return (try pipeline.run(message, at: time), nil)
    } catch {
      return (nil, "\(error.cause.rawValue): \(error.detail)")
    }
  }

  /// The answer as lines for a terminal.
  package func lines(width: Int = PlainText.width) -> [String] {
    var lines: [String] = []
    for item in items where item.isChanged {
      lines.append("\(item.name), from \(item.sender)")
      if item.refusedBefore != item.refusedAfter {
        lines += (item.refusedBefore ?? "it is accepted").under("    now      ", width: width)
        lines += (item.refusedAfter ?? "it would be accepted").under("    then     ", width: width)
      }
      for difference in item.differences {
        let label = "  \(difference.direction.rawValue.padded(to: 5)) for \(difference.recipient): "
        lines += "\(difference.before) -> \(difference.after)".under(label, width: width)
        lines += difference.reason.under("        ", width: width)
      }
      lines.append("")
    }
    return lines + summary
  }

  private var summary: [String] {
    let changed = items.count { $0.isChanged }
    var lines = ["\(PlainText.count(count, "message")) compared, \(PlainText.grouped(changed)) would change."]
    var sums: [AgencyID: [DecisionDifference.Direction: Int]] = [:]
    for difference in items.flatMap(\.differences) {
      sums[difference.recipient, default: [:]][difference.direction, default: 0] += 1
    }
    for (recipient, sum) in sums.sorted(by: { $0.key < $1.key }) {
      let parts = [DecisionDifference.Direction.more, .less, .other].compactMap { direction in
        sum[direction].map { "\(direction.rawValue) of \(PlainText.count($0, "message"))" }
      }
      lines.append("  \(recipient.slug.padded(to: 20)) \(parts.joined(separator: ", "))")
    }
    let trial = proposed.configuration.onTrial
    if !trial.isEmpty { lines.append("On trial then, without signatures: \(trial.joined(separator: ", ")).") }
    return lines
  }

  /// One JSON object for each message that would change, and one with the sums.
  package func encoded() -> [[UInt8]] {
    items.filter(\.isChanged).map { item in
      var writer = JSONWriter()
      writer.object { line in
        line.member("message", item.name)
        line.member("sender", item.sender.slug)
        if let refused = item.refusedBefore { line.member("refused_now", refused) }
        if let refused = item.refusedAfter { line.member("refused_then", refused) }
        line.member("differences") { list in
          list.array { items in
            for difference in item.differences {
              items.object { part in
                part.member("recipient", difference.recipient.slug)
                part.member("direction", difference.direction.rawValue)
                part.member("now", difference.before)
                part.member("then", difference.after)
                part.member("reason", difference.reason)
              }
            }
          }
        }
      }
      return writer.bytes
    }
  }
}

extension HubHome {
  /// Runs the messages that the ledger accepted since a moment through a proposed configuration; those whose payload is
  /// gone are counted in the answer.
  package func rehearse(
    _ proposed: Configuration, since: Instant, limit: Int, at time: Instant
  ) async throws -> (rehearsal: Rehearsal, unread: Int) {
    var rehearsal = Rehearsal(current: configuration, proposed: proposed, at: time)
    var unread = 0
    var last: Int64 = 0
    while rehearsal.count < limit {
      let rows = try await ledger.acceptedMessages(after: last, since: since, limit: min(200, limit - rehearsal.count))
      guard let end = rows.last else { break }
      last = end.id
      for row in rows {
        guard let body = try? await ledger.payload(of: row.id), let message = try? IncomingMessage(row, body: body)
        else {
          unread += 1
          continue
        }
        rehearsal.add(message, name: row.messageID)
      }
    }
    return (rehearsal, unread)
  }
}
