import Synchronization

/// What became of a publish.
public enum PublishResult: Sendable, Equatable {
  /// The broker has taken responsibility for it.
  case confirmed
  /// No queue is bound for it: the broker returned it, with its reason.
  case unroutable(replyText: String)
  /// The broker refused it, as a full queue does: nothing was kept of it, at least not everywhere.
  case nacked
  /// It may or may not have arrived: the connection ended, the deadline passed, or the waiting task was cancelled.
  case indeterminate(AMQPError)
}

/// The answers to the publishes of one call, gathered until all are there.
final class PublishAnswers: Sendable {
  private struct State: Sendable {
    var results: [PublishResult]
    var isAnswered: [Bool]
    var missing: Int
    /// Who waits for all of them.
    var waiters: [OneShot<[PublishResult]>] = []
  }

  private let state: Mutex<State>

  init(count: Int) {
    state = Mutex(
      State(
        results: Array(repeating: .confirmed, count: count), isAnswered: Array(repeating: false, count: count),
        missing: count))
  }

  /// Sets one answer; the first one stays. The complete list when it was the last: to be given to `finish`.
  func set(_ index: Int, _ result: PublishResult) -> [PublishResult]? {
    state.withLock { state in
      guard !state.isAnswered[index] else { return nil }
      state.isAnswered[index] = true
      if case .confirmed = result {} else { state.results[index] = result }
      state.missing -= 1
      return state.missing == 0 ? state.results : nil
    }
  }

  /// Ends the waiting.
  func finish(_ results: [PublishResult]) {
    let waiters = state.withLock { state in
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.give(results) }
  }

  /// Answers what has no answer yet, from an index on; ends the waiting when no answer is missing then.
  func fillIn(from start: Int = 0, _ result: PublishResult) {
    let results: [PublishResult]? = state.withLock { state in
      guard state.missing > 0 else { return nil }
      for index in start..<state.results.count where !state.isAnswered[index] {
        state.isAnswered[index] = true
        state.results[index] = result
        state.missing -= 1
      }
      return state.missing == 0 ? state.results : nil
    }
    if let results { finish(results) }
  }

  /// Waits for all answers; cancelling the task makes the missing ones indeterminate.
  func value() async -> [PublishResult] {
    let waiter = OneShot<[PublishResult]>()
    let known: [PublishResult]? = state.withLock { state in
      if state.missing == 0 { return state.results }
      state.waiters.append(waiter)
      return nil
    }
    if let known { return known }
    return await waiter.value { fillIn(.indeterminate(.cancelled)) }
  }
}
