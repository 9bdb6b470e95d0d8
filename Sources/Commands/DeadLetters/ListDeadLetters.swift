import ArgumentParser
import Contract
import Hub
import Ledger

/// `entente dead list`.
struct ListDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List dead letters, oldest first.",
    discussion: """
      By default those that wait for an operator.

      Example: entente dead list --agency us-cisa --cause schema
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var filters: DeadLetterFilters

  @Option(help: "open, replaying, resolved, superseded, discarded, or all.")
  var state = "open"

  @Option(help: "How many at most.")
  var limit = 50

  @Flag(help: "Print one line of JSON for each.")
  var json = false

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be more than 0.") }
    guard state == "all" || DeadLetterState(rawValue: state) != nil else {
      let known = DeadLetterState.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("There is no state '\(state.printable)'; the states are \(known), or all.")
    }
  }

  func run() async throws {
    let home = try HubOpening.open(location)
    try filters.check(home)
    let states = DeadLetterState(rawValue: state).map { [$0] } ?? DeadLetterState.allCases
    let desk = DeadLetterDesk(home, operator: "")
    var filter = filters.filter(states: Set(states), limit: limit)
    // What is closed is told whether it had been put aside or not.
    if states != [.open], !filters.archived { filter.archive = .included }
    let chosen = filter
    let list = try await asking { try await desk.list(chosen, text: filters.text) }
    if json {
      for line in list.encoded() { Terminal.put(line: line) }
    } else {
      Terminal.say(list.lines(width: Terminal.width))
    }
  }
}
