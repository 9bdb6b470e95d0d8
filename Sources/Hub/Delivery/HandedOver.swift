import Contract
import Synchronization

/// Deliveries that were written down a moment ago and wait in memory for their outlet; bounded for each recipient, what
/// does not fit is found in the ledger when its claim has passed.
final class HandedOver: Sendable {
  private let maximum: Int
  private let state = Mutex<[AgencyID: [PendingDelivery]]>([:])

  init(maximum: Int = 4096) { self.maximum = maximum }

  func put(_ delivery: PendingDelivery) {
    state.withLock { waiting in
      var line = waiting[delivery.recipient] ?? []
      waiting[delivery.recipient] = nil
      defer { waiting[delivery.recipient] = line }
      if line.count >= maximum {
        guard delivery.lane == .incident, let place = line.lastIndex(where: { $0.lane != .incident }) else { return }
        line.remove(at: place)
      }
      line.append(delivery)
    }
  }

  /// Up to `limit` of them, those of the incident lane first.
  func take(for recipient: AgencyID, limit: Int) -> [PendingDelivery] {
    state.withLock { waiting in
      guard let all = waiting[recipient], !all.isEmpty else { return [] }
      if all.count <= limit {
        waiting[recipient] = nil
        return all.filter { $0.lane == .incident } + all.filter { $0.lane != .incident }
      }
      let sorted = all.filter { $0.lane == .incident } + all.filter { $0.lane != .incident }
      waiting[recipient] = Array(sorted[limit...])
      return Array(sorted[..<limit])
    }
  }
}
