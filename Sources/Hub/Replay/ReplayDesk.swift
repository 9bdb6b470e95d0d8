import Contract
package import Ledger

/// What an operator does with replays of many: the acts behind the commands, and behind a page.
package struct ReplayDesk: Sendable {
  private static let page = 10_000

  let home: HubHome
  private let `operator`: String
  private let clock: any HubClock

  package init(_ home: HubHome, operator: String, clock: any HubClock = SystemClock()) {
    self.home = home
    self.operator = `operator`
    self.clock = clock
  }

  // MARK: - Choosing

  /// The open dead letters that a filter lets through, as they are now.
  package func targets(_ filter: DeadLetterFilter, text: String? = nil) async throws(LedgerError) -> [ReplayTarget] {
    if text != nil {
      return try await DeadLetterDesk(home, operator: `operator`).numbers(filter, text: text).map { .deadLetter($0) }
    }
    var (filter, targets) = (filter, [ReplayTarget]())
    filter.limit = Self.page
    while true {
      let ids = try await home.ledger.deadLetterIDs(filter)
      targets += ids.map { .deadLetter($0) }
      guard ids.count == Self.page, let last = ids.last else { return targets }
      filter.after = last
    }
  }

  /// The pairs of history that a filter lets through, as they are now.
  package func targets(_ filter: HistoryFilter) async throws(LedgerError) -> [ReplayTarget] {
    var (after, targets) = (Int64(0), [ReplayTarget]())
    while true {
      let found = try await home.ledger.history(filter, after: after, limit: Self.page)
      targets += found.targets
      guard found.targets.count == Self.page, let last = found.last else { return targets }
      after = last
    }
  }

  // MARK: - Rehearsing

  /// What a replay of one target would come to now.
  package struct Forecast: Sendable {
    package let target: ReplayTarget
    /// In one word: `pass`, `fail`, `send`, `again`, `unchanged`, `withhold`, `hold`.
    package let word: String
    package let sentence: String
  }

  /// Validates, decides and translates each with today's rules; writes nothing down and sends nothing.
  package func rehearse(_ target: ReplayTarget, again: Bool) async throws -> Forecast {
    switch target {
    case .deadLetter(let number):
      guard let letter = try await home.ledger.deadLetter(number) else {
        return Forecast(target: target, word: "fail", sentence: "There is no dead letter \(number).")
      }
      do throws(LedgerError) {
        let body = try await home.ledger.payload(ofDeadLetter: number)
        let prospect = try await home.prospect(of: letter, body: body, at: clock.now())
        return Forecast(target: target, word: prospect.passes ? "pass" : "fail", sentence: prospect.sentence)
      } catch {
        guard error.code == .payloadGone || error.code == .notFound else { throw error }
        return Forecast(target: target, word: "fail", sentence: "payload gone: \(error.reason)")
      }
    case .delivery(let number):
      guard let pair = try await home.ledger.pair(number) else {
        return Forecast(target: target, word: "fail", sentence: "There is no delivery \(number).")
      }
      return try await rehearse(target, pair, again: again)
    }
  }

  private func rehearse(_ target: ReplayTarget, _ pair: HeldRow, again: Bool) async throws -> Forecast {
    do {
      let message = try IncomingMessage(pair.message, body: try await home.ledger.payload(of: pair.message.id))
      let pipeline = IntakePipeline(configuration: home.configuration, keys: home.keys)
      let acceptedAt = pair.message.acceptedAt ?? pair.message.receivedAt
      let read = try pipeline.read(pipeline.identifyAgain(message), message, at: acceptedAt)
      let prospect = PairProspect(
        of: pair.delivery, DeliverySource(message: message, read: read, acceptedAt: acceptedAt), again: again,
        under: home.configuration, keys: home.keys, at: clock.now())
      return Forecast(
        target: target, word: prospect.word, sentence: prospect.sentence(for: pair.delivery.recipient))
    } catch let failure as StageFailure {
      return Forecast(target: target, word: "fail", sentence: failure.detail)
    } catch let error as LedgerError where error.code == .payloadGone || error.code == .notFound {
      return Forecast(target: target, word: "fail", sentence: "payload gone: \(error.reason)")
    }
  }

  // MARK: - Doing

  /// Freezes the list and asks running hubs to begin; gives the replay's number.
  package func start(_ targets: [ReplayTarget], _ order: ReplayOrder) async throws(LedgerError) -> Int64 {
    try await home.ledger.startReplay(
      of: targets, kind: ReplayOrder.kind, arguments: order.encoded(), operator: `operator`, at: clock.now())
  }

  /// What an operator does with a replay that was started.
  package enum Change: String, Sendable, CaseIterable {
    case pause, resume, cancel

    var state: ReplayState {
      switch self {
      case .pause: .paused
      case .resume: .running
      case .cancel: .cancelled
      }
    }

    /// The states in which it makes sense.
    var from: Set<ReplayState> {
      switch self {
      case .pause: [.running]
      case .resume: [.paused, .stopped]
      case .cancel: [.preparing, .running, .paused, .stopped]
      }
    }
  }

  /// - Returns: false where the replay is in no state for it; nothing was changed then.
  package func change(_ id: Int64, _ change: Change, reason: String) async throws(LedgerError) -> Bool {
    try await home.ledger.changeReplay(
      id, to: change.state, from: change.from, why: reason, act: "replay-\(change.rawValue)", operator: `operator`,
      at: clock.now())
  }

  package func list(limit: Int) async throws(LedgerError) -> [ReplayProgress] {
    var list: [ReplayProgress] = []
    for job in try await home.ledger.replays(limit: limit) {
      list.append(ReplayProgress(job: job, verdicts: try await home.ledger.verdicts(ofReplay: job.id)))
    }
    return list
  }

  /// How far a replay is; nil where there is none of this number.
  package func progress(_ id: Int64) async throws(LedgerError) -> ReplayProgress? {
    guard let job = try await home.ledger.replay(id) else { return nil }
    return ReplayProgress(job: job, verdicts: try await home.ledger.verdicts(ofReplay: id))
  }

  /// Lines of a replay, in its order.
  package func items(
    _ id: Int64, after position: Int, verdicts: [String]?, limit: Int
  ) async throws(LedgerError) -> [ReplayItem] {
    try await home.ledger.items(ofReplay: id, after: position, verdicts: verdicts, limit: limit)
  }
}

extension PairProspect {
  /// In one word, for counting.
  var word: String {
    switch self {
    case .unchanged: "unchanged"
    case .sends: "send"
    case .sendsAgain: "again"
    case .withheld: "withhold"
    case .held: "hold"
    case .failed: "fail"
    }
  }
}
