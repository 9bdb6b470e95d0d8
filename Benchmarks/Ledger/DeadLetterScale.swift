import Contract
import Ledger

/// A great many dead letters: grouped, filtered, shown, and a list of them frozen for a replay.
struct DeadLetterScale {
  private static let abreast = 256

  let folder: String

  func run(_ count: Int) async throws {
    let ledger = try Sample.open("letters", in: folder)
    print("\(count) dead letters")
    try await fill(ledger, count)
    func timed(_ what: String, _ filter: DeadLetterFilter) async throws {
      let found = try await LedgerBenchmark.timed("list by \(what)") { try await ledger.deadLetters(filter) }
      print("    \(found.count) shown")
    }
    let groups = try await LedgerBenchmark.timed("group") { try await ledger.deadLetterGroups(limit: 50) }
    print("    \(groups.count) groups of \(groups.map(\.count).reduce(0, +))")
    let late = Instant(milliseconds: 1_795_500_000_000 + Int64(count) - 50)
    try await timed("nothing", DeadLetterFilter(limit: 50))
    try await timed("agency", DeadLetterFilter(sender: Sample.sender, limit: 50))
    try await timed("recipient", DeadLetterFilter(recipient: Sample.recipients[0], limit: 50))
    try await timed("format", DeadLetterFilter(format: FormatID("misp"), limit: 50))
    try await timed("kind", DeadLetterFilter(kind: .indicators, limit: 50))
    try await timed("cause, rare", DeadLetterFilter(cause: "rare", limit: 50))
    try await timed("cause", DeadLetterFilter(cause: "schema", limit: 50))
    try await timed("fingerprint", DeadLetterFilter(fingerprint: "group-7", limit: 50))
    try await timed("time", DeadLetterFilter(since: late, limit: 50))
    try await timed("message-id", DeadLetterFilter(messageID: "m-\(count / 2)", limit: 50))
    _ = try await LedgerBenchmark.timed("show one") { try await ledger.deadLetter(Int64(count / 2)) }
    let wanted = min(count, 100_000)
    let ids = try await LedgerBenchmark.timed("choose \(wanted)") {
      try await ledger.deadLetterIDs(DeadLetterFilter(limit: wanted))
    }
    try await replay(ids, in: ledger)
    await ledger.close()
  }

  private func fill(_ ledger: Ledger, _ count: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      var next = 0
      func add() {
        guard next < count else { return }
        let number = next
        next += 1
        group.addTask {
          let failure = FailureRecord(
            stage: "validate", cause: number % 100_000 == 99_999 ? "rare" : "schema", permanent: true,
            detail: "'pattern' is missing.", location: "/objects/\(number % 9)", fingerprint: "group-\(number % 20)")
          let at = Instant(milliseconds: 1_795_500_000_000 + Int64(number))
          _ = try await ledger.record(Sample.message("m-\(number)", at: at, failure: failure))
        }
      }
      for _ in 0..<Self.abreast { add() }
      while try await group.next() != nil { add() }
    }
  }

  /// The ledger's part of a replay: each is taken, accepted with today's decisions, and has its result written down.
  private func replay(_ ids: [Int64], in ledger: Ledger) async throws {
    let at = Instant(milliseconds: 1_795_600_000_000)
    let job = try await LedgerBenchmark.timed("freeze a list of \(ids.count)") {
      try await ledger.startReplay(
        of: ids.map { .deadLetter($0) }, kind: "replay-started", arguments: Array("{}".utf8), operator: "soak", at: at)
    }
    let begun = ContinuousClock.now
    let memory = LedgerBenchmark.residentMebibytes()
    var most = memory
    while true {
      let items = try await ledger.openItems(ofReplay: job, limit: Self.abreast)
      guard !items.isEmpty else { break }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for item in items {
          guard case .deadLetter(let id) = item.target else { continue }
          group.addTask {
            guard let letter = try await ledger.deadLetter(id) else { return }
            _ = try await ledger.payload(ofDeadLetter: id)
            guard try await ledger.beginReplay(id, act: 1, now: at) else { return }
            _ = try await ledger.record(replay: Sample.message(letter.row.messageID, at: at), of: id)
          }
        }
        try await group.waitForAll()
      }
      try await ledger.recordReplayResults(
        items.map { ReplayResultLine(position: $0.position, verdict: "accepted", detail: "It passes now.") },
        ofReplay: job, at: at)
      most = max(most, LedgerBenchmark.residentMebibytes())
    }
    let (seconds, attoseconds) = (ContinuousClock.now - begun).components
    let took = Double(seconds) + Double(attoseconds) / 1e18
    let verdicts = try await ledger.verdicts(ofReplay: job)
    print(
      "  replay \(ids.count): \(Int(Double(ids.count) / took)) a second; memory \(memory) MiB before, at most \(most) MiB; "
        + "\(verdicts)")
  }
}
