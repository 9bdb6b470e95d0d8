import ArgumentParser
import Contract
import Hub

/// `entente why`: by which line of which arrangement somebody got what it got.
struct Why: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say why an agency got what it got of a message, or nothing.",
    discussion: """
      What was decided then, by which line of which arrangement, and what today's terms would say. With --asking the \
      answer is what that agency may know: about what it sent, and about what it got. Exit code 1 when there is no \
      answer, for whatever reason.

      Example: entente why 3f6c1b5e-0a54-4b0e-9d3c-6b1a2f1c7e10 --to eu-enisa
      """)

  @OptionGroup var location: ConfigurationOption

  @Option(help: "The agency that got it, or did not.")
  var to: AgencyArgument

  @Option(name: .customLong("asking"), help: "Answer as this agency may be answered.")
  var voice: AgencyArgument?

  @Argument(help: "A message-id, or the id of a delivery.")
  var id: String

  func run() async throws {
    let home = try HubOpening.open(location)
    let answer = try await asking {
      try await home.why(id, to: to.id, asking: voice?.id, at: SystemClock().now())
    }
    guard let answer else { throw Answer.no(Unanswered.sentence(id)) }
    Terminal.say(answer.lines(width: Terminal.width))
  }
}

/// `entente who-saw`: who got a message, or an object.
struct WhoSaw: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "who-saw",
    abstract: "List the agencies that got a message, or an object of any message.",
    discussion: """
      An object is asked for by its own id, or by the one under which a recipient has it. With --asking the answer is \
      what that agency may know. Exit code 1 when there is no answer, for whatever reason.

      Example: entente who-saw indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f
      """)

  @OptionGroup var location: ConfigurationOption

  @Option(name: .customLong("asking"), help: "Answer as this agency may be answered.")
  var voice: AgencyArgument?

  @Option(help: "For an object, look through messages accepted in the last so many days.")
  var days = 30

  @Argument(help: "A message-id, the id of a delivery, or an object's id.")
  var id: String

  func validate() throws {
    guard (1...36_500).contains(days) else { throw ValidationError("--days must be between 1 and 36500.") }
  }

  func run() async throws {
    let home = try HubOpening.open(location)
    let since = SystemClock().now().adding(milliseconds: -Int64(days) * 86_400_000)
    let found = try await asking { try await home.whoSaw(id, asking: voice?.id, since: since) }
    guard let found else { throw Answer.no(Unanswered.sentence(id)) }
    Terminal.say(Sighting.lines(found, width: Terminal.width))
  }
}

/// The one sentence for what is not known and for what may not be told.
enum Unanswered {
  static func sentence(_ id: String) -> String { "There is nothing to tell about \(id.printable.cut(to: 100))." }
}
