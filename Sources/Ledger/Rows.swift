package import Contract
import Crypto
import GRDB

/// A message as the ledger keeps it.
package struct MessageRow: Sendable, Equatable {
  package let id: Int64
  package let sender: AgencyID
  package let messageID: String
  package let derivedID: Bool
  package let lane: Lane
  package let publishedLane: Lane
  package let format: FormatID?
  package let version: String?
  package let kind: MessageKind?
  package let type: String?
  package let contentType: String?
  package let headers: [UInt8]
  package let traceparent: String?
  package let receivedAt: Instant
  package let acceptedAt: Instant?
  package let tlp: String?
  package let exercise: Bool
  package let configuration: Int64?
  package let considered: Int
  package let state: MessageState
  /// How often an equal message came again.
  package let duplicates: Int
  /// The dead letter that this message replays.
  package let replayOf: Int64?
  /// The message-id that its sender gave, where this is a copy that an operator edited, under an id of its own.
  package let editOf: String?
  /// Its place in the log.
  package let entry: Int64
}

/// What became of a message as a whole.
package enum MessageState: String, Sendable {
  case accepted
  case failed
  /// It failed, and a corrected message with its id was accepted since.
  case superseded
}

/// The state of a pair of message and recipient: always exactly one.
package enum DeliveryState: String, Sendable, CaseIterable {
  case pending
  case delivered
  case held
  case withheld
  case deadLettered = "dead-lettered"
  case discarded
}

/// One message for one considered recipient.
package struct DeliveryRow: Sendable, Equatable {
  package let id: Int64
  package let message: Int64
  package let recipient: AgencyID
  package let state: DeliveryState
  package let lane: Lane
  package let format: FormatID?
  package let deliveryID: String
  /// The revision to send, or the one sent.
  package let revision: Int
  package let outcome: DecisionOutcome
  package let rule: String
  package let arrangement: String?
  package let reason: String
  package let objects: [Int]
  package let decision: [UInt8]
  package let decidedAt: Instant
  package let configuration: Int64
  /// The dead letter whose replay made this decision.
  package let replayOf: Int64?
  package let attempts: Int
  /// When the next attempt is due; while claimed, when the claim ends.
  package let nextAttemptAt: Instant
  package let claimedBy: String?
  package let lastCause: String?
  package let confirmedRevision: Int?
  package let confirmedAt: Instant?
  package let bodyMAC: [UInt8]?
  package let losses: [UInt8]?
}

/// One failure of a message or delivery.
package struct FailureRow: Sendable, Equatable {
  package let id: Int64
  package let message: Int64
  package let delivery: Int64?
  package let deadLetter: Int64?
  package let record: FailureRecord
  package let at: Instant
}

/// A receipt that waits for its agency, or was sent.
package struct ReceiptRow: Sendable, Equatable {
  package let id: Int64
  package let agency: AgencyID
  package let message: Int64
  /// The JSON line, without its end.
  package let line: [UInt8]
  package let isSent: Bool
  package let at: Instant
}

/// Where a payload's bytes are, and the key that opens them.
struct PayloadPlace: Sendable {
  var size: Int
  var digest: [UInt8]
  var bytes: [UInt8]?
  var file: String?
  /// Nil for one that was written before payloads were sealed.
  var key: WrappedKey?

  /// How many bytes lie there.
  var storedSize: Int { size + (key == nil ? 0 : SealedPayload.overhead) }

  func opened(_ stored: [UInt8], keys: PayloadKeys) throws(LedgerError) -> [UInt8] {
    guard let key else { return stored }
    let bytes = try keys.open(stored, key)
    guard Array(SHA256.hash(data: bytes)) == digest else {
      throw LedgerError(.payloadUnreadable, "a payload's digest is another than was recorded")
    }
    return bytes
  }
}

/// A message and where its payload is.
package struct KeptMessage: Sendable {
  package let row: MessageRow
  let place: PayloadPlace?
}

extension Row {
  func instant(_ column: String) -> Instant { Instant(milliseconds: self[column]) }

  func optionalInstant(_ column: String) -> Instant? {
    (self[column] as Int64?).map { Instant(milliseconds: $0) }
  }

  /// A slug, code or lane that this program knows; the row is damaged, or from a newer program, where it does not.
  func value<Value>(_ column: String, _ read: (String) -> Value?) throws -> Value {
    let text: String? = self[column]
    guard let text, let value = read(text) else {
      throw LedgerError(
        .corrupt, "column \(column) holds \(text.map { "'\($0)'" } ?? "NULL"), which has no meaning here")
    }
    return value
  }
}

extension MessageRow {
  init(_ row: Row) throws {
    id = row["id"]
    sender = try row.value("sender", { AgencyID($0) })
    messageID = row["message_id"]
    derivedID = row["derived_id"]
    lane = try row.value("lane", Lane.init(rawValue:))
    publishedLane = try row.value("published_lane", Lane.init(rawValue:))
    format = (row["format"] as String?).flatMap { FormatID($0) }
    version = row["version"]
    kind = (row["kind"] as String?).flatMap { MessageKind(rawValue: $0) }
    type = row["type"]
    contentType = row["content_type"]
    headers = try row.bytes("headers")
    traceparent = row["traceparent"]
    receivedAt = row.instant("received_at")
    acceptedAt = row.optionalInstant("accepted_at")
    tlp = row["tlp"]
    exercise = row["exercise"]
    configuration = row["configuration"]
    considered = row["considered"]
    state = try row.value("state", MessageState.init(rawValue:))
    duplicates = row["duplicates"]
    replayOf = row["replay_of"]
    editOf = row["edit_of"]
    entry = row["entry"]
  }
}

extension DeliveryRow {
  /// A pair with the decision in force.
  static let query = """
    SELECT d.*, c.outcome, c.rule, c.arrangement, c.configuration, c.replay_of, c.at AS decided_at, c.reason, c.objects,
      c.bytes FROM delivery d JOIN decision c ON c.id = d.decision
    """

  init(_ row: Row) throws {
    id = row["id"]
    message = row["message"]
    recipient = try row.value("recipient", { AgencyID($0) })
    state = try row.value("state", DeliveryState.init(rawValue:))
    lane = try row.value("lane", Lane.init(rawValue:))
    format = (row["format"] as String?).flatMap { FormatID($0) }
    deliveryID = row["delivery_id"]
    revision = row["revision"]
    outcome = try row.value("outcome", DecisionOutcome.init(rawValue:))
    rule = row["rule"]
    arrangement = row["arrangement"]
    reason = row["reason"]
    objects = ObjectSet.decode(try row.bytes("objects"))
    decision = try row.bytes("bytes")
    decidedAt = row.instant("decided_at")
    configuration = row["configuration"]
    replayOf = row["replay_of"]
    attempts = row["attempts"]
    nextAttemptAt = row.instant("next_attempt_at")
    claimedBy = row["claimed_by"]
    lastCause = row["last_cause"]
    confirmedRevision = row["confirmed_revision"]
    confirmedAt = row.optionalInstant("confirmed_at")
    bodyMAC = try row.optionalBytes("body_mac")
    losses = try row.optionalBytes("losses")
  }
}

extension FailureRow {
  init(_ row: Row) throws {
    id = row["id"]
    message = row["message"]
    delivery = row["delivery"]
    deadLetter = row["dead_letter"]
    record = FailureRecord(
      stage: row["stage"], cause: row["cause"], permanent: row["permanent"], detail: row["detail"],
      location: row["location"], fingerprint: row["fingerprint"])
    at = row.instant("at")
  }
}

extension ReceiptRow {
  init(_ row: Row) throws {
    id = row["id"]
    agency = try row.value("agency", { AgencyID($0) })
    message = row["message"]
    line = try row.bytes("line")
    isSent = (row["state"] as String) == "sent"
    at = row.instant("at")
  }
}

extension Database {
  /// The place of a payload that was erased with its row: nothing lies there.
  func erasedPayload(_ message: Int64) throws -> PayloadPlace? {
    try row("SELECT 1 FROM erasure WHERE message = ?", [message]).map { _ in PayloadPlace(size: 0, digest: []) }
  }
}

extension PayloadPlace {
  init(_ row: Row) throws {
    var key: WrappedKey?
    if let master: String = row["master"], let bytes = try row.optionalBytes("wrapped_key") {
      key = WrappedKey(master: master, bytes: bytes)
    }
    self.init(
      size: row["size"], digest: try row.bytes("digest"), bytes: try row.optionalBytes("bytes"), file: row["file"],
      key: key)
  }
}
