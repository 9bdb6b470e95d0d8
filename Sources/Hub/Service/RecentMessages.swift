import Contract
import Synchronization

/// Accepted messages kept in memory, by their number in the ledger, so that each text is parsed once (rule 8).
///
/// Each goes once every delivery of it was tried, so that its memory is used again while it is warm. Bounded in bytes all
/// the same: the oldest go first, and whoever misses one reads it from the ledger.
final class RecentMessages: Sendable {
  struct Entry: Sendable {
    let message: IncomingMessage
    let read: ReadMessage
    let acceptedAt: Instant
  }

  private struct State {
    var messages: [Int64: (entry: Entry, uses: Int)] = [:]
    var order: [Int64] = []
    var first = 0
    var bytes = 0
  }

  private let maximumBytes: Int
  private let state = Mutex(State())

  init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

  /// - Parameter uses: how often it is let go of before it goes.
  func keep(_ entry: Entry, as number: Int64, uses: Int = 1) {
    let size = Self.weight(of: entry)
    guard size <= maximumBytes / 4, uses > 0 else { return }
    state.withLock { state in
      guard state.messages.updateValue((entry, uses), forKey: number) == nil else { return }
      state.order.append(number)
      state.bytes += size
      while state.bytes > maximumBytes, state.first < state.order.count {
        let oldest = state.order[state.first]
        state.first += 1
        if let gone = state.messages.removeValue(forKey: oldest) { state.bytes -= Self.weight(of: gone.entry) }
      }
      // What has gone meanwhile leaves its place.
      guard state.order.count > 2 * state.messages.count + 1024 else { return }
      state.order = state.order[state.first...].filter { state.messages[$0] != nil }
      state.first = 0
    }
  }

  /// About what an entry holds: the body, its tape, and the table of its objects.
  private static func weight(of entry: Entry) -> Int { 8192 + 8 * entry.message.body.count }

  func find(_ number: Int64) -> Entry? {
    state.withLock { $0.messages[number]?.entry }
  }

  /// One use of each is over.
  func letGo(_ numbers: [Int64]) {
    // What goes is destroyed outside of the lock.
    var gone: [Entry] = []
    state.withLock { state in
      for number in numbers {
        guard let uses = state.messages[number]?.uses else { continue }
        state.messages[number]?.uses = uses - 1
        guard uses <= 1, let entry = state.messages.removeValue(forKey: number)?.entry else { continue }
        state.bytes -= Self.weight(of: entry)
        gone.append(entry)
      }
    }
  }
}
