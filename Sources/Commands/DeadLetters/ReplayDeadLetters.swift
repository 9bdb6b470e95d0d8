import ArgumentParser
import Contract
import Hub
import Ledger

/// `entente dead replay`.
struct ReplayDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Put dead letters through today's schemas, adapters and arrangements again.",
    discussion: """
      A running hub does it; this waits for what comes of it. Give numbers, or --all with filters. --dry-run says what \
      would happen and does nothing. Exit code 1 when one of them failed again. For many, `entente replay` begins with a \
      few, keeps to a rate, and can be paused.

      Example: entente dead replay 17 18
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption
  @OptionGroup var filters: DeadLetterFilters

  @Flag(help: "All open dead letters that the filters let through.")
  var all = false

  @Flag(help: "Do not ask before replaying --all.")
  var yes = false

  @Flag(help: "Validate, decide and translate with today's rules, say what would happen, and do nothing.")
  var dryRun = false

  @Option(help: "How many seconds to wait for the result.")
  var timeout = 60.0

  @Argument(help: "The numbers of the dead letters.")
  var numbers: [Int64] = []

  func validate() throws {
    guard all != numbers.isEmpty else { return }
    throw ValidationError(
      all ? "Give numbers, or --all, but not both." : "Say which: numbers as `entente dead list` shows them, or --all.")
  }

  func run() async throws {
    let name = try actor.name()
    let home = try HubOpening.open(location)
    try filters.check(home)
    let desk = DeadLetterDesk(home, operator: name)
    let chosen = try await asking { try await choose(desk) }
    guard !chosen.isEmpty else { return Terminal.say("No dead letters.") }
    if dryRun {
      let rehearsal = ReplayRehearsal(desk: ReplayDesk(home, operator: name), again: false, json: false)
      return try await rehearsal.run(chosen.map { .deadLetter($0) })
    }
    guard try await asking({ try await !desk.runningHubs().isEmpty }) else {
      throw Answer.unusable(
        "No hub is running on this ledger, so nothing was replayed: start one with `entente serve`, then try again.")
    }
    let acts = try await asking { try await desk.requestReplay(chosen) }
    let deadline = ContinuousClock.now + .seconds(timeout)
    var isDone = true
    for act in acts {
      guard let outcomes = try await asking({ try await desk.outcomes(of: act, until: deadline) }) else {
        throw Answer.no(
          "The hub has not finished within \(timeout) seconds; the replay (act \(act)) goes on, and "
            + "`entente dead list --state all` shows what came of it.")
      }
      for outcome in outcomes {
        Terminal.say(outcome.lines(width: Terminal.width))
        if !outcome.isDone { isDone = false }
      }
    }
    if !isDone { throw Answer.no() }
  }

  private func choose(_ desk: DeadLetterDesk) async throws -> [Int64] {
    guard all else {
      var seen: Set<Int64> = []
      let chosen = numbers.filter { seen.insert($0).inserted }
      for number in chosen where try await desk.letter(number) == nil { throw DeadLetterAnswer.none(number) }
      return chosen
    }
    let chosen = try await desk.numbers(filters.filter(states: [.open]), text: filters.text)
    if !yes, !dryRun, !chosen.isEmpty { try confirm(chosen.count) }
    return chosen
  }

  private func confirm(_ count: Int) throws {
    try Consent.ask("Replay \(PlainText.count(count, "dead letter"))", ifNot: "Nothing was replayed.")
  }
}
