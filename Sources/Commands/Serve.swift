import ArgumentParser
import Glibc
import Hub
import Ledger
import Logging
import ServiceLifecycle
import Sharing
import UnixSignals

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
  var logLevel = LogLevel.info

  func run() async throws {
    // Where files may grow no more (ulimit -f), the write fails and intake waits; the signal would end the hub.
    signal(SIGXFSZ, SIG_IGN)
    let home = try HubOpening.open(location)
    var logger = HubLog.logger("hub")
    logger.logLevel = logLevel.level
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

/// The levels of the log, as arguments.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
  case debug, info, notice, warning, error

  var level: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    }
  }
}
