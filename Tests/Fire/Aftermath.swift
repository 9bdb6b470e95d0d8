import AMQP
import BrokerTestSupport
import Contract
import Foundation
import Hub
import Ledger

/// After the fire: waits until all that was begun is finished, then judges.
struct Aftermath {
  let ground: FireGround
  let witness: Witness
  let load: Load
  let programs: String

  /// What was found of the inbox that nobody had read.
  struct FullInbox {
    var inside: Int
    var pending: Int
  }

  func awaitReceipts() async throws {
    let messages = await load.messages
    try await eventually("each of \(messages.count) messages has its receipt", within: .seconds(300)) {
      messages.allSatisfy { !witness.receipts(of: $0.messageID, to: $0.sender).isEmpty }
    }
  }

  /// Until nothing is pending but for the inbox that is full.
  func awaitDeliveries() async throws {
    try await withLedger { ledger in
      try await eventually("only \(Parties.faun) has deliveries pending", within: .seconds(300)) {
        try await ledger.pendingCount() == ledger.pendingCount(recipient: Parties.faun)
      }
    }
  }

  func fullInbox() async throws -> FullInbox {
    let connection = try await AMQPConnection.connect(ground.broker(of: Parties.faun))
    let channel = try await connection.openChannel()
    let inside = try await channel.declareQueue(QueueNames.inbox(.threat), passive: true).messageCount
    await connection.close()
    return FullInbox(
      inside: inside, pending: try await withLedger { try await $0.pendingCount(recipient: Parties.faun) })
  }

  /// Until nothing is pending at all, every receipt is sent and every inbox read.
  func awaitEverything() async throws {
    try await withLedger { ledger in
      try await eventually("nothing is pending", within: .seconds(300)) {
        let pending = try await ledger.pendingCount()
        let receipts = try await ledger.pendingReceipts(limit: 1)
        return pending == 0 && receipts.isEmpty
      }
    }
    for agency in Parties.all {
      try await eventually("the queues of \(agency) are empty", within: .seconds(120)) {
        try await waiting(at: agency) == 0
      }
    }
    // What was read last is with the witness within a moment.
    try await Task.sleep(for: .seconds(1))
  }

  private func waiting(at agency: AgencyID) async throws -> Int {
    let queues = [QueueNames.inbox(.incident), QueueNames.inbox(.threat)]
    var count = 0
    let connection = try await AMQPConnection.connect(ground.broker(of: agency))
    let channel = try await connection.openChannel()
    for queue in queues + (Parties.senders.contains(agency) ? [QueueNames.receipts] : []) {
      count += try await channel.declareQueue(queue, passive: true).messageCount
    }
    await connection.close()
    return count
  }

  private func withLedger<Value>(_ body: (Ledger) async throws -> Value) async throws -> Value {
    let home = try HubHome.open(folder: ground.folder)
    do {
      let value = try await body(home.ledger)
      await home.ledger.close()
      return value
    } catch {
      await home.ledger.close()
      throw error
    }
  }

  // MARK: - The report

  /// Prints what was done and found; true where nothing was lost and nothing leaked.
  func report(
    faults: [String: Int], full: FullInbox, approvals: [String: KnownMessage.Fate], troubles: [String], seed: UInt64
  ) async throws -> Bool {
    let messages = await load.messages
    var judgement = Judgement(messages, witness: witness, approvals: approvals)
    judgement.judgeDeliveries()
    judgement.judgeReceipts()
    try await withLedger { try await judgement.judgeBooks($0) }
    let proofs = await proofTroubles(messages)
    table(faults)
    say(
      """

      messages   \(messages.count), published \(await load.published) times
      pairs      \(KnownMessage.Fate.allFates.map { "\(judgement.fates[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", "))
      letters    \(judgement.deadLetters) dead letters stay open, as they should
      repeats    \(witness.repeats), equal in id, revision, body and properties to what they repeat
      full       the inbox of \(Parties.faun) held \(full.inside) messages while \(full.pending) waited in the ledger
      """)
    if full.pending == 0 { say("note: the load was too small to fill the inbox of \(Parties.faun)") }
    let losses = judgement.losses + troubles + proofs
    show("lost or wrong", losses)
    show("LEAKED", judgement.leaks)
    let count = faults.values.reduce(0, +)
    say(
      "fire: \(messages.count) messages, \(count) faults, \(losses.count) losses, \(judgement.leaks.count) leaks")
    return losses.isEmpty && judgement.leaks.isEmpty
  }

  private func table(_ faults: [String: Int]) {
    say("\nfault                                        times")
    for (name, count) in faults.sorted(by: { $0.key < $1.key }) {
      let digits = String(count)
      say(name.padding(toLength: 50 - digits.count, withPad: " ", startingAt: 0) + digits)
    }
  }

  private func show(_ title: String, _ lines: [String]) {
    for line in lines.prefix(40) { say("\(title): \(line)") }
    if lines.count > 40 { say("\(title): and \(lines.count - 40) more") }
  }

  /// The books balance, the log verifies, and proofs of single messages hold, by the commands that say so.
  private func proofTroubles(_ messages: [KnownMessage]) async -> [String] {
    var troubles: [String] = []
    func run(_ arguments: [String], input: [UInt8] = []) async -> Command.Run? {
      let run = try? await Command.run(programs + "/entente", arguments, input: input)
      if run?.status != 0 {
        troubles.append(
          "entente \(arguments.prefix(3).joined(separator: " ")): \(run?.output.suffix(600) ?? "no answer")")
      }
      return run
    }
    let config = ["--config", ground.folder]
    _ = await run(["audit", "--payloads"] + config)
    _ = await run(["audit", "verify"] + config)
    guard let key = await run(["audit", "key"] + config)?.output.split(separator: "\n").last.map(String.init) else {
      return troubles
    }
    let sample = messages.filter { $0.sort == .open || $0.sort == .mixed }
    for message in sample.prefix(3) + sample.suffix(3) {
      let proof = ground.folder + "/proof.json"
      _ = await run(["audit", "prove", message.messageID, "--sender", message.sender.slug, "--out", proof] + config)
      _ = await run(["audit", "check", proof, "--key", key])
    }
    return troubles
  }
}

extension KnownMessage.Fate {
  static let allFates: [KnownMessage.Fate] = [.delivered, .held, .withheld]
}
