import ArgumentParser
import Hub

/// `entente doctor`.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look at everything a hub needs, and say what to do where something is wrong.",
    discussion: """
      Configuration, secrets, ledger, broker, topology and running hubs. Exit 1 where something is wrong.

      Example: entente doctor --config /etc/entente
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var administrator: AdministratorOptions

  func run() async throws {
    let configuration = try location.load()
    let management = try? administrator.management(configuration)
    let checkup = await Checkup(folder: location.folder, configuration: configuration, management: management)
    for line in checkup.lines() { Terminal.say(line) }
    if management == nil {
      Terminal.say("The topology was not looked at: no password of the broker's administrator is known.")
    }
    guard checkup.isHealthy else { throw Answer.no() }
  }
}
