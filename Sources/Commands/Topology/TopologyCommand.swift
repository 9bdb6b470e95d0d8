import ArgumentParser
import Broker
import Glibc
import Hub
import Sharing

/// `entente topology ...`: what the broker has to have for this exchange.
struct TopologyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topology",
    abstract: "Compare the broker with what the configuration asks for, and bring it there.",
    discussion: """
      Each agency has a virtual host of its own with an outbox, intake queues, inboxes and receipts, derived from the \
      agencies' files. A queue that holds messages is never deleted.

      Example: entente topology plan --config Examples/transatlantic
      """,
    subcommands: [PlanTopology.self, ApplyTopology.self])
}

/// Who speaks to the broker's management API: options that both commands share.
struct AdministratorOptions: ParsableArguments {
  @Option(help: "The broker's administrator (default: broker.users.administrator of hub.yaml).")
  var admin: String?

  @Option(
    help: ArgumentHelp(
      "A file whose first line is the administrator's password (default: ENTENTE_ADMIN_PASSWORD, else the secrets folder).",
      valueName: "file"))
  var passwordFile: String?

  /// The management API as the administrator.
  /// - Throws: ``Answer`` with exit code 2 where no password is to be had.
  func management(_ configuration: Configuration) throws -> ManagementAPI {
    let broker = configuration.settings.broker
    let user = admin ?? broker.administratorUser
    let address = "\(broker.management.scheme)://\(broker.management.host):\(broker.management.port)"
    return ManagementAPI(address: address, user: user, password: try password(of: user, configuration))
  }

  private func password(of user: String, _ configuration: Configuration) throws -> String {
    if let passwordFile {
      return try PasswordFile.firstLine(of: passwordFile)
    }
    if let value = getenv("ENTENTE_ADMIN_PASSWORD"), value.pointee != 0 { return String(cString: value) }
    let secrets = try? SecretsFolder(path: configuration.settings.secretsFolder, create: false)
    if let password = try secrets?.password(of: user) { return password }
    throw Answer.unusable(
      "No password of the broker's administrator \(user) is known: name a file with --password-file, or set "
        + "ENTENTE_ADMIN_PASSWORD.")
  }
}

/// `entente topology plan`.
struct PlanTopology: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what `apply` would do; change nothing. Exit 1 where something is to be done.",
    discussion: "Example: entente topology plan --password-file /root/rabbitmq-admin")

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var administrator: AdministratorOptions

  func run() async throws {
    let configuration = try location.load()
    let installer = TopologyInstaller(
      configuration: configuration, management: try administrator.management(configuration))
    let plan = try await answering { () async throws(HubError) in try await installer.plan() }
    plan.print()
    guard plan.conflicts.isEmpty else {
      throw Answer.no("`entente topology apply` would refuse: a conflict stands there as something else.")
    }
    guard plan.isDone else { throw Answer.no("Run `entente topology apply` to do this.") }
  }
}

/// `entente topology apply`.
struct ApplyTopology: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Bring the broker to what the configuration asks for, and make the secrets folder the first time.",
    discussion: """
      Done twice, the second time finds nothing to do. Conflicts are refused and then nothing is changed.

      Example: entente topology apply --password-file /root/rabbitmq-admin
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var administrator: AdministratorOptions

  func run() async throws {
    let configuration = try location.load()
    let management = try administrator.management(configuration)
    let installer = TopologyInstaller(configuration: configuration, management: management)
    let plan = try await answering { () async throws(HubError) in try await installer.apply() }
    plan.print()
    Terminal.say("Passwords of the agencies' users lie in \(configuration.settings.secretsFolder)/broker.")
  }
}

extension TopologyPlan {
  /// The steps, and in one line what they come to.
  func print() {
    for step in steps { Terminal.say("\(step)") }
    let done = isDone ? "nothing to do" : PlainText.count(steps.count - extras.count, "step")
    Terminal.say("\(done), \(PlainText.count(unchanged, "thing")) as \(unchanged == 1 ? "it" : "they") shall be.")
  }
}

/// Does what may fail for a reason outside, and turns that into an answer.
func answering<Value>(_ body: () async throws(HubError) -> Value) async throws(Answer) -> Value {
  do {
    return try await body()
  } catch {
    throw Answer.unusable(error.message)
  }
}
