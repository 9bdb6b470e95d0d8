/// When connections want a turn, the earliest first. One connection has one entry: a wish for a later time than the
/// entry's leaves it alone, and is looked at when the entry comes up.
struct TimerHeap {
  private struct Entry {
    var time: Int
    var id: UInt64
  }

  private var heap: [Entry] = []
  /// The time of a connection's valid entry; others of it are void.
  private var queued: [UInt64: Int] = [:]

  /// The earliest time at which somebody may want a turn; nil for never.
  var next: Int? { heap.first?.time }

  /// The connection wants a turn at this time (`Int.max` for never).
  mutating func schedule(_ id: UInt64, at time: Int) {
    guard time < queued[id] ?? Int.max else { return }
    queued[id] = time
    heap.append(Entry(time: time, id: id))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].time < heap[parent].time else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func remove(_ id: UInt64) { queued[id] = nil }

  /// Takes the next connection out whose time has come; nil when there is none.
  mutating func popDue(at now: Int) -> UInt64? {
    while let first = heap.first, first.time <= now {
      removeFirst()
      guard queued[first.id] == first.time else { continue }
      queued[first.id] = nil
      return first.id
    }
    return nil
  }

  private mutating func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].time < heap[least].time {
        least = child
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
