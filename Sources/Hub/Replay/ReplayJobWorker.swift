import Contract
import Ledger
import Logging
import Sharing

/// Carries out replays of many, step by step: takes one that nobody carries out, replays the next lines of its list as
/// fast as it may, writes down what came of each, and looks whether it may go on.
///
/// It can end at any moment: what a line has done is known from the ledger, and the next hub goes on from there.
struct ReplayJobWorker: Sendable {
  private static let leaseMilliseconds: Int64 = 10_000
  /// How many lines are worked on at a time.
  private static let width = 64

  let context: HubContext

  /// Runs until the task is cancelled.
  func run() async throws {
    while !Task.isCancelled {
      let claimed = try await context.ledger.claimReplay(
        owner: context.owner, now: context.clock.now(), leaseMilliseconds: Self.leaseMilliseconds)
      if let claimed {
        try await carryOut(claimed.job, isTakeover: claimed.isTakeover)
      } else {
        try await Task.sleep(for: .milliseconds(250))
      }
    }
  }

  private func carryOut(_ job: ReplayJob, isTakeover: Bool) async throws {
    context.observe(.replayTaken)
    let order: ReplayOrder
    do {
      order = try ReplayOrder(decoding: job.arguments)
    } catch {
      return try await end(job, .cancelled, error.detail)
    }
    var pace = ReplayPace(order)
    // After a crash one at a time first, so that the one that ends a hub does not take its neighbours along.
    var alone = isTakeover ? Self.width : 0
    while !Task.isCancelled {
      let begun = ContinuousClock.now
      let step = alone > 0 ? 1 : pace.step
      alone -= 1
      let items = try await context.ledger.openItems(ofReplay: job.id, limit: step)
      guard !items.isEmpty else { return try await end(job, .done, "") }
      let outcomes = try await replay(items, job, order, waitsFor: pace.isRamping ? 5000 : 1000)
      let lines = outcomes.map {
        ReplayResultLine(position: $0.position, verdict: $0.outcome.verdict.rawValue, detail: $0.outcome.detail)
      }
      try await context.ledger.recordReplayResults(lines, ofReplay: job.id, at: context.clock.now())
      context.observe(.replayRecorded)
      let failed = outcomes.count { $0.outcome.verdict == .failed }
      if let why = pace.note(done: outcomes.count, failed: failed) { return try await end(job, .stopped, why) }
      let until = context.clock.now().adding(milliseconds: Self.leaseMilliseconds)
      guard try await context.ledger.extendReplay(job.id, owner: context.owner, until: until) else { return }
      try await Task.sleep(until: begun + .milliseconds(pace.milliseconds(for: items.count)))
    }
  }

  private func end(_ job: ReplayJob, _ state: ReplayState, _ why: String) async throws {
    _ = try await context.ledger.changeReplay(
      job.id, to: state, from: [.running], why: why, act: "replay-\(state.rawValue)", operator: context.owner,
      at: context.clock.now())
    context.logger.notice(
      "a replay has ended, or holds itself", metadata: ["replay": "\(job.id)", "state": "\(state.rawValue)"])
  }

  // MARK: - A step

  struct Outcome: Sendable {
    let position: Int
    var outcome: ReplayOutcome
    /// The delivery that is on its way, where that is what came of it.
    var delivery: Int64?
  }

  /// Replays lines side by side and waits a moment for what is on its way to arrive.
  private func replay(
    _ items: [ReplayItem], _ job: ReplayJob, _ order: ReplayOrder, waitsFor milliseconds: Int
  ) async throws -> [Outcome] {
    var outcomes: [Outcome] = []
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      var waiting = items.makeIterator()
      for _ in 0..<Self.width {
        guard let item = waiting.next() else { break }
        group.addTask { try await self.replay(item, job, order) }
      }
      while let outcome = try await group.next() {
        outcomes.append(outcome)
        if let item = waiting.next() { group.addTask { try await self.replay(item, job, order) } }
      }
    }
    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
    while !Task.isCancelled {
      let open = outcomes.indices.filter { outcomes[$0].outcome.verdict == .pending }
      let states = try await context.ledger.standings(open.compactMap { outcomes[$0].delivery })
      for index in open {
        guard let number = outcomes[index].delivery, let standing = states[number],
          let settled = Self.settled(outcomes[index].outcome, standing)
        else { continue }
        outcomes[index].outcome = settled
      }
      guard outcomes.contains(where: { $0.outcome.verdict == .pending }), ContinuousClock.now < deadline else { break }
      try await Task.sleep(for: .milliseconds(20))
    }
    return outcomes.sorted { $0.position < $1.position }
  }

  private static func settled(_ outcome: ReplayOutcome, _ standing: PairStanding) -> ReplayOutcome? {
    let number = outcome.deadLetter
    switch standing.state {
    case .pending: return nil
    case .delivered: return ReplayOutcome(number, .delivered, "It lies in the inbox, revision \(standing.revision).")
    case .withheld: return ReplayOutcome(number, .withheld, "Withheld now: \(standing.reason)")
    case .held: return ReplayOutcome(number, .held, "Held now: \(standing.reason)")
    case .deadLettered, .discarded:
      return ReplayOutcome(number, .failed, "It failed again: \(standing.lastCause ?? "no cause is known").")
    }
  }

  private func replay(_ item: ReplayItem, _ job: ReplayJob, _ order: ReplayOrder) async throws -> Outcome {
    switch item.target {
    case .deadLetter(let number):
      let worker = ReplayWorker(context: context, lane: order.lane)
      let outcome = try await worker.replay(number, act: job.act)
      let delivery = outcome.verdict == .pending ? try await context.ledger.deadLetter(number)?.row.delivery : nil
      return Outcome(position: item.position, outcome: outcome, delivery: delivery)
    case .delivery(let number):
      let outcome = try await pair(number, item, job, order)
      return Outcome(
        position: item.position, outcome: outcome, delivery: outcome.verdict == .pending ? number : nil)
    }
  }

  // MARK: - One pair of history

  private func pair(
    _ number: Int64, _ item: ReplayItem, _ job: ReplayJob, _ order: ReplayOrder
  ) async throws -> ReplayOutcome {
    guard let row = try await context.ledger.delivery(number) else {
      return ReplayOutcome(number, .skipped, "There is no delivery \(number).")
    }
    // Before a crash this line has done what it had to do.
    if let taken = item.taken { return Self.resumed(row, taken) }
    if row.state == .pending {
      return ReplayOutcome(number, .skipped, "It is on its way to \(row.recipient) already.")
    }
    context.observe(.replayBegun)
    let key = "pair/\(number)"
    let attempts = try await context.ledger.noteAttempt(sender: row.recipient, key: key, at: context.clock.now())
    guard attempts <= IntakeWorker.attemptsBeforePoison else {
      return ReplayOutcome(number, .failed, "Replaying this ended the hub \(attempts - 1) times; it is left as it is.")
    }
    context.observe(.replayAttempted)
    let outcome = try await judged(row, item, job, order)
    try await context.ledger.clearAttempts(sender: row.recipient, key: key)
    return outcome
  }

  private static func resumed(_ row: DeliveryRow, _ taken: Int) -> ReplayOutcome {
    switch row.state {
    case .delivered where taken == 0: ReplayOutcome(row.id, .withheld, "Withheld now, and it has it already.")
    case .delivered: ReplayOutcome(row.id, .delivered, "It lies in the inbox, revision \(row.revision).")
    case .held: ReplayOutcome(row.id, .held, "Held now: \(row.reason)")
    case .withheld: ReplayOutcome(row.id, .withheld, "Withheld now: \(row.reason)")
    case .pending: ReplayOutcome(row.id, .pending, "It is on its way to \(row.recipient).")
    case .deadLettered, .discarded: ReplayOutcome(row.id, .failed, "It failed again.")
    }
  }

  private func judged(
    _ row: DeliveryRow, _ item: ReplayItem, _ job: ReplayJob, _ order: ReplayOrder
  ) async throws -> ReplayOutcome {
    let source: DeliverySource
    do {
      source = try await DeliveryLoader(context: context).load(message: row.message)
    } catch let failure as StageFailure {
      let isGone = failure.cause == .payloadGone
      return ReplayOutcome(row.id, .failed, isGone ? "payload gone: \(failure.detail)" : failure.detail)
    } catch let error as LedgerError {
      return ReplayOutcome(row.id, .failed, "The ledger could not give it: \(error.reason); it is left as it is.")
    }
    let current = context.current
    let now = context.clock.now()
    let prospect = PairProspect(
      of: row, source, again: order.again, under: current.configuration, keys: context.keys, at: now)
    let sentence = prospect.sentence(for: row.recipient)
    var replay = PairReplay(
      decision: nil, configuration: current.version, revision: nil, lane: order.lane, seen: row)
    let verdict: ReplayOutcome.Verdict
    switch prospect {
    case .unchanged: return ReplayOutcome(row.id, .unchanged, sentence)
    case .failed: return ReplayOutcome(row.id, .failed, sentence)
    case .sendsAgain(let revision):
      replay.revision = revision
      verdict = .pending
    case .sends(let decision, let revision, let format, _):
      replay.decision = decision.revised
      replay.revision = revision
      replay.format = format
      verdict = .pending
    case .withheld(let decision):
      replay.decision = decision.revised
      verdict = .withheld
    case .held(let decision):
      replay.decision = decision.revised
      verdict = .held
    }
    guard try await context.ledger.replayPair(replay, job: job.id, position: item.position, at: now) else {
      return ReplayOutcome(row.id, .skipped, "Somebody else has changed it meanwhile.")
    }
    if verdict == .pending { context.bells.ringDeliveries(to: row.recipient) }
    return ReplayOutcome(row.id, verdict, sentence)
  }
}
