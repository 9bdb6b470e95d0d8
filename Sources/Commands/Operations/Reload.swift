import ArgumentParser
import Hub

/// `entente reload`: the folder as a new version of the configuration.
struct Reload: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Propose the configuration folder as a new version, which running hubs take up within a second.",
    discussion: """
      The folder is checked whole first: with one fault in it nothing is proposed. What is being decided as the version \
      changes is decided by the one that it began with, and each decision names its version. Where agencies or limits \
      changed, run `entente topology apply` before.

      Example: entente reload --reason "the sector arrangement was signed"
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Option(help: "Why; stays in the ledger.")
  var reason = ""

  @Option(help: "How long to wait until all running hubs follow.")
  var seconds = 15

  func run() async throws {
    let desk = FlowDesk(try HubOpening.open(location), operator: try actor.name())
    guard let version = try await operating({ try await desk.reload(reason: reason) }) else {
      return Terminal.say("The folder is as the version in force.")
    }
    let end = ContinuousClock.now + .seconds(seconds)
    var state = try await operating { try await desk.following(version) }
    while state.following < state.hubs, ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(200))
      state = try await operating { try await desk.following(version) }
    }
    guard state.following == state.hubs else {
      throw Answer.no(
        "Version \(version) is in force; \(state.hubs - state.following) of \(PlainText.count(state.hubs, "hub")) do not "
          + "follow it: their logs say why.")
    }
    Terminal.say("Version \(version) is in force; \(PlainText.count(state.hubs, "hub")) running, all following.")
  }
}
