import ArgumentParser
import Contract
import Crypto
import Hub
import Ledger
import Sharing

/// `entente backup`: a copy of the ledger, while hubs run.
struct Backup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy the ledger into a new folder, while hubs run: the database of one moment and its payload files.",
    discussion: """
      The secrets folder is not copied: it is named, with the keys that the backup needs, and belongs somewhere else.

      Example: entente backup /var/backups/entente/2026-11-28
      """)

  @OptionGroup var location: ConfigurationOption

  @Argument(help: "The folder to make.")
  var folder: String

  func run() async throws {
    let home = try HubOpening.open(location)
    let manifest = try await operating { try await BackupDesk(home).backUp(to: folder) }
    Terminal.say(
      "\(PlainText.count(manifest.entries, "entry", "entries")) and \(PlainText.count(manifest.files, "payload file")) in "
        + "\(folder).")
    Terminal.say(
      "Not in it: the secrets in \(home.secrets.path). Without payload.key "
        + "(\(PlainText.list(manifest.masters.isEmpty ? ["none yet"] : manifest.masters))), hmac.key "
        + "(\(PlainText.list(manifest.hmacKeys))) and signing.key (\(manifest.signingKey)) it cannot be used: keep them "
        + "somewhere else.")
  }
}

/// `entente restore`: a backup in the place of the ledger.
struct Restore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Put a backup in the place of the ledger. Hubs start on it in quarantine, until an operator lets them go on.",
    discussion: """
      All hubs must have stopped, and the secrets folder must hold the keys that the backup names. A ledger that is \
      there is never written over: --replace moves it aside.

      Example: entente restore /var/backups/entente/2026-11-28 --replace
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Flag(help: "Move a ledger that is there aside first.")
  var replace = false

  @Argument(help: "A folder that `entente backup` made.")
  var folder: String

  func run() async throws {
    let desk = RestoreDesk(
      folder: location.folder, configuration: try location.load(), operator: try actor.name())
    let (manifest, aside) = try await operating { try await desk.restore(folder, replacing: replace) }
    if let aside { Terminal.say("The ledger that was there lies in \(aside) now.") }
    Terminal.say(
      "\(PlainText.count(manifest.entries, "entry", "entries")) restored, as of \(manifest.at.plain); in quarantine.")
    Terminal.say("Next: `entente audit verify`, then `entente quarantine show`, which names what is missing.")
  }
}

/// `entente quarantine`: a hub after a restore.
struct Quarantine: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "After a restore: what is missing or may be repeated, and letting hubs go on.",
    discussion: "Example: entente quarantine show",
    subcommands: [ShowQuarantine.self, LiftQuarantine.self], defaultSubcommand: ShowQuarantine.self)
}

/// `entente quarantine show`.
struct ShowQuarantine: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the gap between the backup and now. Exit code 1 while hubs are held back.",
    discussion: """
      With the newest proof that a partner keeps it says how many entries are lost for certain.

      Example: entente quarantine show --proof from-enisa.json
      """)

  @OptionGroup var location: ConfigurationOption

  @Option(help: "The newest proof that a partner has (`entente audit prove` made it).")
  var proof: String?

  func run() async throws {
    let home = try HubOpening.open(location)
    let desk = QuarantineDesk(home, operator: "")
    let size = try proof.map { try provenSize(in: $0, home) }
    guard let gap = try await operating({ try await desk.gap(provenSize: size) }) else {
      return Terminal.say("No quarantine: hubs are free to work.")
    }
    Terminal.say(gap.lines(width: Terminal.width))
    throw Answer.no()
  }

  /// Only a head that this hub has signed says anything.
  private func provenSize(in name: String, _ home: HubHome) throws -> Int64 {
    let head: SignedHead
    do {
      let bytes = try InputFile(name: name).read(maximumBytes: 256 << 20)
      head = try ProofFile(decoding: bytes).proof.head
    } catch let trouble as InputFile.Trouble {
      throw Answer.unusable(trouble.sentence.printable)
    } catch let trouble as ProofFile.Trouble {
      throw Answer.unusable("\(name) cannot be read as a proof. \(trouble.sentence)")
    }
    guard let key = try keyAnswer({ try home.secrets.publicSigningKeys()[head.key] }),
      key.isValidSignature(head.signature, for: head.signedText)
    else { throw Answer.no("The head in \(name) was not signed by this hub: it says nothing about its log.") }
    return head.size
  }
}

/// `entente quarantine lift`.
struct LiftQuarantine: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lift",
    abstract: "Let hubs go on: they take in, deliver and replay again within a second.",
    discussion: "Example: entente quarantine lift --note \"senders were told on 28 November\"")

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Option(help: "What was done about the gap; stays in the ledger.")
  var note: String

  func validate() throws {
    guard note.contains(where: { !$0.isWhitespace }) else { throw ValidationError("--note must say what was done.") }
  }

  func run() async throws {
    let desk = QuarantineDesk(try HubOpening.open(location), operator: try actor.name())
    guard try await operating({ try await desk.lift(note: note) }) else {
      throw Answer.no("There is no quarantine.")
    }
    Terminal.say("The quarantine is lifted.")
  }
}

/// Asks, and turns the hub's own trouble into an answer, too.
func operating<Value>(_ body: () async throws -> Value) async throws -> Value {
  do { return try await asking(body) } catch let error as HubError { throw Answer.unusable(error.message) }
}
