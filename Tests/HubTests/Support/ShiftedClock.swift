import Contract
import Hub
import Synchronization

/// The machine's clock, moved by as much as the test says.
final class ShiftedClock: HubClock {
  private let shift = Mutex<Int64>(0)

  func now() -> Instant {
    let shift = shift.withLock { $0 }
    return SystemClock().now().adding(milliseconds: shift)
  }

  func move(hours: Int64) { shift.withLock { $0 += hours * 3_600_000 } }
}
