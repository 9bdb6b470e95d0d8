package import Contract
import Glibc

/// Where the hub takes the time from, so that tests can move it.
package protocol HubClock: Sendable {
  func now() -> Instant
}

/// The machine's own clock.
package struct SystemClock: HubClock {
  package init() {}

  package func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
