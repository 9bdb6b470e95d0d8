import Contract
import Synchronization

/// Deliveries that were written down a moment ago and wait in memory for their outlet; bounded for each recipient. Of
/// what does not fit the numbers are kept: the outlet gives them back to the ledger, from where it takes them in turn.
final class HandedOver: Sendable {
  /// What waits for one recipient.
  private struct Waiting {
    var urgent = Line()
    var others = Line()
    /// The numbers of those that did not fit.
    var dropped: [Int64] = []

    mutating func take(_ limit: Int, along lane: Lane?) -> [PendingDelivery] {
      var list: [PendingDelivery] = []
      if lane != .threat { urgent.take(limit, into: &list) }
      if lane != .incident { others.take(limit - list.count, into: &list) }
      return list
    }

    var count: Int { urgent.count + others.count }

    mutating func put(_ delivery: PendingDelivery, atMost maximum: Int) {
      let isUrgent = delivery.lane == .incident
      if count >= maximum {
        let left = isUrgent ? others.removeLast() : nil
        dropped.append(left?.number ?? delivery.number)
        guard left != nil else { return }
      }
      if isUrgent { urgent.append(delivery) } else { others.append(delivery) }
    }
  }

  /// First in, first out: taking moves nothing.
  private struct Line {
    private var entries: [PendingDelivery] = []
    private var head = 0

    var count: Int { entries.count - head }

    mutating func append(_ delivery: PendingDelivery) { entries.append(delivery) }

    mutating func removeLast() -> PendingDelivery? { count == 0 ? nil : entries.removeLast() }

    mutating func take(_ limit: Int, into list: inout [PendingDelivery]) {
      let end = min(entries.count, head + limit)
      list += entries[head..<end]
      head = end
      // What was taken is let go in large pieces, and at once where nothing is left.
      guard head == entries.count || head >= 1024 else { return }
      entries.removeSubrange(..<head)
      head = 0
    }
  }

  private let maximum: Int
  private let state = Mutex<[AgencyID: Waiting]>([:])

  init(maximum: Int = 4096) { self.maximum = maximum }

  /// An urgent one takes the place of one that is not.
  func put(_ delivery: PendingDelivery) { put([delivery]) }

  /// The same for several, in their order.
  func put(_ deliveries: [PendingDelivery]) {
    state.withLock { state in
      for delivery in deliveries { state[delivery.recipient, default: Waiting()].put(delivery, atMost: maximum) }
    }
  }

  /// The numbers of those that did not fit since the last call.
  func takeDropped(for recipient: AgencyID) -> [Int64] {
    state.withLock { state in
      guard let dropped = state[recipient]?.dropped, !dropped.isEmpty else { return [] }
      state[recipient]?.dropped = []
      return dropped
    }
  }

  /// Up to `limit` of them, those of the incident lane first, or of one lane alone.
  func take(for recipient: AgencyID, along lane: Lane? = nil, limit: Int) -> [PendingDelivery] {
    state.withLock { $0[recipient]?.take(limit, along: lane) ?? [] }
  }
}
