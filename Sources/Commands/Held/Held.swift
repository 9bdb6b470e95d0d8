import ArgumentParser
import Contract
import Hub
import Ledger

/// `entente held`: what waits for an approval.
struct Held: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "held",
    abstract: "Look at deliveries that wait for an approval, and release or refuse them.",
    discussion: """
      A delivery is held where the grant that covers it needs an approval, a consent or a reading, or is under an embargo \
      or a delay. An embargo and a delay end by themselves, and the hub decides again at that moment. Nothing else that is \
      held is ever delivered by itself, however long it waits.

      Example: entente held list
      """,
    subcommands: [ListHeld.self, ShowHeld.self, ReleaseHeld.self, RefuseHeld.self])
}

/// `entente held list`.
struct ListHeld: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List held deliveries, oldest first.",
    discussion: "Example: entente held list --recipient us-cisa")

  @OptionGroup var location: ConfigurationOption

  @Option(help: "Only messages of this agency.")
  var agency: AgencyArgument?

  @Option(help: "Only deliveries to this agency.")
  var recipient: AgencyArgument?

  @Option(help: "How many at most.")
  var limit = 50

  @Flag(help: "Print one line of JSON for each.")
  var json = false

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be more than 0.") }
  }

  func run() async throws {
    let desk = HeldDesk(try HubOpening.open(location), operator: "")
    let filter = HeldFilter(sender: agency?.id, recipient: recipient?.id, limit: limit)
    let list = try await asking { try await desk.list(filter) }
    if json {
      for line in list.encoded() { Terminal.put(line: line) }
    } else {
      Terminal.say(list.lines(width: Terminal.width))
    }
  }
}

/// `entente held show`.
struct ShowHeld: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a held delivery, and what would leave if it were released now.",
    discussion: "Example: entente held show 17")

  @OptionGroup var location: ConfigurationOption

  @Argument(help: "The delivery's number.")
  var number: Int64

  func run() async throws {
    let desk = HeldDesk(try HubOpening.open(location), operator: "")
    guard let story = try await asking({ try await desk.story(number) }) else { throw HeldAnswer.none(number) }
    Terminal.say(story.lines(width: Terminal.width))
  }
}

/// `entente held release`.
struct ReleaseHeld: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Approve held deliveries: decided again with today's terms, then on their way.",
    discussion: """
      What today's terms withhold by now is withheld, whatever is approved (exit code 1). What an arrangement gives to a \
      party to release is released in its name, with --as; where the party has a policy key it signs: with --key here, or \
      elsewhere over the text that the refusal shows, with --signature. Where several have to release it, it waits until \
      the last of them has.

      Example: entente held release 17 --note "cleared with legal, ticket 4711"
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Option(help: "Why; stays in the ledger.")
  var note = ""

  @Option(name: .customLong("as"), help: ArgumentHelp("The party that releases it.", valueName: "agency"))
  var party: AgencyArgument?

  @Option(help: ArgumentHelp("The PEM file of the party's private policy key.", valueName: "file"))
  var key: String?

  @Option(help: "The party's signature, in base 64.")
  var signature: String?

  @Argument(help: "The numbers of the deliveries.")
  var numbers: [Int64]

  func run() async throws {
    let voice = try voice()
    let desk = HeldDesk(try HubOpening.open(location), operator: try actor.name())
    var isDone = true
    for number in numbers {
      guard let row = try await HeldAnswer.told({ try await desk.release(number, as: voice, note: note) }) else {
        throw HeldAnswer.none(number)
      }
      switch row.state {
      case .pending: Terminal.say("Delivery \(number) is on its way to \(row.recipient).")
      case .held: Terminal.say("Delivery \(number) is released by you and still waits: entente held show \(number)")
      default:
        isDone = false
        Terminal.say(row.reason.printable.under("Delivery \(number) is withheld now: ", width: Terminal.width))
      }
    }
    if !isDone { throw Answer.no() }
  }

  func validate() throws {
    guard party != nil || (key == nil && signature == nil) else {
      throw ValidationError("--key and --signature are a party's: say which with --as.")
    }
    guard key == nil || signature == nil else { throw ValidationError("Give --key or --signature, not both.") }
    guard signature == nil || numbers.count == 1 else {
      throw ValidationError("A signature is over one delivery: release them one by one.")
    }
  }

  private func voice() throws -> PartyVoice? {
    guard let party else { return nil }
    if let signature { return PartyVoice(party.id, .signature(signature)) }
    guard let key else { return PartyVoice(party.id) }
    return PartyVoice(party.id, .key(try PolicyKeyFile.read(key)))
  }
}

/// `entente held refuse`.
struct RefuseHeld: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refuse",
    abstract: "Refuse held deliveries, for a reason that stays in the ledger: they are withheld.",
    discussion: "Example: entente held refuse 17 --reason \"the originator did not agree\"")

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Option(help: "Why.")
  var reason: String

  @Argument(help: "The numbers of the deliveries.")
  var numbers: [Int64]

  func validate() throws {
    guard reason.contains(where: { !$0.isWhitespace }) else { throw ValidationError("--reason must say why.") }
  }

  func run() async throws {
    let desk = HeldDesk(try HubOpening.open(location), operator: try actor.name())
    for number in numbers {
      guard let row = try await HeldAnswer.told({ try await desk.refuse(number, reason: reason) }) else {
        throw HeldAnswer.none(number)
      }
      Terminal.say("Delivery \(number) to \(row.recipient) is withheld.")
    }
  }
}

/// Answers that several commands give.
enum HeldAnswer {
  static func none(_ number: Int64) -> Answer {
    Answer.no("There is no delivery \(number); `entente held list` shows those that are held.")
  }

  /// Asks, and turns the hub's own trouble into an answer, too.
  static func told<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await asking(body)
    } catch let error as HubError {
      throw Answer.unusable(error.message)
    } catch let failure as StageFailure {
      throw Answer.no(failure.detail)
    }
  }
}
