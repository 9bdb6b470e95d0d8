import ArgumentParser
import Hub
import Ledger

/// `entente replay list`.
struct ListReplays: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List replays, newest first.", discussion: "Example: entente replay list")

  @OptionGroup var location: ConfigurationOption

  @Option(help: "How many at most.")
  var limit = 20

  @Flag(help: "Print one line of JSON for each.")
  var json = false

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be more than 0.") }
  }

  func run() async throws {
    let desk = ReplayDesk(try HubOpening.open(location), operator: "")
    let list = try await asking { try await desk.list(limit: limit) }
    if json { return list.forEach { Terminal.put(line: $0.encoded()) } }
    guard !list.isEmpty else { return Terminal.say("No replays.") }
    for progress in list { Terminal.say(progress.lines(width: Terminal.width)) }
  }
}

/// `entente replay show`.
struct ShowReplay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a replay: who asked for it and why, how far it is, what came of each line.",
    discussion: "Example: entente replay show 3 --failed")

  @OptionGroup var location: ConfigurationOption

  @Flag(help: "Only lines that failed or were skipped.")
  var failed = false

  @Option(help: "How many lines at most.")
  var limit = 20

  @Flag(help: "Print one line of JSON for each.")
  var json = false

  @Argument(help: "The replay's number.")
  var number: Int64

  func run() async throws {
    let desk = ReplayDesk(try HubOpening.open(location), operator: "")
    guard let progress = try await asking({ try await desk.progress(number) }) else {
      throw ReplayAnswer.none(number)
    }
    let verdicts = failed ? [ReplayOutcome.Verdict.failed.rawValue, ReplayOutcome.Verdict.skipped.rawValue] : nil
    let items = try await asking {
      try await desk.items(number, after: -1, verdicts: verdicts, limit: limit)
    }
    if json {
      for item in items { Terminal.put(line: item.encoded()) }
      return
    }
    Terminal.say(progress.lines(width: Terminal.width))
    for item in items { Terminal.say(item.lines(width: Terminal.width)) }
  }
}
