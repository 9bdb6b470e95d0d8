import ArgumentParser
import Contract
import Hub
import Ledger

/// `entente dead discard`.
struct DiscardDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discard",
    abstract: "Give dead letters up, for a reason that stays in the ledger.",
    discussion: "Example: entente dead discard 17 --reason \"test message of our own\"")

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Option(help: "Why.")
  var reason: String

  @Argument(help: "The numbers of the dead letters.")
  var numbers: [Int64]

  func validate() throws {
    guard reason.contains(where: { !$0.isWhitespace }) else { throw ValidationError("--reason must say why.") }
  }

  func run() async throws {
    let name = try actor.name()
    let home = try HubOpening.open(location)
    let desk = DeadLetterDesk(home, operator: name)
    for number in numbers where try await asking({ try await desk.letter(number) }) == nil {
      throw DeadLetterAnswer.none(number)
    }
    for number in numbers {
      try await asking { try await desk.discard(number, reason: reason) }
      Terminal.say("Dead letter \(number) is discarded.")
    }
  }
}
