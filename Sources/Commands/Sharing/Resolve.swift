import ArgumentParser
import Contract
import Hub

/// `entente resolve`: what a pseudonym stands for.
struct Resolve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a pseudonym stands for, to the agency whose value it is.",
    discussion: """
      A recipient that has a pseudonym in place of an address, a name or an object's id can quote it to the originator, \
      who learns here which value of its own it is. Of others' values nobody is told: exit code 1, with one sentence, \
      whether the word is unknown or another's.

      Example: entente resolve 243.17.202.9 --asking eu-enisa
      """)

  @OptionGroup var location: ConfigurationOption

  @Option(name: .customLong("asking"), help: ArgumentHelp("The originator that asks.", valueName: "agency"))
  var voice: AgencyArgument

  @Option(help: "Look through messages accepted in the last so many days.")
  var days = 365

  @Argument(help: "The word, as the recipient has it.")
  var word: String

  func validate() throws {
    guard (1...36_500).contains(days) else { throw ValidationError("--days must be between 1 and 36500.") }
  }

  func run() async throws {
    let home = try HubOpening.open(location)
    let since = SystemClock().now().adding(milliseconds: -Int64(days) * 86_400_000)
    let found = try await asking { try await home.resolve(word, for: voice.id, since: since) }
    guard !found.isEmpty else { throw Answer.no(Unanswered.sentence(word)) }
    Terminal.say(ResolvedPseudonym.lines(found, width: Terminal.width))
  }
}
