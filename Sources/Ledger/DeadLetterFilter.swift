package import Contract
import GRDB

/// Which dead letters are wanted; nil means any.
package struct DeadLetterFilter: Sendable {
  /// Whether those that an operator has put aside are among them.
  package enum Archive: Sendable {
    case leftOut
    case only
    case included
  }

  package var states: Set<DeadLetterState>
  package var sender: AgencyID?
  package var recipient: AgencyID?
  package var cause: String?
  package var stage: String?
  package var fingerprint: String?
  package var messageID: String?
  /// As it was read; where it failed before that, as its sender's `type` says.
  package var format: FormatID?
  package var kind: MessageKind?
  /// Opened at or after this, and before that.
  package var since: Instant?
  package var until: Instant?
  package var archive: Archive
  /// Only ids above this one: the last of the page before.
  package var after: Int64
  package var limit: Int

  package init(
    states: Set<DeadLetterState> = [.open], sender: AgencyID? = nil, recipient: AgencyID? = nil, cause: String? = nil,
    stage: String? = nil, fingerprint: String? = nil, messageID: String? = nil, format: FormatID? = nil,
    kind: MessageKind? = nil, since: Instant? = nil, until: Instant? = nil, archive: Archive = .leftOut,
    after: Int64 = 0, limit: Int = 1000
  ) {
    self.states = states
    self.sender = sender
    self.recipient = recipient
    self.cause = cause
    self.stage = stage
    self.fingerprint = fingerprint
    self.messageID = messageID
    self.format = format
    self.kind = kind
    self.since = since
    self.until = until
    self.archive = archive
    self.after = after
    self.limit = limit
  }

  /// The conditions on a dead letter `d`, its message `m` and its newest failure `f`.
  struct Conditions {
    var sql: String
    var arguments: StatementArguments
    /// Whether they look at more than the dead letter itself.
    var needsMore: Bool
  }

  var conditions: Conditions {
    var conditions: [String] = []
    var arguments: StatementArguments = []
    var needsMore = false
    func require(_ condition: String, _ values: [(any DatabaseValueConvertible)?], more: Bool = false) {
      guard !values.contains(where: { $0 == nil }) else { return }
      conditions.append(condition)
      for value in values { arguments += [value] }
      needsMore = needsMore || more
    }
    // In these words the partial indexes are recognised.
    if states.isSubset(of: [.open, .replaying]) { conditions.append("d.state IN ('open', 'replaying')") }
    if states != [.open, .replaying] {
      let names = states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
      conditions.append("d.state IN (\(names))")
    }
    switch archive {
    case .leftOut: conditions.append("d.archived_at IS NULL")
    case .only: conditions.append("d.archived_at IS NOT NULL")
    case .included: break
    }
    if after > 0 { require("d.id > ?", [after]) }
    require("d.sender = ?", [sender?.slug])
    require("d.recipient = ?", [recipient?.slug])
    require("f.cause = ?", [cause], more: true)
    require("f.stage = ?", [stage], more: true)
    require("d.fingerprint = ?", [fingerprint])
    require("m.message_id = ?", [messageID], more: true)
    let prefix = format.map { $0.slug + "/" }
    require(
      "(m.format = ? OR m.format IS NULL AND (m.type = ? OR substr(m.type, 1, ?) = ?))",
      [format?.slug, format?.slug, prefix?.count, prefix], more: true)
    let suffix = kind.map { "/" + $0.rawValue }
    require(
      "(m.kind = ? OR m.kind IS NULL AND substr(m.type, -?) = ?)", [kind?.rawValue, suffix?.count, suffix], more: true)
    require("d.at >= ?", [since?.milliseconds])
    require("d.at < ?", [until?.milliseconds])
    return Conditions(sql: conditions.joined(separator: " AND "), arguments: arguments, needsMore: needsMore)
  }
}
