import ArgumentParser
import Hub

/// `entente trace`: what happened to a message.
struct Trace: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what happened to a message, in the order of time.",
    discussion: """
      Received, decided for each recipient and by which rule, delivered, failed, mended, replayed. The id is that of \
      the sender, or the id of a delivery as its recipient got it.

      Example: entente trace 3f6c1b5e-0a54-4b0e-9d3c-6b1a2f1c7e10
      """)

  @OptionGroup var location: ConfigurationOption

  @Option(help: "Only messages of this agency.")
  var sender: AgencyArgument?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Argument(help: "A message-id, or the id of a delivery.")
  var id: String

  func run() async throws {
    let home = try HubOpening.open(location)
    let trace = try await asking { try await home.trace(id, sender: sender?.id) }
    guard let trace else {
      throw Answer.no(
        "The ledger knows no message and no delivery with the id \(id.printable.cut(to: 100)); ids are compared letter "
          + "by letter.")
    }
    if json { Terminal.put(line: trace.encoded()) } else { Terminal.say(trace.lines(width: Terminal.width)) }
  }
}
