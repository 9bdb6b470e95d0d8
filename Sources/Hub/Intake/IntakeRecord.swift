package import Contract
import Formats
package import Ledger
import STIX
package import Sharing

/// Makes the ledger's entry for a message of what the pipeline made of it.
package struct IntakeRecord: Sendable {
  package let keys: HubKeys
  /// The configuration under which it was decided.
  package let configurationVersion: Int64
  /// Who delivers what is accepted, and until when nobody else may.
  package let claim: Claim?
  /// How long the hub keeps payloads by its own settings; nil keeps them.
  package let payloadDays: Int?

  package init(keys: HubKeys, configurationVersion: Int64, claim: Claim?, payloadDays: Int? = nil) {
    self.keys = keys
    self.payloadDays = payloadDays
    self.configurationVersion = configurationVersion
    self.claim = claim
  }

  /// The intake of a message that was decided.
  ///
  /// - Parameters:
  ///   - configuration: the one that it was decided by; nil where no index of its objects is wanted.
  ///   - items: what became of each item of a batch; nil for one that was taken whole.
  package func accepted(
    _ judged: JudgedMessage, _ message: IncomingMessage, at time: Instant, _ configuration: Configuration? = nil,
    items: [ReceiptLine.Item]? = nil
  ) -> Intake {
    let kind = judged.read.kind
    let pairs = judged.decisions.map { decision in
      Pair(
        recipient: decision.recipient, outcome: DecisionOutcome(decision.outcome), rule: decision.rule.rawValue,
        arrangement: decision.arrangement, reason: decision.reason, objects: decision.keep,
        decision: decision.encoded(),
        deliveryID: keys.deliveryID(
          sender: message.sender, messageID: message.messageID, recipient: decision.recipient),
        lane: kind.lane, format: judged.formats[decision.recipient])
    }
    let accepted = Accepted(
      format: judged.read.identified.format, version: judged.read.identified.version, kind: kind,
      tlp: judged.tlp?.label, exercise: message.headers.isExercise, configuration: configurationVersion,
      acceptedAt: time, pairs: pairs,
      objects: configuration.map { ObjectIndex(keys).keys(of: judged, sender: message.sender, at: time, $0) }
        ?? ObjectKeys())
    var line = ReceiptLine(
      .accepted, messageID: message.messageID, sender: message.sender, at: time, lane: kind.lane)
    line.kind = kind
    line.isDerivedID = message.isDerivedID
    line.isExercise = message.headers.isExercise
    line.notes = judged.notes(for: message)
    line.items = items ?? (0..<(judged.read.identified.itemCount ?? 0)).map { ReceiptLine.Item(number: $0 + 1) }
    // The hub is bound like any recipient by what it passes on, and by the strictest of it.
    let owed = judged.decisions.filter { $0.outcome != .withhold }.compactMap(\.obligations.retentionDays)
    return intake(
      message, .accepted(accepted), lane: kind.lane, line: line,
      keptFor: (owed + [payloadDays].compactMap { $0 }).min(),
      at: time)
  }

  /// The intake of a message that failed before it could be decided.
  ///
  /// - Parameter items: what became of each item of a batch.
  package func failed(
    _ failure: StageFailure, _ message: IncomingMessage, at time: Instant, items: [ReceiptLine.Item] = []
  ) -> Intake {
    var line = ReceiptLine(
      .rejected, messageID: message.messageID, sender: message.sender, at: time, lane: message.publishedLane)
    line.isDerivedID = message.isDerivedID
    line.isExercise = message.headers.isExercise
    line.failures = [failure]
    line.items = items
    return intake(
      message, .failed(failure.record), lane: message.publishedLane, line: line, keptFor: payloadDays, at: time)
  }

  /// The intake of the items of a batch that were refused: they are told in the receipt of the batch.
  package func refused(_ split: BatchSplit, at time: Instant) -> Intake {
    var intake = failed(split.failure, split.refused, at: time)
    intake.receipts = ReceiptLines()
    return intake
  }

  private func intake(
    _ message: IncomingMessage, _ verdict: Intake.Verdict, lane: Lane, line: ReceiptLine, keptFor days: Int?,
    at time: Instant
  ) -> Intake {
    let isAccepted = line.verdict == .accepted
    return Intake(
      sender: message.sender, messageID: message.messageID, derivedID: message.isDerivedID,
      publishedLane: message.publishedLane, lane: lane, type: message.type, contentType: message.contentType,
      headers: message.headersJSON, traceparent: message.traceparent, body: message.storedBody,
      redelivered: message.isRedelivered, receivedAt: time, verdict: verdict,
      receipts: ReceiptLines(
        accepted: isAccepted ? line.encoded() : nil, duplicate: line.duplicate.encoded(),
        messageIDReused: line.messageIDReused.encoded(), failed: isAccepted ? nil : line.encoded()),
      claim: claim, eraseAt: days.map { time.adding(milliseconds: Int64($0) * 86_400_000) })
  }
}

extension ReceiptLine {
  /// The same message again.
  fileprivate var duplicate: ReceiptLine { answer(.duplicate) }

  fileprivate var messageIDReused: ReceiptLine {
    var line = answer(.rejected)
    line.failures = [
      StageFailure(
        .ledger, .messageIDReused,
        "A message with this message-id and other content was accepted before; give the new one an id of its own.")
    ]
    return line
  }

  private func answer(_ verdict: Verdict) -> ReceiptLine {
    var line = self
    line.verdict = verdict
    line.failures = []
    line.notes = []
    line.items = []
    return line
  }
}

extension DecisionOutcome {
  /// The outcome of a decision as a state of the ledger.
  package init(_ outcome: Decision.Outcome) {
    self =
      switch outcome {
      case .deliver: .deliver
      case .redact: .redact
      case .hold: .hold
      case .withhold: .withhold
      }
  }
}
