import Synchronization

/// Lets so many tests at a time work on the shared broker. The test library starts all tests at once; without a gate
/// hundreds of virtual hosts would be made side by side, and each test would wait for all the others inside its own
/// deadlines.
package final class Gate: Sendable {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  /// True in a task that has passed: what it does inside takes no second place, or two such tasks could wait for
  /// each other.
  @TaskLocal private static var isInside = false

  package init(width: Int) { state = Mutex(State(free: width)) }

  /// Runs the body once there is a place, in the order of asking.
  package func pass<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
  ) async throws -> Result {
    if Self.isInside { return try await body() }
    await enter()
    defer { leave() }
    return try await Self.$isInside.withValue(true, operation: body)
  }

  private func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.free == 0 else {
          state.free -= 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  private func leave() {
    let next: CheckedContinuation<Void, Never>? = state.withLock { state in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.free += 1
      return nil
    }
    next?.resume()
  }
}
