package import AMQP
import Contract
package import Logging

/// Keeps one connection to an agency's virtual host, and begins again when it ends.
package struct AgencyLink: Sendable {
  package let configuration: AMQPConfiguration
  package let logger: Logger

  package init(configuration: AMQPConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
  }

  /// Connects, runs `work` until it ends or throws, closes, waits a little longer after each failure in a row, and
  /// goes on until the task is cancelled.
  package func keepConnected(_ work: @Sendable (AMQPConnection) async throws -> Void) async {
    var failures = 0
    while !Task.isCancelled {
      do {
        let connection = try await AMQPConnection.connect(configuration, logger: logger)
        failures = 0
        do {
          try await work(connection)
          await connection.close()
        } catch {
          await connection.close()
          throw error
        }
      } catch {
        guard !Task.isCancelled else { return }
        failures += 1
        let pause = Self.pause(afterFailures: failures)
        logger.warning(
          "connection lost, trying again",
          metadata: [
            "vhost": "\(configuration.vhost)", "reason": "\(error)", "pause": "\(pause)",
          ])
        try? await Task.sleep(for: pause)
      }
    }
  }

  /// 100 ms doubled with each failure up to 10 s, of which a random part is taken, so that many links that fell
  /// together do not come back together.
  static func pause(afterFailures failures: Int) -> Duration {
    let longest = min(100 << min(max(failures - 1, 0), 10), 10_000)
    return .milliseconds(Int.random(in: longest / 2...longest))
  }
}
