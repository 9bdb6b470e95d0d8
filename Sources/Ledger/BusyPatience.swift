import Glibc
import Synchronization

/// How long a connection waits for another process: short naps, so that a free ledger is found at once.
final class BusyPatience: Sendable {
  private let nanoseconds: UInt64
  private let started = Mutex<UInt64>(0)

  init(milliseconds: Int) { nanoseconds = UInt64(max(0, milliseconds)) * 1_000_000 }

  /// Sleeps a little and says whether to try again.
  func waits(tries: Int) -> Bool {
    let now = Self.now()
    let start = started.withLock {
      if tries == 0 { $0 = now }
      return $0
    }
    guard now - start < nanoseconds else { return false }
    usleep(tries < 20 ? 250 : 1000)
    return true
  }

  /// Repeats what may fail as busy without asking the busy handler, as a change of journal mode does.
  func repeating<Value>(_ body: () throws -> Value) throws -> Value {
    let end = Self.now() + nanoseconds
    while true {
      do { return try body() } catch {
        guard LedgerError(error).code == .busy, Self.now() < end else { throw error }
        usleep(2000)
      }
    }
  }

  private static func now() -> UInt64 {
    var moment = timespec()
    clock_gettime(CLOCK_MONOTONIC, &moment)
    return UInt64(moment.tv_sec) * 1_000_000_000 + UInt64(moment.tv_nsec)
  }
}
