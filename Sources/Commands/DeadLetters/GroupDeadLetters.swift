import ArgumentParser
import Hub
import Ledger

/// `entente dead groups`.
struct GroupDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "groups",
    abstract: "Group the dead letters that wait by the mistake they share, the largest group first.",
    discussion: """
      The same mistake over varying values has the same fingerprint; `list`, `replay --all`, `archive` and `export` take \
      it with --fingerprint.

      Example: entente dead groups --agency us-cisa
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var filters: DeadLetterFilters

  @Option(help: "How many groups at most.")
  var limit = 50

  @Flag(help: "Print one line of JSON for each.")
  var json = false

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be more than 0.") }
    guard filters.text == nil else { throw ValidationError("--text goes with `dead list`: groups read no body.") }
  }

  func run() async throws {
    let home = try HubOpening.open(location)
    try filters.check(home)
    let desk = DeadLetterDesk(home, operator: "")
    let filter = filters.filter(states: [.open, .replaying], limit: limit)
    let groups = try await asking { try await desk.groups(filter) }
    if json {
      for line in groups.encoded() { Terminal.put(line: line) }
    } else {
      Terminal.say(groups.lines(width: Terminal.width))
    }
  }
}
