import Contract
package import Ledger

/// What an operator does with dead letters: the acts behind the commands, and behind a page.
package struct DeadLetterDesk: Sendable {
  /// How long a hub may show no sign of life before it counts as not running.
  private static let silenceMilliseconds: Int64 = 10_000
  /// How many dead letters one act holds.
  private static let lettersPerAct = 1000

  let home: HubHome
  let `operator`: String
  let clock: any HubClock

  package init(_ home: HubHome, operator: String, clock: any HubClock = SystemClock()) {
    self.home = home
    self.operator = `operator`
    self.clock = clock
  }

  /// The dead letters that a filter lets through, and whether there are more.
  ///
  /// - Parameter text: only those whose body, as an operator last left it, has these bytes; reads every body.
  package func list(_ filter: DeadLetterFilter, text: String? = nil) async throws(LedgerError) -> DeadLetterList {
    var rows: [DeadLetterRow] = []
    try await walk(filter, text: text) { row in
      rows.append(row)
      return rows.count <= filter.limit
    }
    return DeadLetterList(rows: Array(rows.prefix(filter.limit)), isCutShort: rows.count > filter.limit)
  }

  /// The numbers of all dead letters that a filter lets through, whatever its limit.
  package func numbers(_ filter: DeadLetterFilter, text: String? = nil) async throws(LedgerError) -> [Int64] {
    var numbers: [Int64] = []
    try await walk(filter, text: text) { row in
      numbers.append(row.id)
      return true
    }
    return numbers
  }

  /// A dead letter as the ledger has it; nil where there is none of this number.
  package func letter(_ number: Int64) async throws(LedgerError) -> DeadLetterDetail? {
    try await home.ledger.deadLetter(number)
  }

  /// A dead letter with its message and its prospects; nil where there is none of this number.
  package func story(_ number: Int64) async throws(LedgerError) -> DeadLetterStory? {
    try await home.story(ofDeadLetter: number, at: clock.now())
  }

  // MARK: - Mending

  /// Why other bytes would not help this dead letter, in a sentence that says what does; nil where they may.
  package func obstacleToEditing(_ letter: DeadLetterDetail) -> String? {
    let row = letter.row
    guard row.state == .open else {
      return "Dead letter \(row.id) is \(row.state.rawValue), and only an open one is edited."
    }
    if let delivery = letter.delivery {
      return "Dead letter \(row.id) is the delivery of an accepted message to \(delivery.recipient), whose bytes "
        + "stand: mend what `entente dead show \(row.id)` names, then replay it."
    }
    if row.failure.stage == Stage.envelope.rawValue {
      return "What is wrong with dead letter \(row.id) is its envelope, which cannot be edited: ask \(row.sender) to "
        + "publish it again, corrected."
    }
    return nil
  }

  /// Keeps an edited body beside the untouched one; gives its revision and what a replay would come to.
  package func edit(
    _ letter: DeadLetterDetail, body: [UInt8], note: String
  ) async throws(LedgerError) -> (revision: Int, prospect: ReplayProspect, needsApproval: Bool) {
    let now = clock.now()
    let untouched = (try? await home.ledger.payload(of: letter.message.id)) ?? []
    let needsApproval = SecondPerson.isAsked(
      for: letter.message, untouched: untouched, edited: body, under: home.configuration, keys: home.keys, at: now)
    let revision = try await home.ledger.editDeadLetter(
      letter.row.id, body: body, operator: `operator`, note: note, needsApproval: needsApproval, at: now)
    let prospect = try await home.prospect(of: letter, body: body, editedRevision: revision, at: now)
    return (revision, prospect, needsApproval)
  }

  /// Approves an edit that somebody else made; gives its revision.
  package func approve(_ number: Int64, note: String) async throws(LedgerError) -> Int {
    try await home.ledger.approveEdit(ofDeadLetter: number, operator: `operator`, note: note, at: clock.now())
  }

  package func discard(_ number: Int64, reason: String) async throws(LedgerError) {
    try await home.ledger.discard(number, operator: `operator`, reason: reason, at: clock.now())
  }

  // MARK: - Replaying

  /// The hubs that would take an act up.
  package func runningHubs() async throws(LedgerError) -> [HubRow] {
    try await home.ledger.liveHubs(since: clock.now().adding(milliseconds: -Self.silenceMilliseconds))
  }

  /// Asks for a replay; gives the numbers of the acts that a running hub takes up.
  package func requestReplay(_ numbers: [Int64]) async throws(LedgerError) -> [Int64] {
    var acts: [Int64] = []
    for start in stride(from: 0, to: numbers.count, by: Self.lettersPerAct) {
      let part = Array(numbers[start..<min(start + Self.lettersPerAct, numbers.count)])
      acts.append(
        try await home.ledger.requestAct(
          ReplayAct.kind, arguments: ReplayAct(deadLetters: part).encoded(), operator: `operator`, at: clock.now()))
    }
    return acts
  }

  /// What came of an act, as far as it is known before the deadline; nil where no hub has finished it.
  ///
  /// Where a delivery is on its way again, this waits for its settlement too.
  package func outcomes(
    of act: Int64, until deadline: ContinuousClock.Instant
  ) async throws -> [ReplayOutcome]? {
    while true {
      guard let row = try await home.ledger.act(act) else { return nil }
      if row.state == .done || row.state == .failed {
        var outcomes = ReplayOutcome.decode(row.result ?? [])
        for index in outcomes.indices where outcomes[index].verdict == .pending {
          outcomes[index] = try await settled(outcomes[index], until: deadline)
        }
        return outcomes
      }
      guard ContinuousClock.now < deadline else { return nil }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private func settled(
    _ outcome: ReplayOutcome, until deadline: ContinuousClock.Instant
  ) async throws -> ReplayOutcome {
    while true {
      guard let letter = try await home.ledger.deadLetter(outcome.deadLetter) else { return outcome }
      let recipient = letter.row.recipient?.slug ?? "the recipient"
      switch (letter.row.state, letter.delivery?.state) {
      case (.resolved, .delivered?):
        let revision = letter.delivery?.confirmedRevision ?? 1
        return ReplayOutcome(
          outcome.deadLetter, .delivered, "It lies in the inbox of \(recipient), revision \(revision).")
      case (.resolved, .withheld?):
        return ReplayOutcome(outcome.deadLetter, .withheld, "Withheld now: \(letter.delivery?.reason ?? "")")
      case (.resolved, .held?):
        return ReplayOutcome(outcome.deadLetter, .held, "Held now: \(letter.delivery?.reason ?? "")")
      case (.open, _): return ReplayOutcome(outcome.deadLetter, .failed, letter.row.failure.detail)
      case (.discarded, _), (.superseded, _): return outcome
      default: break
      }
      guard ContinuousClock.now < deadline else { return outcome }
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}

extension ReplayOutcome {
  /// Whether nothing is left to do for an operator.
  package var isDone: Bool { verdict != .failed && verdict != .skipped }

  /// The outcome as lines for a terminal.
  package func lines(width: Int = PlainText.width) -> [String] {
    detail.printable.cut(to: 600)
      .under("  \(deadLetter)  ".padded(to: 8) + verdict.rawValue.padded(to: 11), width: width)
  }
}
