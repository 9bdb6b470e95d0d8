import ArgumentParser
import Contract
import Hub
import Ledger

/// `entente dead show`.
struct ShowDeadLetter: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a dead letter: the message, its fault marked, and whether it would pass now.",
    discussion: "Example: entente dead show 17")

  @OptionGroup var location: ConfigurationOption

  @Flag(help: "Show the whole message and its whole history.")
  var full = false

  @Flag(help: "Print the message's bytes and nothing else, as an operator last left them.")
  var body = false

  @Argument(help: "The dead letter's number.")
  var number: Int64

  func run() async throws {
    let home = try HubOpening.open(location)
    if body {
      return Terminal.put(try await asking { try await home.ledger.payload(ofDeadLetter: number) })
    }
    let story = try await asking { try await home.story(ofDeadLetter: number, at: SystemClock().now()) }
    guard let story else { throw DeadLetterAnswer.none(number) }
    Terminal.say(story.lines(width: Terminal.width, full: full))
  }
}

/// Answers that several commands give.
enum DeadLetterAnswer {
  static func none(_ number: Int64) -> Answer {
    Answer.no("There is no dead letter \(number); `entente dead list --state all` shows those that there are.")
  }
}
