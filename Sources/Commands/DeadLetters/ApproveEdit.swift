import ArgumentParser
import Hub

/// `entente dead approve`.
struct ApproveEdit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Approve an edit that somebody else made.",
    discussion: """
      An edit of anything TLP:RED, or of what an arrangement would hold for an approval, is replayed only after a second \
      person has looked at it: `entente dead show N`.

      Example: entente dead approve 17 --note "compared with the sender's own copy"
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Option(help: "What you looked at; stays in the ledger.")
  var note = ""

  @Argument(help: "The dead letter's number.")
  var number: Int64

  func run() async throws {
    let desk = DeadLetterDesk(try HubOpening.open(location), operator: try actor.name())
    guard try await asking({ try await desk.letter(number) }) != nil else { throw DeadLetterAnswer.none(number) }
    let revision = try await asking { try await desk.approve(number, note: note) }
    Terminal.say(["Revision \(revision) of dead letter \(number) is approved.", "Next: entente dead replay \(number)"])
  }
}
