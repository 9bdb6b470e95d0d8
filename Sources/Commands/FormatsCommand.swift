import ArgumentParser
import Formats
import Hub

/// `entente formats`: what can be read, written and reduced.
struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats",
    abstract: "List the formats, what can be done with each, and their rules.",
    discussion: """
      read: into STIX 2.1. write: from STIX 2.1. reduce: a document can be cut down to what a recipient of the same \
      format may have.

      Example: entente formats --rules nis2
      """,
    subcommands: [FormatsTest.self])

  @OptionGroup var location: PartnerOption

  @Option(help: "Print the rules of this format beyond its schema, each with its source.")
  var rules: FormatArgument?

  func run() throws {
    let partners = try location.load()
    try rules?.check(partners)
    guard let rules, let format = ExchangeFormats(partners).format(rules.id) else {
      return Terminal.say(FormatTable.lines(width: Terminal.width, partners: partners))
    }
    Terminal.say(FormatTable.ruleLines(format, width: Terminal.width))
  }
}
