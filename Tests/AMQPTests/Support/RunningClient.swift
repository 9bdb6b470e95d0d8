@testable import AMQP

/// Runs a test with a client that is being run; its end is awaited afterwards.
func withClient<Result: Sendable>(
  _ configuration: AMQPConfiguration, recovery: AMQPRecovery = .quick,
  setUp: @escaping @Sendable (AMQPConnection) async throws(AMQPError) -> Void = { _ in },
  isolation: isolated (any Actor)? = #isolation, _ body: (AMQPClient) async throws -> Result
) async throws -> Result {
  let client = AMQPClient(configuration, recovery: recovery, setUp: setUp)
  let running = Task { try await client.run() }
  do {
    let result = try await body(client)
    client.shutDown()
    _ = await running.result
    return result
  } catch {
    client.shutDown()
    _ = await running.result
    throw error
  }
}

extension AMQPRecovery {
  static let quick = AMQPRecovery(firstDelaySeconds: 0.05, longestDelaySeconds: 0.5)
}
