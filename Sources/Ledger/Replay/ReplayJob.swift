package import Contract
import GRDB

/// What one line of a replay is about.
package enum ReplayTarget: Sendable, Hashable {
  case deadLetter(Int64)
  /// A pair of message and recipient from history.
  case delivery(Int64)
}

/// How a replay stands.
package enum ReplayState: String, Sendable, CaseIterable {
  /// Its list is being written down; nothing is replayed before that is whole.
  case preparing
  case running
  /// An operator holds it.
  case paused
  /// It holds itself, since too many failed.
  case stopped
  case cancelled
  case done

  /// Whether nothing of it will be replayed any more.
  package var isEnded: Bool { self == .cancelled || self == .done }
}

/// A replay of many: who asked for it, for which frozen list, and how far it is.
package struct ReplayJob: Sendable, Equatable {
  package let id: Int64
  package let act: Int64
  package let at: Instant
  package let `operator`: String
  /// What was asked for, as JSON.
  package let arguments: [UInt8]
  package let state: ReplayState
  /// Why it is in this state, where somebody or something said so.
  package let why: String
  package let total: Int
  package let changedAt: Instant
}

/// How a pair stands, in short.
package struct PairStanding: Sendable, Equatable {
  package let state: DeliveryState
  package let revision: Int
  package let lastCause: String?
  package let reason: String
}

/// One line of a replay.
package struct ReplayItem: Sendable, Equatable {
  package let position: Int
  package let target: ReplayTarget
  /// The revision that this replay put on its way; nil where none, or none yet.
  package let taken: Int?
  /// A code; nil as long as nothing is known.
  package let verdict: String?
  package let detail: String?
}

/// What became of one line.
package struct ReplayResultLine: Sendable {
  package let position: Int
  package let verdict: String
  package let detail: String

  package init(position: Int, verdict: String, detail: String) {
    self.position = position
    self.verdict = verdict
    self.detail = detail
  }
}

/// Which pairs of history are wanted; nil means any.
package struct HistoryFilter: Sendable {
  package var states: Set<DeliveryState>
  package var sender: AgencyID?
  package var recipient: AgencyID?
  /// Messages that came at or after this, and before that.
  package var since: Instant?
  package var until: Instant?
  package var messageID: String?

  package init(
    states: Set<DeliveryState>, sender: AgencyID? = nil, recipient: AgencyID? = nil, since: Instant? = nil,
    until: Instant? = nil, messageID: String? = nil
  ) {
    self.states = states
    self.sender = sender
    self.recipient = recipient
    self.since = since
    self.until = until
    self.messageID = messageID
  }
}

extension ReplayJob {
  static let query = """
    SELECT r.*, a.at AS asked_at, a.operator, a.arguments FROM replay r JOIN act a ON a.id = r.act
    """

  init(_ row: Row) throws {
    id = row["id"]
    act = row["act"]
    at = row.instant("asked_at")
    `operator` = row["operator"]
    arguments = try row.bytes("arguments")
    state = try row.value("state", ReplayState.init(rawValue:))
    why = row["why"]
    total = row["total"]
    changedAt = row.instant("changed_at")
  }
}

extension ReplayItem {
  init(_ row: Row) throws {
    position = row["position"]
    if let letter: Int64 = row["dead_letter"] {
      target = .deadLetter(letter)
    } else if let delivery: Int64 = row["delivery"] {
      target = .delivery(delivery)
    } else {
      throw LedgerError(.corrupt, "line \(position) of a replay names nothing")
    }
    taken = row["taken"]
    verdict = row["verdict"]
    detail = row["detail"]
  }
}
