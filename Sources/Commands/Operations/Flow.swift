import ArgumentParser
import Contract
import Hub

/// What `pause`, `resume` and `drain` act on: exactly one of these.
struct FlowTarget: ParsableArguments {
  @Flag(help: "All that is taken in.")
  var intake = false

  @Option(help: "What this agency publishes.")
  var agency: AgencyArgument?

  @Option(help: "One lane, in and out: incident or threat.")
  var lane: LaneArgument?

  @Option(help: "What goes to this agency.")
  var recipient: AgencyArgument?

  var target: Switches.Target? {
    let all: [Switches.Target?] = [
      intake ? .intake : nil, agency.map { .agency($0.id) }, lane.map { .lane($0.lane) },
      recipient.map { .recipient($0.id) },
    ]
    let given = all.compactMap { $0 }
    return given.count == 1 ? given[0] : nil
  }

  func validate() throws {
    guard target != nil else {
      throw ValidationError("Name exactly one of --intake, --agency SLUG, --lane LANE and --recipient SLUG.")
    }
  }
}

/// `entente pause`.
struct Pause: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Stop intake, an agency's messages, a lane or what goes to a recipient, within a second.",
    discussion: """
      What is under way is finished; the rest waits where it is, in the agency's own queues or in the ledger. Nothing \
      is lost, and everybody else goes on.

      Example: entente pause --agency us-cisa --reason "sends test data as real, ticket 4711"
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption
  @OptionGroup var what: FlowTarget

  @Option(help: "Why; stays in the ledger.")
  var reason = ""

  func run() async throws {
    guard let target = what.target else { return }
    let desk = FlowDesk(try HubOpening.open(location), operator: try actor.name())
    let isNew = try await operating { try await desk.pause(target, reason: reason) }
    Terminal.say(
      isNew ? "\(target.name) is paused; `entente resume` lets it flow again." : "\(target.name) was paused already.")
  }
}

/// `entente resume`.
struct Resume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Let flow again what was paused or drained.",
    discussion: "Example: entente resume --agency us-cisa")

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption
  @OptionGroup var what: FlowTarget

  @Option(help: "Why; stays in the ledger.")
  var reason = ""

  func run() async throws {
    guard let target = what.target else { return }
    let desk = FlowDesk(try HubOpening.open(location), operator: try actor.name())
    guard try await operating({ try await desk.resume(target, reason: reason) }) else {
      throw Answer.no("\(target.name) is not paused; `entente status` shows what is.")
    }
    Terminal.say("\(target.name) flows again.")
  }
}

/// `entente drain`.
struct Drain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Stop what comes in, wait until nothing waits behind it any more, and leave it stopped.",
    discussion: """
      For a recipient: waits until it has what waits for it, then stops. Exit code 1 where something still waits at the \
      end of the time.

      Example: entente drain --intake --seconds 120
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption
  @OptionGroup var what: FlowTarget

  @Option(help: "Why; stays in the ledger.")
  var reason = ""

  @Option(help: "How long to wait.")
  var seconds = 60

  func run() async throws {
    guard let target = what.target else { return }
    let desk = FlowDesk(try HubOpening.open(location), operator: try actor.name())
    // A lane is stopped for new messages at its sources, or what waits could not leave.
    var isRecipient = false
    if case .recipient = target { isRecipient = true }
    if case .lane = target { isRecipient = true }
    if !isRecipient { _ = try await operating { try await desk.pause(target, reason: reason) } }
    let end = ContinuousClock.now + .seconds(seconds)
    var waiting = try await operating { try await desk.waiting(behind: target) }
    while waiting > 0, ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(250))
      waiting = try await operating { try await desk.waiting(behind: target) }
    }
    if isRecipient { _ = try await operating { try await desk.pause(target, reason: reason) } }
    guard waiting == 0 else {
      throw Answer.no("\(PlainText.count(waiting, "delivery", "deliveries")) still waiting; \(target.name) is paused.")
    }
    Terminal.say("\(target.name) is drained and paused.")
  }
}

/// `entente suspend`.
struct Suspend: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Cut an agency off at once: nothing is taken from it, nothing goes to it, and its broker user is locked out.",
    discussion: """
      Hubs obey within a second; what was decided for it and has not left is withheld. With the broker's administrator \
      at hand its permissions are cleared and its connections closed. Set `suspended: true` in its file, too, for as \
      long as it shall last. --lift ends it; `entente topology apply` gives the permissions back.

      Example: entente suspend us-cisa --reason "credentials were stolen, ticket 4711"
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption
  @OptionGroup var administrator: AdministratorOptions

  @Option(help: "Why; stays in the ledger.")
  var reason: String

  @Flag(help: "End the suspension instead.")
  var lift = false

  @Argument(help: "The agency.")
  var agency: AgencyArgument

  func validate() throws {
    guard reason.contains(where: { !$0.isWhitespace }) else { throw ValidationError("--reason must say why.") }
  }

  func run() async throws {
    let home = try HubOpening.open(location)
    let desk = FlowDesk(home, operator: try actor.name())
    if lift {
      guard try await operating({ try await desk.lift(agency.id, reason: reason) }) else {
        throw Answer.no("\(agency.id) is not suspended by an operator; see `suspended` in its file.")
      }
      return Terminal.say("Lifted; `entente topology apply` gives its permissions on the broker back.")
    }
    let isNew = try await operating { try await desk.suspend(agency.id, reason: reason) }
    Terminal.say(isNew ? "\(agency.id) is suspended in all hubs." : "\(agency.id) was suspended in all hubs already.")
    do {
      let management = try administrator.management(home.configuration)
      try await TopologyInstaller(configuration: home.configuration, management: management).lockOut(agency.id)
      Terminal.say("Its user on the broker has no permissions and no connections any more.")
    } catch let error as HubError {
      throw Answer.unusable("The hubs obey; the broker could not be told: \(error.message)")
    } catch let answer as Answer {
      throw Answer.unusable("The hubs obey; the broker could not be told. \(answer.message)")
    }
  }
}
