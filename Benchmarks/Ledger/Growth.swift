import Contract
import Ledger

/// A ledger that grows to so many entries, with what one more message costs on the way.
///
/// Each message makes five entries: itself, two decisions, two confirms.
struct Growth {
  private static let entriesPerMessage: Int64 = 5
  private static let abreast = 256

  let folder: String

  func run(to entries: Int64) async throws {
    let ledger = try Sample.open("growth", in: folder)
    let marks = [100_000, 1_000_000, 10_000_000].filter { $0 < entries } + [entries]
    var made: Int64 = 0
    var baseline: Double?
    print("A ledger of \(entries) entries")
    for mark in marks {
      // The last tenth, and no more than 100,000 entries, is what is measured.
      let measured = min(mark / 2, 50_000)
      made = try await grow(ledger, from: made, to: mark - measured)
      let before = LedgerBenchmark.processorSeconds()
      let begun = ContinuousClock.now
      made = try await grow(ledger, from: made, to: mark)
      let messages = Double(measured / Self.entriesPerMessage)
      let cost = (LedgerBenchmark.processorSeconds() - before) * 1e6 / messages
      let wall = (ContinuousClock.now - begun) / Double(messages)
      let ratio = baseline.map { "  \(Int((cost / $0 * 100).rounded())) % of that at 100,000" } ?? ""
      baseline = baseline ?? cost
      print(
        "  at \(mark): one more message \(Int(cost)) µs of processor, \(LedgerBenchmark.milliseconds(wall)) ms of the wall"
          + " with \(Self.abreast) abreast\(ratio); memory \(LedgerBenchmark.residentMebibytes()) MiB")
    }
    let middle = made / Self.entriesPerMessage / 2
    let at = Instant(milliseconds: 1_795_600_000_000)
    let signer = HeadSigner(key: "soak") { text in Array(text.prefix(64)) }
    let proof = try await LedgerBenchmark.timed("prove one message") {
      try await ledger.prove(messages: [middle], to: Sample.sender, signer: signer, at: at)
    }
    print("    \(proof?.entries.count ?? 0) entries proven")
    let report = try await LedgerBenchmark.timed("verify the whole tree") {
      try await ledger.verifyTree { _ in true }
    }
    print("    \(report.size) entries, \(report.isSound ? "sound" : "NOT SOUND: \(report.faults)")")
    await ledger.close()
  }

  private func grow(_ ledger: Ledger, from made: Int64, to entries: Int64) async throws -> Int64 {
    let first = made / Self.entriesPerMessage
    let last = entries / Self.entriesPerMessage
    guard first < last else { return made }
    try await withThrowingTaskGroup(of: Void.self) { group in
      var next = first
      func add() {
        guard next < last else { return }
        let number = next
        next += 1
        group.addTask { try await Self.one(number, in: ledger) }
      }
      for _ in 0..<Self.abreast { add() }
      while try await group.next() != nil { add() }
    }
    return last * Self.entriesPerMessage
  }

  private static func one(_ number: Int64, in ledger: Ledger) async throws {
    let at = Instant(milliseconds: 1_795_500_000_000 + number)
    guard case .accepted(_, let deliveries, _) = try await ledger.record(Sample.message("m-\(number)", at: at)) else {
      return
    }
    let mac = [UInt8](repeating: 7, count: 32)
    try await ledger.settle(
      deliveries.map {
        Settlement(
          delivery: $0, owner: "hub", at: at, result: .delivered(revision: 1, bodyMAC: mac, losses: nil))
      })
  }
}
