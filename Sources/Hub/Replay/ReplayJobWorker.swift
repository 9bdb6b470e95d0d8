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
  /// How many dead letters are worked on at a time.
  private static let width = 128

  let context: HubContext

  /// Runs until the task is cancelled.
  func run() async throws {
    while !Task.isCancelled {
      let claimed = try await context.ledger.claimReplay(
        owner: context.owner, now: context.clock.now(), leaseMilliseconds: Self.leaseMilliseconds)
      if let claimed {
        try await carryOut(claimed)
      } else {
        try await Task.sleep(for: .milliseconds(250))
      }
    }
  }

  private func carryOut(_ job: ReplayJob) async throws {
    context.observe(.replayTaken)
    let order: ReplayOrder
    do {
      order = try ReplayOrder(decoding: job.arguments)
    } catch {
      return try await end(job, .cancelled, error.detail)
    }
    var pace = ReplayPace(order)
    // The step before, of which some are on their way still while the next one is made ready.
    var before: [Outcome] = []
    while !Task.isCancelled {
      let begun = ContinuousClock.now
      let isRamping = pace.isRamping
      let items = try await context.ledger.openItems(ofReplay: job.id, after: before.last?.position, limit: pace.step)
      guard !items.isEmpty || !before.isEmpty else { return try await end(job, .done, "") }
      let earlier = before
      async let arrived = settled(earlier, within: 1000)
      var outcomes = try await replay(items, job, order)
      var why = try await note(arrived, of: job, &pace)
      if isRamping || why != nil {
        outcomes = try await settled(outcomes, within: 5000)
        let next = try await note(outcomes, of: job, &pace)
        why = why ?? next
        outcomes = []
      }
      if let why { return try await end(job, .stopped, why) }
      before = outcomes
      let until = context.clock.now().adding(milliseconds: Self.leaseMilliseconds)
      guard try await context.ledger.extendReplay(job.id, owner: context.owner, until: until) else {
        // Paused or cancelled: what is on its way has its result all the same.
        _ = try await note(settled(before, within: 1000), of: job, &pace)
        return
      }
      try await Task.sleep(until: begun + .milliseconds(pace.milliseconds(for: items.count)))
    }
  }

  /// Writes down what came of a step; gives the sentence that says why the replay must hold, or nil.
  private func note(_ outcomes: [Outcome], of job: ReplayJob, _ pace: inout ReplayPace) async throws -> String? {
    guard !outcomes.isEmpty else { return nil }
    let lines = outcomes.map {
      ReplayResultLine(position: $0.position, verdict: $0.outcome.verdict.rawValue, detail: $0.outcome.detail)
    }
    try await context.ledger.recordReplayResults(lines, ofReplay: job.id, at: context.clock.now())
    context.observe(.replayRecorded)
    return pace.note(done: outcomes.count, failed: outcomes.count { $0.outcome.verdict == .failed })
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

  /// Replays lines side by side: dead letters each by itself, pairs of history together.
  private func replay(_ items: [ReplayItem], _ job: ReplayJob, _ order: ReplayOrder) async throws -> [Outcome] {
    var letters: [(position: Int, number: Int64)] = []
    var pairs: [(item: ReplayItem, number: Int64)] = []
    for item in items {
      switch item.target {
      case .deadLetter(let number): letters.append((item.position, number))
      case .delivery(let number): pairs.append((item, number))
      }
    }
    async let ofLetters = replay(letters, act: job.act, along: order.lane)
    let ofPairs = try await replay(pairs, job, order)
    return try await (ofLetters + ofPairs).sorted { $0.position < $1.position }
  }

  private func replay(
    _ letters: [(position: Int, number: Int64)], act: Int64, along lane: Lane?
  ) async throws -> [Outcome] {
    // What was under way when a hub ended may have ended it: one at a time, before the others.
    let begun = try await context.ledger.begun(letters.map { ReplayWorker.suspect($0.number) })
    let isSuspect = letters.map { begun.contains(ReplayWorker.suspect($0.number)) }
    var outcomes: [Outcome] = []
    for (letter, isSuspect) in zip(letters, isSuspect) where isSuspect {
      outcomes.append(try await replay(letter.position, letter.number, act, lane))
    }
    let others = zip(letters, isSuspect).filter { !$1 }.map(\.0)
    return try await outcomes + sideBySide(others, act: act, along: lane)
  }

  private func sideBySide(
    _ letters: [(position: Int, number: Int64)], act: Int64, along lane: Lane?
  ) async throws -> [Outcome] {
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      var outcomes: [Outcome] = []
      var waiting = letters.makeIterator()
      for _ in 0..<Self.width {
        guard let letter = waiting.next() else { break }
        group.addTask { try await replay(letter.position, letter.number, act, lane) }
      }
      while let outcome = try await group.next() {
        outcomes.append(outcome)
        guard let letter = waiting.next() else { continue }
        group.addTask { try await replay(letter.position, letter.number, act, lane) }
      }
      return outcomes
    }
  }

  private func replay(_ position: Int, _ number: Int64, _ act: Int64, _ lane: Lane?) async throws -> Outcome {
    let outcome = try await ReplayWorker(context: context, lane: lane).replay(number, act: act)
    guard outcome.verdict == .pending else { return Outcome(position: position, outcome: outcome) }
    let delivery = try await context.ledger.deadLetter(number)?.row.delivery
    return Outcome(position: position, outcome: outcome, delivery: delivery)
  }

  /// Waits a moment for what is on its way to arrive.
  private func settled(_ outcomes: [Outcome], within milliseconds: Int) async throws -> [Outcome] {
    var outcomes = outcomes
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
    return outcomes
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
}
