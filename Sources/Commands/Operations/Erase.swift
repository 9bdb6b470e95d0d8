import ArgumentParser
import Hub
import Ledger

/// `entente erase`: takes a message away for good.
struct Erase: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Erase a message for good: its bytes and key, and every text and value beside the log.",
    discussion: """
      The log and its proofs stay whole: they hold codes, numbers and salted commitments, and the salts go. What waits \
      for the message ends: deliveries are withheld, dead letters discarded. What recipients have they keep: ask them. \
      Backups made before still hold it, under the same master key.

      Example: entente erase 3f6c1b5e-0a54-4b0e-9d3c-6b1a2f1c7e10 --reason "request of the data subject, ticket 4711"
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Option(help: "Only messages of this agency.")
  var sender: AgencyArgument?

  @Option(help: "Why; stays in the ledger, so name no secrets here.")
  var reason: String

  @Argument(help: "The message-id that the sender gave.")
  var id: String

  func validate() throws {
    guard reason.contains(where: { !$0.isWhitespace }) else { throw ValidationError("--reason must say why.") }
  }

  func run() async throws {
    let desk = ErasureDesk(try HubOpening.open(location), operator: try actor.name())
    guard let erasure = try await asking({ try await desk.erase(id, sender: sender?.id, reason: reason) }) else {
      throw Answer.no(
        "The ledger knows no message with the id \(id.printable.cut(to: 100)); ids are compared letter by letter.")
    }
    guard erasure.messages > 0 else { return Terminal.say("It was erased before.") }
    Terminal.say(
      "\(PlainText.count(erasure.messages, "message")) erased; "
        + "\(PlainText.count(erasure.deliveries, "delivery", "deliveries")) withheld, "
        + "\(PlainText.count(erasure.deadLetters, "dead letter")) discarded.")
  }
}
