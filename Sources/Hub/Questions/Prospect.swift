package import Contract
package import Formats
package import Ledger
package import Sharing

/// What would become of a message under a configuration, as of now: the same stages as at intake, and nothing is
/// written down.
package enum Prospect: Sendable {
  /// It would be decided so.
  case passes(JudgedMessage)
  /// It would be refused, with everything that its format finds wrong where that is why.
  case refused(StageFailure, findings: [Finding])

  package init(of message: IncomingMessage, under configuration: Configuration, keys: HubKeys, at time: Instant) {
    let pipeline = IntakePipeline(configuration: configuration, keys: keys)
    do throws(StageFailure) {
      self = .passes(try pipeline.run(message, at: time))
    } catch {
      var findings: [Finding] = []
      if error.stage == .validate, let identified = try? pipeline.identify(message) {
        findings = configuration.formats.findings(in: identified)
      }
      self = .refused(error, findings: findings)
    }
  }
}

/// What a replay of one dead letter would come to now.
package struct ReplayProspect: Sendable {
  /// True where something would leave, or rightly stays.
  package let passes: Bool
  /// One or two sentences.
  package let sentence: String
  /// Everything that is still wrong with the document itself.
  package let findings: [CheckedDocument.Remark]

  package init(passes: Bool, _ sentence: String, findings: [CheckedDocument.Remark] = []) {
    self.passes = passes
    self.sentence = sentence
    self.findings = findings
  }

  init(_ prospect: Prospect) {
    switch prospect {
    case .refused(let failure, let findings):
      let place = failure.location.map { " (at \($0))" } ?? ""
      self.init(
        passes: false,
        "It would fail again at \(failure.stage.rawValue), \(failure.cause.rawValue)\(place): \(failure.detail)",
        findings: findings.map(CheckedDocument.Remark.init))
    case .passes(let judged):
      self.init(passes: true, "It would be accepted, and \(Self.destinations(judged.decisions)).")
    }
  }

  private static func destinations(_ decisions: [Decision]) -> String {
    func names(_ outcomes: Set<Decision.Outcome>) -> [String] {
      decisions.filter { outcomes.contains($0.outcome) }.map(\.recipient.slug)
    }
    var parts: [String] = []
    let gets = names([.deliver, .redact])
    if !gets.isEmpty { parts.append("go to \(PlainText.list(gets))") }
    let waits = names([.hold])
    if !waits.isEmpty { parts.append("be held for \(PlainText.list(waits))") }
    guard !parts.isEmpty else {
      return decisions.isEmpty ? "go to nobody, since no grant names a recipient" : "be withheld from all"
    }
    return parts.joined(separator: " and ")
  }
}

extension HubHome {
  /// What a replay of this dead letter would come to, with its payload as an operator last left it.
  ///
  /// - Parameter editedRevision: the revision that this body is, where the ledger's row does not know it yet.
  package func prospect(
    of letter: DeadLetterDetail, body: [UInt8], editedRevision: Int? = nil, at time: Instant
  ) async throws(LedgerError) -> ReplayProspect {
    if letter.row.failure.stage == Stage.envelope.rawValue {
      return ReplayProspect(
        passes: false, "Its envelope cannot be mended here: ask \(letter.row.sender) to publish it again, corrected.")
    }
    let revision = editedRevision ?? letter.row.editedRevision
    let message: IncomingMessage
    do throws(StageFailure) {
      var copy = try IncomingMessage(letter.message, body: body)
      copy.mark(editedRevision: revision)
      message = copy
    } catch {
      return ReplayProspect(passes: false, "Its headers cannot be read any more: \(error.detail)")
    }
    if let delivery = letter.delivery { return prospect(of: delivery, letter.message, message, at: time) }
    if revision == 0, let known = try await acceptedTwin(of: letter.message, body: body) { return known }
    return ReplayProspect(Prospect(of: message, under: configuration, keys: keys, at: time))
  }

  /// Where a message with this id was accepted meanwhile, nothing else can be.
  private func acceptedTwin(of message: MessageRow, body: [UInt8]) async throws(LedgerError) -> ReplayProspect? {
    let record = try await ledger.trace(messageID: message.messageID, sender: message.sender)
    let twin = record.messages.first { $0.state == .accepted && $0.editOf == nil }
    guard let accepted = twin else { return nil }
    let isEqual =
      accepted.headers == message.headers && accepted.type == message.type
      && accepted.contentType == message.contentType
    guard isEqual, let known = try? await ledger.payload(of: accepted.id), known == body else {
      return ReplayProspect(
        passes: false,
        "Its message-id belongs to message \(accepted.id), which was accepted with other content: "
          + "\(message.sender) must publish it under an id of its own.")
    }
    return ReplayProspect(
      passes: true, "An equal message was accepted already, as message \(accepted.id): it would count as a duplicate.")
  }

  /// One recipient's delivery: decided again, written and judged.
  private func prospect(
    of delivery: DeliveryRow, _ row: MessageRow, _ message: IncomingMessage, at time: Instant
  ) -> ReplayProspect {
    let recipient = delivery.recipient
    let pipeline = IntakePipeline(configuration: configuration, keys: keys)
    let acceptedAt = row.acceptedAt ?? row.receivedAt
    do throws(StageFailure) {
      let read = try pipeline.read(pipeline.identifyAgain(message), message, at: acceptedAt)
      let decisions = configuration.decide(pipeline.submission(of: read, message, acceptedAt: acceptedAt, at: time))
      guard let decision = decisions.first(where: { $0.recipient == recipient }) else {
        return ReplayProspect(passes: true, "It would be withheld now: no grant in force names \(recipient) any more.")
      }
      guard decision.outcome == .deliver || decision.outcome == .redact else {
        let word = decision.outcome == .hold ? "held" : "withheld"
        return ReplayProspect(passes: true, "It would be \(word) now: \(decision.reason)")
      }
      let source = DeliverySource(message: message, read: read, acceptedAt: acceptedAt)
      return written(delivery, decision, source, at: time)
    } catch {
      return ReplayProspect(.refused(error, findings: []))
    }
  }

  private func written(
    _ row: DeliveryRow, _ decision: Decision, _ source: DeliverySource, at time: Instant
  ) -> ReplayProspect {
    let pair = Pair(
      recipient: row.recipient, outcome: DecisionOutcome(decision.outcome), rule: decision.rule.rawValue,
      arrangement: decision.arrangement, reason: decision.reason, objects: decision.keep, decision: [],
      deliveryID: row.deliveryID, lane: row.lane, format: row.format)
    let pending = PendingDelivery(
      number: row.id, message: row.message, pair: pair, decision: decision, claimedUntil: row.nextAttemptAt)
    do throws(DeliveryPipeline.Refusal) {
      let pipeline = DeliveryPipeline(configuration: configuration, keys: keys, now: time)
      let sealed = try pipeline.run(pending, of: source)
      let losses = sealed.losses.isEmpty ? "" : ", with \(PlainText.count(sealed.losses.count, "loss", "losses"))"
      let format = row.format?.slug ?? "its format"
      return ReplayProspect(passes: true, "It would be written for \(row.recipient) as \(format)\(losses), and sent.")
    } catch {
      switch error {
      case .withheld(_, let reason):
        return ReplayProspect(passes: true, "It would be withheld now: \(reason)")
      case .failed(let failure): return ReplayProspect(.refused(failure, findings: []))
      }
    }
  }
}
