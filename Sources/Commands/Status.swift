import ArgumentParser
import Hub

/// `entente status`.
struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "How the exchange stands: what is worst first, each line with its cause and the command to type.",
    discussion: """
      Hubs that run, deliveries that wait and why, what is held, dead letters by cause, receipts. Exit code 1 where \
      somebody must act.

      Example: entente status
      """)

  @OptionGroup var location: ConfigurationOption

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let home = try HubOpening.open(location)
    let status = try await asking { try await home.status() }
    if json { Terminal.put(line: status.encoded()) } else { Terminal.say(status.text(width: Terminal.width)) }
    if !status.isWell { throw Answer.no() }
  }
}
