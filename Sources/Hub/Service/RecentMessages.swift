import Contract
import Synchronization

/// Accepted messages kept in memory, by their number in the ledger, so that each text is parsed once (rule 8).
///
/// Bounded in bytes: the oldest go first, and whoever misses one reads it from the ledger.
final class RecentMessages: Sendable {
  struct Entry: Sendable {
    let message: IncomingMessage
    let read: ReadMessage
    let acceptedAt: Instant
  }

  private struct State {
    var messages: [Int64: Entry] = [:]
    var order: [Int64] = []
    var first = 0
    var bytes = 0
  }

  private let maximumBytes: Int
  private let state = Mutex(State())

  init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

  func keep(_ entry: Entry, as number: Int64) {
    let size = Self.weight(of: entry)
    guard size <= maximumBytes / 4 else { return }
    state.withLock { state in
      guard state.messages.updateValue(entry, forKey: number) == nil else { return }
      state.order.append(number)
      state.bytes += size
      while state.bytes > maximumBytes, state.first < state.order.count {
        let oldest = state.order[state.first]
        state.first += 1
        if let gone = state.messages.removeValue(forKey: oldest) { state.bytes -= Self.weight(of: gone) }
      }
      if state.first > 1024, state.first * 2 > state.order.count {
        state.order.removeFirst(state.first)
        state.first = 0
      }
    }
  }

  /// About what an entry holds: the body, its tape, and the table of its objects.
  private static func weight(of entry: Entry) -> Int { 8192 + 8 * entry.message.body.count }

  func find(_ number: Int64) -> Entry? {
    state.withLock { $0.messages[number] }
  }
}
