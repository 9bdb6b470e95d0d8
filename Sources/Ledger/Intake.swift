package import Contract
import Crypto

/// One input that reached the hub, with what the hub made of it: the value that ``Ledger/record(_:)`` writes down.
package struct Intake: Sendable {
  package var sender: AgencyID
  package var messageID: String
  /// True where the sender set no message-id and the hub derived one.
  package var derivedID: Bool
  /// The lane it came along.
  package var publishedLane: Lane
  /// The lane of its kind; the published one where no kind is known.
  package var lane: Lane
  /// The sender's `type` and `content_type`, as they came.
  package var type: String?
  package var contentType: String?
  /// The sender's `entente-*` headers as canonical JSON: they are compared byte by byte.
  package var headers: [UInt8]
  /// W3C trace context: kept, and not compared.
  package var traceparent: String?
  package var body: Body
  /// The broker delivered this input before: after a crash it may be in the ledger already.
  package var redelivered: Bool
  package var receivedAt: Instant
  package var verdict: Verdict
  package var receipts: ReceiptLines
  /// Who delivers at once, without asking for the rows again; nil leaves the deliveries to whoever claims them.
  package var claim: Claim?
  /// When its retention ends; nil keeps it until somebody erases it.
  package var eraseAt: Instant?

  package enum Body: Sendable {
    case bytes([UInt8])
    /// Too large to keep: only this is remembered.
    case omitted(size: Int, sha256: [UInt8])
  }

  package enum Verdict: Sendable {
    case accepted(Accepted)
    /// What failed before the decision, in the hub or at the broker.
    case failed(FailureRecord)
  }

  package init(
    sender: AgencyID, messageID: String, derivedID: Bool = false, publishedLane: Lane, lane: Lane, type: String? = nil,
    contentType: String? = nil, headers: [UInt8] = Array("{}".utf8), traceparent: String? = nil, body: Body,
    redelivered: Bool = false, receivedAt: Instant, verdict: Verdict, receipts: ReceiptLines = .init(),
    claim: Claim? = nil, eraseAt: Instant? = nil
  ) {
    self.sender = sender
    self.messageID = messageID
    self.derivedID = derivedID
    self.publishedLane = publishedLane
    self.lane = lane
    self.type = type
    self.contentType = contentType
    self.headers = headers
    self.traceparent = traceparent
    self.body = body
    self.redelivered = redelivered
    self.receivedAt = receivedAt
    self.verdict = verdict
    self.receipts = receipts
    self.claim = claim
    self.eraseAt = eraseAt
  }
}

/// What is known of an accepted message, with one pair for each considered recipient.
package struct Accepted: Sendable {
  package var format: FormatID
  /// The version of the format, as read from the content.
  package var version: String
  package var kind: MessageKind
  /// The marking of the whole, as its label.
  package var tlp: String?
  package var exercise: Bool
  /// The configuration version under which it was decided.
  package var configuration: Int64
  package var acceptedAt: Instant
  package var pairs: [Pair]
  package var objects: ObjectKeys

  package init(
    format: FormatID, version: String, kind: MessageKind, tlp: String?, exercise: Bool, configuration: Int64,
    acceptedAt: Instant, pairs: [Pair], objects: ObjectKeys = ObjectKeys()
  ) {
    self.objects = objects
    self.format = format
    self.version = version
    self.kind = kind
    self.tlp = tlp
    self.exercise = exercise
    self.configuration = configuration
    self.acceptedAt = acceptedAt
    self.pairs = pairs
  }
}

/// The decision for one message and one considered recipient.
package struct Pair: Sendable, Equatable {
  package var recipient: AgencyID
  package var outcome: DecisionOutcome
  /// The rule that said so: a code.
  package var rule: String
  /// The slug of the arrangement.
  package var arrangement: String?
  /// A sentence for people; kept beside the log.
  package var reason: String
  /// The indices of the objects that the decision lets through, ascending.
  package var objects: [Int]
  /// What the hub needs to resume without deciding again; opaque here.
  package var decision: [UInt8]
  /// The delivery's id on the wire.
  package var deliveryID: String
  /// The recipient's lane and format.
  package var lane: Lane
  package var format: FormatID?

  package init(
    recipient: AgencyID, outcome: DecisionOutcome, rule: String, arrangement: String?, reason: String, objects: [Int],
    decision: [UInt8], deliveryID: String, lane: Lane, format: FormatID?
  ) {
    self.recipient = recipient
    self.outcome = outcome
    self.rule = rule
    self.arrangement = arrangement
    self.reason = reason
    self.objects = objects
    self.decision = decision
    self.deliveryID = deliveryID
    self.lane = lane
    self.format = format
  }
}

/// What a decision says; each is narrower than the one before.
package enum DecisionOutcome: String, Sendable, CaseIterable, Comparable {
  case deliver
  case redact
  case hold
  case withhold

  package static func < (left: DecisionOutcome, right: DecisionOutcome) -> Bool { left.rank < right.rank }

  /// The state that a pair begins in.
  package var state: DeliveryState {
    switch self {
    case .deliver, .redact: .pending
    case .hold: .held
    case .withhold: .withheld
    }
  }

  private var rank: Int {
    switch self {
    case .deliver: 0
    case .redact: 1
    case .hold: 2
    case .withhold: 3
    }
  }
}

/// Why a message, or a delivery, did not go on.
package struct FailureRecord: Sendable, Equatable {
  /// Where it failed: `identify`, `validate`, `read`, `decide`, `record`, `write`, `send`, `broker`.
  package var stage: String
  /// A code of the closed set.
  package var cause: String
  package var permanent: Bool
  /// A sentence for people.
  package var detail: String
  /// JSON Pointer, XPath, or a header's name.
  package var location: String?
  /// Groups the same mistake over varying values.
  package var fingerprint: String

  package init(
    stage: String, cause: String, permanent: Bool, detail: String, location: String? = nil, fingerprint: String
  ) {
    self.stage = stage
    self.cause = cause
    self.permanent = permanent
    self.detail = detail
    self.location = location
    self.fingerprint = fingerprint
  }
}

/// The receipt for each way an intake can end; the ledger keeps the one that came true, in the same transaction. Those
/// for what hardly ever happens are made when they are needed. Nil: no receipt for this.
package struct ReceiptLines: Sendable {
  package var accepted: [UInt8]?
  package var failed: [UInt8]?
  private let makeDuplicate: @Sendable () -> [UInt8]?
  private let makeReused: @Sendable () -> [UInt8]?

  package var duplicate: [UInt8]? { makeDuplicate() }
  package var messageIDReused: [UInt8]? { makeReused() }

  package init(
    accepted: [UInt8]? = nil, duplicate: @escaping @autoclosure @Sendable () -> [UInt8]? = nil,
    messageIDReused: @escaping @autoclosure @Sendable () -> [UInt8]? = nil, failed: [UInt8]? = nil
  ) {
    self.accepted = accepted
    self.failed = failed
    makeDuplicate = duplicate
    makeReused = messageIDReused
  }
}

/// Who works on a row, and until when nobody else may.
package struct Claim: Sendable, Equatable {
  package var owner: String
  package var until: Instant

  package init(owner: String, until: Instant) {
    self.owner = owner
    self.until = until
  }
}

/// What ``Ledger/record(_:)`` made of an intake.
package enum IntakeOutcome: Sendable, Equatable {
  /// Written down; the ids of the deliveries in the order of the pairs, and the dead letters of the same message-id
  /// that this one corrects.
  case accepted(message: Int64, deliveries: [Int64], closedDeadLetters: [Int64])
  /// The same message again; counted, with a receipt.
  case duplicate(of: Int64)
  /// The same input again after a crash; nothing was written.
  case redelivery(of: Int64)
  /// The message-id belongs to an accepted message with other content.
  case messageIDReused(deadLetter: Int64)
  case failed(deadLetter: Int64)
}

/// The content of an input, as it is compared and vouched for.
struct ContentIdentity: Sendable {
  let bodyDigest: [UInt8]
  let size: Int
  private let type: String?
  private let contentType: String?
  private let headers: [UInt8]

  init(_ intake: Intake) {
    switch intake.body {
    case .bytes(let bytes):
      bodyDigest = Array(SHA256.hash(data: bytes))
      size = bytes.count
    case .omitted(let size, let sha256):
      bodyDigest = sha256
      self.size = size
    }
    type = intake.type
    contentType = intake.contentType
    headers = intake.headers
  }

  init(bodyDigest: [UInt8], size: Int, type: String?, contentType: String?, headers: [UInt8]) {
    self.bodyDigest = bodyDigest
    self.size = size
    self.type = type
    self.contentType = contentType
    self.headers = headers
  }

  /// HMAC-SHA-256 over digest of the body, type, content type and headers, in the encoding of ``CommittedValue``.
  func mac(key: [UInt8]) -> [UInt8] {
    var value = CommittedValue()
    value.append(bodyDigest)
    value.append(type)
    value.append(contentType)
    value.append(headers)
    return Array(HMAC<SHA256>.authenticationCode(for: value.bytes, using: SymmetricKey(data: key)))
  }

  /// What a message's entry vouches for.
  func commitment(messageID: String, salt: [UInt8]) -> [UInt8] {
    var value = CommittedValue()
    value.append(messageID)
    value.append(type)
    value.append(contentType)
    value.append(headers)
    value.append(bodyDigest)
    return value.commitment(salt: salt)
  }
}
