import ArgumentParser
import Hub
import Logging
import ServiceLifecycle

/// `entente serve`: runs a hub until it is told to stop.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a hub on the configuration's broker and ledger.",
    discussion: """
      Takes what agencies publish and brings each what it may have, until SIGTERM or SIGINT: then it takes nothing \
      more, finishes what is under way and ends. Run `entente topology apply` once before. Any number of hubs may run \
      on one ledger.

      Example: entente serve --config /etc/entente
      """)

  @OptionGroup var location: ConfigurationOption

  @Option(help: "How much to log: debug, info, notice, warning or error.")
  var logLevel = Logger.Level.info

  func run() async throws {
    let home = try HubOpening.open(location)
    var logger = HubLog.logger("hub")
    logger.logLevel = logLevel
    for arrangement in home.configuration.onTrial {
      logger.notice("this arrangement is on trial: nobody signed it", metadata: ["arrangement": "\(arrangement)"])
    }
    let hub = Hub(home, logger: logger)
    var settings = ServiceGroupConfiguration(
      services: [hub], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    settings.maximumGracefulShutdownDuration = .seconds(20)
    do {
      try await ServiceGroup(configuration: settings).run()
    } catch let error as HubError {
      await home.ledger.close()
      throw Answer.unusable(error.message)
    }
    await home.ledger.close()
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
