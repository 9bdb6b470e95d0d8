import ArgumentParser
import Contract
import Glibc
import Hub
import Ledger

/// `entente replay start`, or `entente replay` for short.
struct StartReplay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Begin a replay, or say with --dry-run what it would come to.",
    discussion: """
      Dead letters by default; with --history the pairs of message and recipient that were not delivered. With \
      --delivered also those that were: what is equal to what the recipient has is not sent, other bytes go as the next \
      revision, what is no longer allowed is withheld. --again sends what is equal, too: same id, same revision.

      Example: entente replay --history --recipient eu-enisa --since 2026-11-24 --again --reason "their disk failed"
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption
  @OptionGroup var filters: DeadLetterFilters
  @OptionGroup var manner: ReplayManner

  @Flag(help: "From history instead of dead letters: by --agency, --recipient, --since, --until, --message-id.")
  var history = false

  @Flag(help: "With --history: what was delivered, too.")
  var delivered = false

  @Flag(help: "With --history: send what its recipient has already, as it was. For a recipient that lost its data.")
  var again = false

  @Option(help: "Why; stays in the ledger.")
  var reason = ""

  @Flag(help: "Validate, decide and translate with today's rules, say what would happen, and do nothing.")
  var dryRun = false

  @Flag(help: "With --dry-run: one line of JSON for each.")
  var json = false

  @Flag(help: "Do not ask before it begins.")
  var yes = false

  @Flag(help: "Do not wait for its end.")
  var detach = false

  func validate() throws {
    if (delivered || again) && !history {
      throw ValidationError("--delivered and --again need --history: a dead letter was never delivered.")
    }
    let others: [(String, Bool)] = [
      ("--cause", filters.cause != nil), ("--stage", filters.stage != nil), ("--text", filters.text != nil),
      ("--fingerprint", filters.fingerprint != nil), ("--format", filters.format != nil),
      ("--kind", filters.kind != nil), ("--archived", filters.archived),
    ]
    if history, let other = others.first(where: \.1) {
      throw ValidationError(
        "\(other.0) chooses dead letters, and --history looks at none by it; leave one of them out.")
    }
    let narrows = filters.agency != nil || filters.recipient != nil || filters.since != nil || filters.messageID != nil
    if history, !narrows {
      throw ValidationError("--history needs one of --agency, --recipient, --since, --message-id.")
    }
  }

  func run() async throws {
    let name = try actor.name()
    let home = try HubOpening.open(location)
    try filters.check(home)
    let desk = ReplayDesk(home, operator: name)
    let targets = try await asking { try await choose(desk) }
    guard !targets.isEmpty else { return Terminal.say("Nothing is to be replayed.") }
    if dryRun { return try await ReplayRehearsal(desk: desk, again: again, json: json).run(targets) }
    let what =
      "Replay \(PlainText.count(targets.count, history ? "delivery" : "dead letter", history ? "deliveries" : "dead letters"))"
    if !yes { try Consent.ask(what, ifNot: "Nothing was replayed.") }
    let order = ReplayOrder(
      rate: manner.rate, ramps: !manner.atOnce, stopRatio: manner.stopAbove / 100, again: again,
      lane: manner.lane?.lane,
      reason: reason, choice: choice)
    let id = try await asking { try await desk.start(targets, order) }
    Terminal.say("Replay \(id) has begun: \(PlainText.grouped(targets.count)) to do.")
    guard !detach else { return Terminal.say("Next: entente replay show \(id)") }
    guard try await asking({ try await !DeadLetterDesk(home, operator: name).runningHubs().isEmpty }) else {
      throw Answer.no("No hub is running on this ledger: the replay begins when one is started with `entente serve`.")
    }
    try await ReplayWatch(desk: desk).follow(id)
  }

  private func choose(_ desk: ReplayDesk) async throws -> [ReplayTarget] {
    guard history else { return try await desk.targets(filters.filter(states: [.open]), text: filters.text) }
    var states: Set<DeliveryState> = [.deadLettered, .withheld, .held]
    if delivered || again { states.insert(.delivered) }
    return try await desk.targets(
      HistoryFilter(
        states: states, sender: filters.agency?.id, recipient: filters.recipient?.id, since: filters.since?.instant,
        until: filters.until?.instant, messageID: filters.messageID))
  }

  /// What was chosen, in the words of the options.
  private var choice: String {
    let parts: [(String, String?)] = [
      ("from", filters.agency?.id.slug), ("to", filters.recipient?.id.slug), ("cause", filters.cause),
      ("stage", filters.stage), ("fingerprint", filters.fingerprint), ("format", filters.format?.id.slug),
      ("kind", filters.kind), ("text", filters.text), ("message-id", filters.messageID),
      ("since", filters.since?.instant.plain), ("until", filters.until?.instant.plain),
    ]
    let narrowed = parts.compactMap { name, value in value.map { "\(name) \($0)" } }
    let source = history ? (delivered || again ? "history, delivered too" : "history") : "dead letters"
    return ([source] + narrowed).joined(separator: ", ")
  }
}

/// How a replay goes on.
struct ReplayManner: ParsableArguments {
  @Option(help: "Messages per second at most; 0 sets no limit.")
  var rate = 0.0

  @Flag(help: "All at once, instead of 1, then 10, then 100 before the rest.")
  var atOnce = false

  @Option(help: "Stop where more than this share has failed, in percent.")
  var stopAbove = 20.0

  @Option(help: "Send along this lane instead of the message's own: incident or threat.")
  var lane: LaneArgument?

  func validate() throws {
    guard rate >= 0, rate.isFinite else { throw ValidationError("--rate must be 0 or more.") }
    guard (0...100).contains(stopAbove) else { throw ValidationError("--stop-above is a share from 0 to 100.") }
  }
}

/// Asks before much is done.
enum Consent {
  static func ask(_ what: String, ifNot refused: String) throws(Answer) {
    guard isatty(STDIN_FILENO) == 1 else {
      throw Answer.unusable("\(what)? Nobody is there to ask: add --yes.")
    }
    Terminal.complain("\(what)? [y/N]")
    guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else { throw Answer.no(refused) }
  }
}
