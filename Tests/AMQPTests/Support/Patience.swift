import BrokerTestSupport
import FoundationEssentials

/// How long a test waits for what must happen before it calls it stuck. ENTENTE_TEST_PATIENCE sets the seconds, for
/// machines that are slower, or busier, than most.
enum Patience {
  static let seconds = ProcessInfo.processInfo.environment["ENTENTE_TEST_PATIENCE"].flatMap(Double.init) ?? 240

  /// Runs the body; when it has not ended in time, its tasks are cancelled and the test fails with what was awaited.
  static func limit<Result: Sendable>(
    _ what: String, _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask(operation: body)
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        return nil
      }
      defer { group.cancelAll() }
      guard let result = try await group.next() ?? nil else {
        throw NeverHappened(description: "within \(seconds) s: \(what)")
      }
      return result
    }
  }
}
