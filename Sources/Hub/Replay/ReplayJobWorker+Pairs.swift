import Contract
import Ledger
import Sharing

/// Pairs of history, all of a step together: what is looked up, counted and written down is so once for all of them.
extension ReplayJobWorker {
  /// How many are judged one after the other, while others are on other cores.
  private static let chunk = 16

  /// A pair that is to be judged.
  private struct Line: Sendable {
    let item: ReplayItem
    let row: DeliveryRow
  }

  /// What was made of it; written down where there is a replay.
  private struct Judged: Sendable {
    var outcome: ReplayOutcome
    var replay: PairReplay?
    var source: DeliverySource?
    var delivery: PendingDelivery?
  }

  func replay(
    _ pairs: [(item: ReplayItem, number: Int64)], _ job: ReplayJob, _ order: ReplayOrder
  ) async throws -> [Outcome] {
    guard !pairs.isEmpty else { return [] }
    let rows = try await context.ledger.deliveries(pairs.map(\.number))
    var outcomes: [Outcome] = []
    var lines: [Line] = []
    for (item, number) in pairs {
      if let end = Self.ended(item, number, rows[number]) {
        let isOnItsWay = end.verdict == .pending
        outcomes.append(Outcome(position: item.position, outcome: end, delivery: isOnItsWay ? number : nil))
      } else if let row = rows[number] {
        lines.append(Line(item: item, row: row))
      }
    }
    // What was under way when a hub ended may have ended it: one at a time, before the others.
    let begun = try await context.ledger.begun(lines.map { Self.suspect($0.row) })
    for line in lines where begun.contains(Self.suspect(line.row)) {
      outcomes += try await countAndJudge([line], job, order)
    }
    return try await outcomes + countAndJudge(lines.filter { !begun.contains(Self.suspect($0.row)) }, job, order)
  }

  private static func suspect(_ row: DeliveryRow) -> String { "pair/\(row.id)" }

  /// Counted before they are touched: the one that ends the hub each time is left as it is after a few.
  private func countAndJudge(_ lines: [Line], _ job: ReplayJob, _ order: ReplayOrder) async throws -> [Outcome] {
    for _ in lines { context.observe(.replayBegun) }
    let suspects = lines.map { (sender: $0.row.recipient, key: Self.suspect($0.row)) }
    let attempts = try await context.ledger.noteAttempts(suspects, at: context.clock.now())
    var outcomes: [Outcome] = []
    var sound: [Line] = []
    for (line, attempts) in zip(lines, attempts) {
      guard attempts > IntakeWorker.attemptsBeforePoison else {
        sound.append(line)
        continue
      }
      let sentence = "Replaying this ended the hub \(attempts - 1) times; it is left as it is."
      outcomes.append(Outcome(position: line.item.position, outcome: ReplayOutcome(line.row.id, .failed, sentence)))
    }
    for _ in sound { context.observe(.replayAttempted) }
    outcomes += try await judgeAndWrite(sound, job, order)
    try await context.ledger.clearAttempts(suspects)
    return outcomes
  }

  /// What came of a line that needs nothing more: before a crash it did what it had to do, or somebody else did.
  private static func ended(_ item: ReplayItem, _ number: Int64, _ row: DeliveryRow?) -> ReplayOutcome? {
    guard let row else { return ReplayOutcome(number, .skipped, "There is no delivery \(number).") }
    if let taken = item.taken { return resumed(row, taken) }
    guard row.state == .pending else { return nil }
    return ReplayOutcome(number, .skipped, "It is on its way to \(row.recipient) already.")
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

  private func judgeAndWrite(_ lines: [Line], _ job: ReplayJob, _ order: ReplayOrder) async throws -> [Outcome] {
    var judged: [(line: Line, judged: Judged)] = []
    try await withThrowingTaskGroup(of: [(Line, Judged)].self) { group in
      for start in stride(from: 0, to: lines.count, by: Self.chunk) {
        let part = lines[start..<min(start + Self.chunk, lines.count)]
        group.addTask { try await judge(part, order) }
      }
      for try await part in group { judged += part.map { ($0, $1) } }
    }
    let writes = judged.indices.filter { judged[$0].judged.replay != nil }
    let results = await context.ledger.replayPairs(
      writes.compactMap { index in judged[index].judged.replay.map { (judged[index].line.item.position, $0) } },
      job: job.id, at: context.clock.now())
    var deliveries: [PendingDelivery] = []
    for (index, result) in zip(writes, results) {
      let row = judged[index].line.row
      guard try result.get() else {
        judged[index].judged.outcome = ReplayOutcome(row.id, .skipped, "Somebody else has changed it meanwhile.")
        continue
      }
      guard let delivery = judged[index].judged.delivery, let source = judged[index].judged.source else { continue }
      context.recent.keep(
        RecentMessages.Entry(message: source.message, read: source.read, acceptedAt: source.acceptedAt),
        as: row.message)
      deliveries.append(delivery)
    }
    context.handOver(deliveries)
    return judged.map { line, judged in
      Outcome(
        position: line.item.position, outcome: judged.outcome,
        delivery: judged.outcome.verdict == .pending ? line.row.id : nil)
    }
  }

  // MARK: - One pair

  private func judge(_ lines: ArraySlice<Line>, _ order: ReplayOrder) async throws -> [(Line, Judged)] {
    let messages = try await context.ledger.kept(messages: lines.map(\.row.message))
    let loader = DeliveryLoader(context: context)
    var judged: [(Line, Judged)] = []
    for line in lines {
      let row = line.row
      let failed: String
      do {
        guard let kept = messages[row.message] else {
          throw StageFailure(.write, .payloadGone, "The ledger has no message \(row.message).")
        }
        judged.append((line, judge(line, try await loader.load(kept), order)))
        continue
      } catch let failure as StageFailure {
        failed = failure.cause == .payloadGone ? "payload gone: \(failure.detail)" : failure.detail
      } catch let error as LedgerError {
        failed = "The ledger could not give it: \(error.reason); it is left as it is."
      }
      judged.append((line, Judged(outcome: ReplayOutcome(row.id, .failed, failed))))
    }
    return judged
  }

  private func judge(_ line: Line, _ source: DeliverySource, _ order: ReplayOrder) -> Judged {
    let row = line.row
    let (current, now) = (context.current, context.clock.now())
    let prospect = PairProspect(
      of: row, source, again: order.again, under: current.configuration, keys: context.keys, at: now)
    let claim = context.claim(at: now)
    func pending(_ decision: Decision?, _ format: FormatID?, _ revision: Int) -> PendingDelivery? {
      decision.map {
        PendingDelivery(row, $0, format: format, revision: revision, lane: order.lane, claimedUntil: claim.until)
      }
    }
    var replay = PairReplay(
      decision: nil, configuration: current.version, revision: nil, lane: order.lane, seen: row)
    var judged = Judged(outcome: ReplayOutcome(row.id, .pending, prospect.sentence(for: row.recipient)))
    switch prospect {
    case .unchanged:
      judged.outcome.verdict = .unchanged
      return judged
    case .failed:
      judged.outcome.verdict = .failed
      return judged
    case .sendsAgain(let revision):
      replay.revision = revision
      judged.delivery = pending(try? Decision(decoding: row.decision), row.format, revision)
    case .sends(let decision, let revision, let format, _):
      replay.decision = decision.revised
      replay.revision = revision
      replay.format = format
      judged.delivery = pending(decision, format ?? row.format, revision)
    case .withheld(let decision):
      replay.decision = decision.revised
      judged.outcome.verdict = .withheld
    case .held(let decision):
      replay.decision = decision.revised
      judged.outcome.verdict = .held
    }
    // What cannot be handed over is claimed from the ledger.
    if judged.delivery != nil { replay.claim = claim }
    judged.replay = replay
    judged.source = source
    return judged
  }
}
