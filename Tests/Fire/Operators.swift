import BrokerTestSupport
import Contract
import Foundation
import JSON
import Synchronization

/// What operators do while it burns, with the commands that they have: a new configuration, replays that are ended
/// half-way, edits, approvals.
final class Operators: Sendable {
  private let program: String
  private let ground: FireGround
  private let hub: HubControl
  private let options: FireOptions
  private let faults: Faults
  /// What they made of held messages, by message-id.
  private let verdicts = Mutex<[String: KnownMessage.Fate]>([:])
  private let troubles = Mutex<[String]>([])
  /// Replays that were under way still when somebody looked last.
  private let unfinished = Mutex<[String]>([])

  init(programs: String, on ground: FireGround, hub: HubControl, options: FireOptions, faults: Faults) {
    program = programs + "/entente"
    self.ground = ground
    self.hub = hub
    self.options = options
    self.faults = faults
  }

  /// What they made of messages for the agency whose deliveries need an approval.
  var approvals: [String: KnownMessage.Fate] { verdicts.withLock { $0 } }
  /// What a command refused that it should have done.
  var failures: [String] { troubles.withLock { $0 } }

  /// Through the time of the load.
  func run() async {
    let begin = ContinuousClock.now
    func wait(_ share: Double) async { try? await Task.sleep(until: begin + .seconds(options.seconds * share)) }
    await wait(0.3)
    await allowMISP()
    await replayForeign(killing: true)
    await wait(0.5)
    await mend(atMost: 5)
    await wait(0.6)
    await decideHeld()
    await wait(0.75)
    await replayHistory()
  }

  /// What is left when the fire is out: dead letters that came after the first replay.
  func finish() async {
    await mend(atMost: .max)
    await replayForeign(killing: false)
    for number in unfinished.withLock({ $0 }) where await !ends(number, within: .seconds(300)) {
      troubles.withLock { $0.append("replay \(number) did not end within five minutes after the fire") }
    }
  }

  // MARK: - What they do

  private func allowMISP() async {
    var terms = ground.terms
    terms.boreasSendsMISP = true
    try? terms.write(Parties.boreas, to: ground.folder)
    await entente(["reload", "--reason", "Boreas may send MISP now"])
    // The hub follows within a second.
    try? await Task.sleep(for: .seconds(2))
  }

  private func replayForeign(killing: Bool) async {
    let letters = await list([
      "dead", "list", "--agency", "boreas", "--cause", "format-not-agreed", "--limit", "1000000",
    ])
    guard !letters.isEmpty else { return }
    await replay(
      ["--agency", "boreas", "--cause", "format-not-agreed"], count: letters.count, killing: killing)
  }

  /// Sends to an agency again what it got in the last while, as if it had lost its disk.
  private func replayHistory() async {
    let seconds = Int(options.seconds / 4)
    let since = Date(timeIntervalSinceNow: -Double(seconds)).formatted(.iso8601)
    await replay(
      ["--history", "--recipient", "dike", "--again", "--since", since],
      count: Int(Double(seconds) * options.rate * 0.8), killing: true)
  }

  /// Begins a replay at such a rate that it can be ended half-way, and waits for its end.
  private func replay(_ choice: [String], count: Int, killing: Bool) async {
    let rate = killing ? max(2, Double(count) / min(20, max(6, options.seconds / 6))) : 0
    let start = [
      "replay", "start", "--yes", "--detach", "--stop-above", "100", "--rate", "\(rate)", "--reason", "a fire",
    ]
    let run = await entente(start + choice)
    guard let number = run.output.firstMatch(of: #/Replay (\d+) has begun/#).map({ String($0.output.1) }) else {
      return
    }
    if killing {
      for _ in 0..<200 {
        let (done, total, _) = await progress(number)
        guard done < total || total == 0 else { break }
        if done > 0 {
          try? await hub.killed(pause: 0.2)
          faults.count("replay killed half-way")
          break
        }
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
    // While it burns a long one need not come to its end.
    if await !ends(number, within: .seconds(60)) { unfinished.withLock { $0.append(number) } }
  }

  private func ends(_ number: String, within patience: Duration) async -> Bool {
    let end = ContinuousClock.now + patience
    while ContinuousClock.now < end {
      let (_, _, state) = await progress(number)
      if state == "done" || state == "cancelled" { return true }
      try? await Task.sleep(for: .milliseconds(500))
    }
    return false
  }

  private func progress(_ number: String) async -> (done: Int64, total: Int64, state: String) {
    let lines = await list(["replay", "list", "--limit", "100"])
    let line = lines.first { $0["replay"]?.integer.map(String.init) == number }
    return (line?["done"]?.integer ?? 0, line?["total"]?.integer ?? 0, line?["state"]?.string ?? "")
  }

  /// Mends messages that break their schema, and replays them.
  private func mend(atMost limit: Int) async {
    let letters = await list(["dead", "list", "--cause", "schema", "--limit", "1000000"])
    var left = limit
    for letter in letters where left > 0 {
      guard let id = letter["message_id"]?.string, id.hasPrefix("mended-"), let number = letter["dead_letter"]?.integer,
        let known = Int(id.dropFirst("mended-".count))
      else { continue }
      left -= 1
      let message = KnownMessage(number: known, seed: options.seed)
      if letter["edited_revision"]?.integer ?? 0 == 0 {
        await entente(
          ["dead", "edit", "\(number)", "--file", "-", "--note", "the pattern"], input: message.mendedBody)
      }
      // Somebody else looks at it, since it would be held for one of its recipients.
      await entente(["dead", "approve", "\(number)"], operator: "another") { $0.status == 1 }
      await entente(["dead", "replay", "\(number)"]) { $0.output.contains("is resolved") }
    }
  }

  /// Approves some of what is held, and refuses some.
  private func decideHeld() async {
    let held = await list(["held", "list", "--recipient", "gaia", "--limit", "12"])
    for (index, row) in held.enumerated() {
      guard let delivery = row["delivery"]?.integer, let id = row["message_id"]?.string else { continue }
      let isRefused = index % 3 == 2
      verdicts.withLock { $0[id] = isRefused ? .withheld : .delivered }
      await entente(
        isRefused ? ["held", "refuse", "\(delivery)", "--reason", "not now"] : ["held", "release", "\(delivery)"]
      ) { $0.output.contains("not held") || $0.output.contains("waits no more") }
    }
  }

  // MARK: - Commands

  /// The lines of JSON that a command prints.
  private func list(_ arguments: [String]) async -> [JSONValue] {
    let run = await entente(arguments + ["--json"]) { $0.status == 1 }
    return run.output.split(separator: "\n").compactMap { try? JSONDocument(Array($0.utf8)).root }
  }

  /// Runs a command, again and again while the ledger takes nothing or no hub answers.
  ///
  /// - Parameter isDone: whether an answer other than "done" says that it has been done before.
  @discardableResult
  private func entente(
    _ arguments: [String], operator: String = "fire", input: [UInt8] = [],
    orElse isDone: (Command.Run) -> Bool = { _ in false }
  ) async -> Command.Run {
    var words = arguments + ["--config", ground.folder]
    if !words.contains("--json") { words += ["--operator", `operator`] }
    var last = Command.Run(status: -1, output: "")
    for _ in 0..<60 {
      guard let run = try? await hub.keeper.runBeside(program, words, input: input) else { continue }
      if run.status == 0 || isDone(run) { return run }
      last = run
      try? await Task.sleep(for: .milliseconds(700))
    }
    troubles.withLock {
      $0.append("entente \(arguments.joined(separator: " ")) ended with \(last.status): \(last.output)")
    }
    return last
  }
}
