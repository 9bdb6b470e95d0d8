import ArgumentParser
import Hub
import Ledger

/// `entente audit`: whether the books balance, and proofs for those who do not trust us.
struct Audit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Audit the ledger: do the books balance, is the log whole, and proofs of both for partners.",
    discussion: """
      Without a subcommand it goes through the books.

      Example: entente audit --config /etc/entente
      """,
    subcommands: [AuditBooks.self, VerifyLog.self, ProveMessage.self, CheckProof.self, AuditKey.self],
    defaultSubcommand: AuditBooks.self)
}

/// `entente audit verify`.
struct VerifyLog: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Build the log's Merkle tree anew from its entries, and hold every stored hash and signed head to it.",
    discussion: """
      Works beside running hubs. Exit code 1 where anything was changed or taken away; what is named.

      Example: entente audit verify
      """)

  @OptionGroup var location: ConfigurationOption

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let home = try HubOpening.open(location)
    let report = try await asking { try await home.verifyTree() }
    if json { Terminal.put(line: report.encoded()) } else { Terminal.say(report.lines(width: Terminal.width)) }
    if !report.isSound { throw Answer.no() }
  }
}

/// `entente audit key`.
struct AuditKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Print the hub's public key: what partners need for `audit check`.",
    discussion: "Example: entente audit key")

  @OptionGroup var location: ConfigurationOption

  func run() async throws {
    let home = try HubOpening.open(location)
    Terminal.say(home.keys.publicKeyText)
  }
}
