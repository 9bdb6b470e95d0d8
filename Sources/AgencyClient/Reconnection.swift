import AMQP
import Logging
import ServiceLifecycle

/// Keeps a connection up for as long as a service runs.
struct Reconnection: Sendable {
  let configuration: AMQPConfiguration
  let backoff: Backoff
  let logger: Logger

  /// A connection that lasted so long counts as a success: the next failure begins with the shortest wait.
  private static let lasting = Duration.seconds(10)

  /// Connects and runs `body`, again and again after transient failures, until `body` returns, the service is told to
  /// stop, or the task is cancelled. Throws when the broker refuses us.
  func run(_ body: (AMQPConnection) async throws -> Void) async throws {
    var backoff = backoff
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      let begin = ContinuousClock.now
      do {
        let connection = try await cancelWhenGracefulShutdown { [configuration, logger] in
          try await AMQPConnection.connect(configuration, logger: logger)
        }
        do {
          try await body(connection)
          await connection.close()
          return
        } catch {
          // What is settled is acknowledged; on a dead connection this takes no time.
          await connection.close()
          throw error
        }
      } catch let error as AMQPError {
        if error.code == .configuration {
          throw AgencyClientError(code: .configuration, message: error.message, cause: error)
        }
        if Task.isShuttingDownGracefully || Task.isCancelled { return }
        if ContinuousClock.now - begin > Self.lasting { backoff.reset() }
        let wait = backoff.next()
        logger.warning(
          "the broker is not reachable, trying again",
          metadata: ["reason": "\(error.message)", "wait": "\(wait)", "address": "\(configuration)"])
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
      }
    }
  }
}
