import ArgumentParser
import Contract
import Glibc
import Hub
import Sharing

/// `entente arrangements`: the terms themselves, and who signed them.
struct Arrangements: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "arrangements",
    abstract: "Check the arrangements of the folder, sign them, bring them into force, take one back.",
    discussion: """
      An arrangement is in force when each party's registered policy key signed the same terms; on trial it is applied \
      without signatures, and shown as such everywhere. A new version lies in proposals/ until all have signed it.

      Example: entente arrangements check
      """,
    subcommands: [
      CheckArrangements.self, SignArrangement.self, ActivateArrangement.self, SuspendArrangement.self,
    ])
}

/// `entente arrangements check`.
struct CheckArrangements: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say where each arrangement stands, and what contradicts itself.",
    discussion: """
      Exit code 1 when an arrangement that should be in force is not.

      Example: entente arrangements check
      """)

  @OptionGroup var location: ConfigurationOption

  @Option(help: "As of this time: 2026-11-24 or 2026-11-24T06:30:00Z (default: now).")
  var at: MomentArgument?

  func run() throws {
    let time = at?.instant ?? SystemClock().now()
    let standings = try ArrangementFolder.desk(location).standings(at: time)
    for standing in standings {
      let arrangement = standing.arrangement
      let word =
        standing.isProposal
        ? "proposed"
        : standing.obstacle == nil ? (arrangement.status == .trial ? "on trial" : "in force") : "not in force"
      Terminal.say("\(arrangement.id) version \(arrangement.version): \(word)")
      if let obstacle = standing.obstacle, !standing.isProposal { Terminal.say("  since    \(obstacle)") }
      if arrangement.status == .trial, !standing.isProposal { Terminal.say("  status   trial, without signatures") }
      for party in arrangement.parties {
        let signed =
          arrangement.signatures.holding[party].map { "signed with the key \($0)" }
          ?? arrangement.signatures.faults[party].map { "its signature does not hold: \($0)" } ?? "not signed"
        Terminal.say("  \(party.slug.padded(to: 20))  \(signed)")
      }
      for restriction in arrangement.restrictions {
        let what = restriction.isSuspended ? "took it back" : "narrowed it"
        Terminal.say("  \(restriction.party.slug.padded(to: 20))  \(what) \(restriction.reason.printable)")
      }
      if let review = arrangement.reviewBy, review <= time { Terminal.say("  review   was due by \(review)") }
      Terminal.say("  terms    \(standing.digest)")
    }
    let broken = standings.filter { !$0.isProposal && $0.obstacle != nil && $0.arrangement.status == .active }
    guard broken.isEmpty else {
      throw Answer.no("Not in force: \(broken.map(\.arrangement.id).joined(separator: ", ")).")
    }
  }
}

/// `entente arrangements sign`.
struct SignArrangement: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Sign an arrangement's terms with a party's policy key.",
    discussion: """
      The key is a PEM file as `openssl genpkey -algorithm ed25519 -out policy.pem` makes one; its public half stands in \
      the agency's file, with use: policy. Of a proposal and what is in force, the proposal is signed. The signature \
      becomes a file of its own in signatures/, which can be sent to the other hub.

      Example: entente arrangements sign cisa-enisa --as us-cisa --key policy.pem
      """)

  @OptionGroup var location: ConfigurationOption

  @Option(name: .customLong("as"), help: ArgumentHelp("The party that signs.", valueName: "agency"))
  var party: AgencyArgument

  @Option(help: ArgumentHelp("The PEM file of its private policy key.", valueName: "file"))
  var key: String

  @Argument(help: "The arrangement.")
  var id: String

  func run() throws {
    let privateKey = try PolicyKeyFile.read(key)
    try ArrangementFolder.write(location) { desk throws(ArrangementDesk.Trouble) in
      try desk.sign(id, as: party.id, key: privateKey, at: SystemClock().now())
    }
  }
}

/// `entente arrangements activate`.
struct ActivateArrangement: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activate",
    abstract: "Bring an arrangement into force that all its parties have signed.",
    discussion: """
      Takes the proposal, where there is one, in the place of what was in force; then start or reload the hub. Exit code \
      1 when a signature is missing or does not hold.

      Example: entente arrangements activate cisa-enisa
      """)

  @OptionGroup var location: ConfigurationOption

  @Argument(help: "The arrangement.")
  var id: String

  func run() throws {
    try ArrangementFolder.write(location) { desk throws(ArrangementDesk.Trouble) in
      try desk.activate(id, at: SystemClock().now())
    }
  }
}

/// `entente arrangements suspend`.
struct SuspendArrangement: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suspend",
    abstract: "Take an arrangement back for one party, alone and at once.",
    discussion: """
      Nothing passes between that party and the others any more, under whatever arrangement; the others go on among \
      themselves. Needs nobody's signature. Then reload the hub; deleting the file ends it.

      Example: entente arrangements suspend cisa-enisa --as us-cisa --reason 'leak at a recipient'
      """)

  @OptionGroup var location: ConfigurationOption

  @Option(name: .customLong("as"), help: ArgumentHelp("The party.", valueName: "agency"))
  var party: AgencyArgument

  @Option(help: "Why, for those who are told.")
  var reason = ""

  @Argument(help: "The arrangement.")
  var id: String

  func run() throws {
    try ArrangementFolder.write(location) { desk throws(ArrangementDesk.Trouble) in
      try desk.suspend(id, as: party.id, reason: reason, at: SystemClock().now())
    }
  }
}

/// The files of the configuration folder that have to do with arrangements.
enum ArrangementFolder {
  static func desk(_ location: ConfigurationOption) throws -> ArrangementDesk {
    do throws(ConfigurationError) {
      return try ArrangementDesk(folder: location.folder)
    } catch { throw Answer.unusable("\(error)") }
  }

  /// Writes what the desk made, and takes away what it replaces.
  static func write(
    _ location: ConfigurationOption, _ make: (ArrangementDesk) throws(ArrangementDesk.Trouble) -> ArrangementDesk.File
  ) throws {
    let desk = try desk(location)
    let file: ArrangementDesk.File
    do throws(ArrangementDesk.Trouble) {
      file = try make(desk)
    } catch { throw Answer.no(error.sentence.printable) }
    let path = location.folder + "/" + file.name
    if let slash = path.lastIndex(of: "/") { mkdir(String(path[..<slash]), 0o755) }
    try OutputFile.write(Array(file.text.utf8), to: path)
    if let old = file.replaces { unlink(location.folder + "/" + old) }
    Terminal.say("Wrote \(file.name).")
  }
}
