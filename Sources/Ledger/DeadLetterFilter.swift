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

  /// The conditions on a dead letter `d`, which look at nothing else where its indexes tell all.
  struct Conditions {
    var sql: String
    var arguments: StatementArguments
  }

  var conditions: Conditions {
    var conditions: [String] = []
    var arguments: StatementArguments = []
    func require(_ condition: String, _ values: [(any DatabaseValueConvertible)?]) {
      guard !values.contains(where: { $0 == nil }) else { return }
      conditions.append(condition)
      for value in values { arguments += [value] }
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
    require("d.cause = ?", [cause])
    require("d.stage = ?", [stage])
    require("d.fingerprint = ?", [fingerprint])
    // The index of messages begins with the sender, so each sender is asked in turn.
    require(
      "d.message IN (SELECT x.id FROM message x WHERE x.sender IN (\(Ledger.sendersQuery)) AND x.message_id = ?)",
      [messageID])
    require("d.format = ?", [format?.slug])
    require("d.kind = ?", [kind?.rawValue])
    require("d.at >= ?", [since?.milliseconds])
    require("d.at < ?", [until?.milliseconds])
    return Conditions(sql: conditions.joined(separator: " AND "), arguments: arguments)
  }
}
