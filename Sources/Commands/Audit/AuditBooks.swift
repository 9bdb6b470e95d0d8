import ArgumentParser
import Hub
import Ledger

/// `entente audit`, the same as `entente audit books`.
struct AuditBooks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "books",
    abstract: "Go through the ledger's books: do they balance?",
    discussion: """
      Every message and recipient in exactly one state, every row with the log entry that vouches for it, every hash \
      computed again. Works beside running hubs. Exit code 1 when the books do not balance; what does not is named.

      Example: entente audit --config /etc/entente
      """)

  @OptionGroup var location: ConfigurationOption

  @Flag(help: "Read every payload, too, and compute its digest again.")
  var payloads = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let home = try HubOpening.open(location)
    let report = try await asking { try await home.ledger.audit(readingPayloads: payloads) }
    if json { Terminal.put(line: report.encoded()) } else { Terminal.say(report.lines(width: Terminal.width)) }
    if !report.isBalanced { throw Answer.no() }
  }
}
