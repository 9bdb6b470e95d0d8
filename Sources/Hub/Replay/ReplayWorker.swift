import Adapters
import Contract
import Ledger
import Logging
import Sharing

/// Carries out what operators ask for: polls the ledger each second, as commands write their acts there.
struct ReplayWorker: Sendable {
  static let leaseMilliseconds: Int64 = 10_000

  let context: HubContext
  /// The lane to send along instead of the message's own.
  var lane: Lane?

  /// Runs until the task is cancelled: replays of a few, asked for by numbers, beside those of many.
  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.carryOutActs() }
      group.addTask { try await ReplayJobWorker(context: self.context).run() }
      // Where one fails, both begin anew.
      while try await group.next() != nil {}
    }
  }

  private func carryOutActs() async throws {
    while !Task.isCancelled {
      let acts = try await context.ledger.claimActs(
        owner: context.owner, now: context.clock.now(), leaseMilliseconds: Self.leaseMilliseconds)
      for act in acts { try await carryOut(act) }
      if acts.isEmpty { try await Task.sleep(for: .milliseconds(250)) }
    }
  }

  private func carryOut(_ act: ActRow) async throws {
    context.observe(.replayTaken)
    guard act.kind == ReplayAct.kind, let replay = try? ReplayAct(decoding: act.arguments) else {
      let result = ReplayOutcome.encode([ReplayOutcome(0, .failed, "This hub knows no act '\(act.kind.shortened)'.")])
      return try await context.ledger.finishAct(act.id, succeeded: false, result: result, at: context.clock.now())
    }
    var outcomes: [ReplayOutcome] = []
    for id in replay.deadLetters {
      outcomes.append(try await self.replay(id, act: act.id))
      let until = context.clock.now().adding(milliseconds: Self.leaseMilliseconds)
      guard try await context.ledger.extendAct(act.id, owner: context.owner, until: until) else { return }
    }
    context.observe(.replayRecorded)
    let succeeded = outcomes.allSatisfy { $0.verdict != .failed && $0.verdict != .skipped }
    try await context.ledger.finishAct(
      act.id, succeeded: succeeded, result: ReplayOutcome.encode(outcomes), at: context.clock.now())
  }

  static func suspect(_ deadLetter: Int64) -> String { "dead/\(deadLetter)" }

  /// One dead letter: taken by compare-and-set, so that nothing is replayed twice.
  func replay(_ id: Int64, act: Int64) async throws -> ReplayOutcome {
    guard let detail = try await context.ledger.deadLetter(id) else {
      return ReplayOutcome(id, .skipped, "There is no dead letter \(id).")
    }
    if let delivery = detail.delivery, detail.row.state == .replaying, delivery.state == .pending {
      return ReplayOutcome(id, .pending, "It is on its way to \(delivery.recipient) again.")
    }
    if detail.row.state == .open, detail.row.awaitsApproval {
      return ReplayOutcome(
        id, .skipped, "Its edit waits for a second person: `entente dead approve \(id)`, by somebody else.")
    }
    guard try await context.ledger.beginReplay(id, act: act, now: context.clock.now()) else {
      // After a crash the act is carried out again: what it had settled already counts as done.
      let state = try await context.ledger.deadLetter(id)?.row.state ?? detail.row.state
      let isDone = state == .resolved || state == .superseded
      return ReplayOutcome(id, isDone ? .accepted : .skipped, "It is \(state.rawValue).")
    }
    context.observe(.replayBegun)
    let key = Self.suspect(id)
    do {
      // Counted before it is touched: a replay that ends the hub each time is given back to the operators.
      let attempts = try await context.ledger.noteAttempt(sender: detail.row.sender, key: key, at: context.clock.now())
      guard attempts <= IntakeWorker.attemptsBeforePoison else { return try await giveBack(detail, attempts, key) }
      context.observe(.replayAttempted)
      let outcome =
        if let delivery = detail.delivery { try await redeliver(detail, delivery) } else { try await rerun(detail) }
      try await context.ledger.clearAttempts(sender: detail.row.sender, key: key)
      return outcome
    } catch let error as LedgerError where error.code == .conflict {
      return ReplayOutcome(id, .skipped, "Somebody else has dealt with it meanwhile: \(error.reason).")
    } catch let error as LedgerError {
      // One that cannot be read must not hold up the others of its act.
      try await context.ledger.finishReplay(id, .abandoned, at: context.clock.now())
      return ReplayOutcome(id, .failed, "The ledger could not give it: \(error.reason); it lies open as before.")
    }
  }

  private func giveBack(_ detail: DeadLetterDetail, _ attempts: Int, _ key: String) async throws -> ReplayOutcome {
    let failure = StageFailure(
      .broker, .poison, "Replaying this ended the hub \(attempts - 1) times; mend the cause before it is tried again.")
    try await context.ledger.finishReplay(detail.row.id, .failed(failure.record), at: context.clock.now())
    try await context.ledger.clearAttempts(sender: detail.row.sender, key: key)
    return ReplayOutcome(detail.row.id, .failed, failure.detail)
  }

  /// A message that failed before the decision: through the whole pipeline, as an operator last left it.
  private func rerun(_ detail: DeadLetterDetail) async throws -> ReplayOutcome {
    let id = detail.row.id
    let now = context.clock.now()
    if detail.row.failure.stage == Stage.envelope.rawValue {
      // What its envelope asked for is not known, so nobody can say that a delivery would respect it.
      try await context.ledger.finishReplay(id, .failed(detail.row.failure), at: now)
      return ReplayOutcome(
        id, .failed,
        "Its envelope cannot be mended here: ask the sender to publish it again. \(detail.row.failure.detail)")
    }
    let current = context.current
    let message: IncomingMessage
    do {
      var edited = try IncomingMessage(detail.message, body: try await context.ledger.payload(ofDeadLetter: id))
      edited.mark(editedRevision: detail.row.editedRevision)
      message = edited
    } catch let failure as StageFailure {
      try await context.ledger.finishReplay(id, .failed(failure.record), at: now)
      return ReplayOutcome(id, .failed, failure.detail)
    } catch let error as LedgerError where error.code == .payloadGone || error.code == .notFound {
      let failure = StageFailure(.read, .payloadGone, "Its payload was not kept: \(error.reason).")
      try await context.ledger.finishReplay(id, .failed(failure.record), at: now)
      return ReplayOutcome(id, .failed, failure.detail)
    }
    let record = IntakeRecord(
      keys: context.keys, configurationVersion: current.version, claim: context.claim(at: now),
      payloadDays: current.configuration.settings.retention.payloadDays)
    let pipeline = IntakePipeline(configuration: current.configuration, keys: context.keys)
    let judged: JudgedMessage
    do throws(StageFailure) {
      judged = try pipeline.run(message, at: now)
    } catch {
      _ = try await context.ledger.record(replay: record.failed(error, message, at: now), of: id)
      return ReplayOutcome(id, .failed, error.detail)
    }
    var intake = record.accepted(judged, message, at: now, current.configuration)
    if let original = message.editOf {
      // The receipt answers what its sender published.
      var answered = message
      answered.messageID = original
      intake.receipts = record.accepted(judged, answered, at: now).receipts
    }
    if let lane { intake.redirect(to: lane) }
    return try await accept(
      IntakeEntry(intake, judged, message, ground: current.configuration.ground(at: now)), judged, message, id)
  }

  private func accept(
    _ entry: IntakeEntry, _ judged: JudgedMessage, _ message: IncomingMessage, _ id: Int64
  ) async throws -> ReplayOutcome {
    let outcome = try await context.ledger.record(replay: entry.intake, of: id, editOf: message.editOf)
    switch outcome {
    case .accepted(_, let deliveries, _):
      context.handOver(context.deliveries(of: entry, outcome))
      context.bells.ring(Outlet.receiptsBell(message.sender))
      let leaving = judged.decisions.filter { $0.outcome == .deliver || $0.outcome == .redact }.count
      return ReplayOutcome(id, .accepted, "It passes now and goes to \(leaving) of \(deliveries.count) agencies.")
    case .duplicate(let number), .redelivery(let number):
      return ReplayOutcome(id, .duplicate, "It had been accepted before, as message \(number).")
    case .messageIDReused:
      return ReplayOutcome(id, .failed, "Its message-id belongs to an accepted message with other content.")
    case .failed:
      return ReplayOutcome(id, .failed, "It failed again.")
    }
  }

  /// A message that failed for one recipient: decided again as of now, for that recipient alone.
  private func redeliver(_ detail: DeadLetterDetail, _ delivery: DeliveryRow) async throws -> ReplayOutcome {
    let id = detail.row.id
    let current = context.current
    let source: DeliverySource
    do {
      source = try await DeliveryLoader(context: context).load(message: delivery.message)
    } catch let failure as StageFailure {
      try await context.ledger.finishReplay(id, .failed(failure.record), at: context.clock.now())
      return ReplayOutcome(id, .failed, failure.detail)
    }
    let pipeline = IntakePipeline(configuration: current.configuration, keys: context.keys)
    let submission = pipeline.submission(
      of: source.read, source.message, acceptedAt: source.origin.acceptedAt, at: context.clock.now())
    let decision =
      current.configuration.decide(submission).first { $0.recipient == delivery.recipient }
      ?? Decision(
        recipient: delivery.recipient, outcome: .withhold, rule: .kindNotGranted,
        reason: "No grant in force names \(delivery.recipient) any more.")
    let revised = RevisedDecision(
      outcome: DecisionOutcome(decision.outcome), rule: decision.rule.rawValue, arrangement: decision.arrangement,
      reason: decision.reason, objects: decision.keep, decision: decision.encoded())
    let row = try await context.ledger.redeliver(
      deadLetter: id, decision: revised, configuration: current.version, at: context.clock.now(), lane: lane,
      format: current.configuration.agencies[delivery.recipient]?.format(for: source.read.kind),
      claim: context.claim(at: context.clock.now()))
    switch row.state {
    case .withheld: return ReplayOutcome(id, .withheld, "Withheld now: \(decision.reason)")
    case .held: return ReplayOutcome(id, .held, "Held now: \(decision.reason)")
    default:
      context.recent.keep(
        RecentMessages.Entry(message: source.message, read: source.read, acceptedAt: source.acceptedAt),
        as: row.message)
      context.handOver([PendingDelivery(row, decision, format: row.format, revision: row.revision)])
      return ReplayOutcome(id, .pending, "It is on its way to \(delivery.recipient) again.")
    }
  }
}

extension IncomingMessage {
  /// Makes it the copy that an operator edited: under an id of its own, and without its sender's signature, which was
  /// over another text. Its sender's id stays free for what its sender publishes corrected.
  mutating func mark(editedRevision revision: Int) {
    guard revision > 0 else { return }
    editOf = messageID
    messageID += "/edit-\(revision)"
    isDerivedID = false
    headers.isSigned = false
  }
}

extension Intake {
  /// Sends all of its deliveries along another lane.
  mutating func redirect(to lane: Lane) {
    guard case .accepted(var accepted) = verdict else { return }
    for index in accepted.pairs.indices { accepted.pairs[index].lane = lane }
    verdict = .accepted(accepted)
  }
}
