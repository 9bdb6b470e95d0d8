import Synchronization

/// Lets one piece of work of the whole hub through at a time: whatever may have ended a hub before. Where several were
/// under way side by side, the innocent would be blamed with the guilty.
final class Isolation: Sendable {
  private let isTaken = Mutex(false)

  /// Waits for its turn. Turns come after crashes alone, so that looking again and again costs nothing.
  func alone<Value: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
  ) async throws -> Value {
    while !take() { try await Task.sleep(for: .milliseconds(2)) }
    defer { isTaken.withLock { $0 = false } }
    return try await body()
  }

  private func take() -> Bool {
    isTaken.withLock { isTaken in
      defer { isTaken = true }
      return !isTaken
    }
  }
}
