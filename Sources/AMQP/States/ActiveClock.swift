/// A clock that stands still while the broker blocks us: deadlines for its answers do not run meanwhile.
struct ActiveClock: Sendable, Equatable {
  private(set) var blockedSince: Int?
  private var blockedFor = 0

  var isBlocked: Bool { blockedSince != nil }

  mutating func block(at now: Int) {
    if blockedSince == nil { blockedSince = now }
  }

  mutating func unblock(at now: Int) {
    guard let since = blockedSince else { return }
    blockedFor += now - since
    blockedSince = nil
  }

  /// The time of this clock at a time of the monotonic clock.
  func time(at now: Int) -> Int { (blockedSince ?? now) - blockedFor }

  /// When this clock will show `time`; nil while it stands still.
  func moment(of time: Int) -> Int? { blockedSince == nil ? time + blockedFor : nil }
}
