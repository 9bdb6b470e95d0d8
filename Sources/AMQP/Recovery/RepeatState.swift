/// What a client's publisher has lost and has to send again, and who waits for it: a value that its publisher asks.
struct RepeatState: Sendable {
  /// The part of one call that was lost, in the order of the call.
  struct Parked: Sendable {
    /// Calls are numbered in the order in which they came.
    var ticket: UInt64
    var publishes: [AMQPPublisher.Publish]
    /// The answers so far: indeterminate until repeated.
    var results: [PublishResult]
    var answers: OneShot<[PublishResult]>
    fileprivate var isDone: [Bool]

    init(
      ticket: UInt64, publishes: [AMQPPublisher.Publish], results: [PublishResult], answers: OneShot<[PublishResult]>
    ) {
      self.ticket = ticket
      self.publishes = publishes
      self.results = results
      self.answers = answers
      isDone = Array(repeating: false, count: publishes.count)
    }
  }

  /// One message to be sent again.
  struct Lost: Sendable {
    var ticket: UInt64
    var index: Int
    var publish: AMQPPublisher.Publish
  }

  enum Place: Sendable {
    case open(AMQPPublisher, ticket: UInt64)
    case closed
  }

  enum Wait: Sendable, Equatable {
    case isOpen
    case waits(startsWork: Bool)
  }

  private enum Phase: Sendable {
    case closed
    case restoring
    case open(AMQPPublisher)
  }

  private var phase = Phase.closed
  private var tickets: UInt64 = 0
  /// Calls that are at work on the channel directly.
  private var direct = 0
  private var quiet: OneShot<Void>?
  private var parked: [UInt64: Parked] = [:]
  private var waiters: [UInt64: OneShot<Result<Void, AMQPError>>] = [:]

  /// A call wants to publish. When it may, it must `leave` again.
  mutating func enter() -> Place {
    guard case .open(let publisher) = phase else { return .closed }
    tickets += 1
    direct += 1
    return .open(publisher, ticket: tickets)
  }

  /// A direct call is over; whom to tell that it was the last.
  mutating func leave() -> OneShot<Void>? {
    direct -= 1
    guard direct == 0 else { return nil }
    return quiet.take()
  }

  /// What to await until no direct call is at work; nil when none is.
  mutating func whenQuiet() -> OneShot<Void>? {
    guard direct > 0 else { return nil }
    let quiet = OneShot<Void>()
    self.quiet = quiet
    return quiet
  }

  /// This channel is gone. True for the first to notice, who has to see to another.
  mutating func lose(_ publisher: AMQPPublisher) -> Bool {
    guard case .open(let current) = phase, current === publisher else { return false }
    phase = .restoring
    return true
  }

  mutating func wait(_ id: UInt64, _ gate: OneShot<Result<Void, AMQPError>>) -> Wait {
    if case .open = phase { return .isOpen }
    waiters[id] = gate
    guard case .closed = phase else { return .waits(startsWork: false) }
    phase = .restoring
    return .waits(startsWork: true)
  }

  mutating func cancel(_ id: UInt64) { waiters[id] = nil }

  mutating func park(_ lost: Parked) { parked[lost.ticket] = lost }

  /// Its task was cancelled: it is not repeated any more, unless that is under way.
  mutating func unpark(_ ticket: UInt64) -> Parked? { parked.removeValue(forKey: ticket) }

  /// All that has to be sent again, in the order in which it was published; nil when nothing has.
  func lostInOrder() -> [Lost]? {
    let lost = parked.values.sorted { $0.ticket < $1.ticket }.flatMap { parked in
      parked.publishes.indices.filter { !parked.isDone[$0] }.map {
        Lost(ticket: parked.ticket, index: $0, publish: parked.publishes[$0])
      }
    }
    return lost.isEmpty ? nil : lost
  }

  /// The broker answered a repeat; the call that has all its answers now.
  mutating func answer(_ lost: Lost, _ result: PublishResult) -> Parked? {
    parked[lost.ticket]?.results[lost.index] = result
    parked[lost.ticket]?.isDone[lost.index] = true
    guard parked[lost.ticket]?.isDone.allSatisfy(\.self) == true else { return nil }
    return parked.removeValue(forKey: lost.ticket)
  }

  /// Nothing is lost any more: new publishes may go; those who waited for it.
  mutating func open(_ publisher: AMQPPublisher) -> [OneShot<Result<Void, AMQPError>>] {
    phase = .open(publisher)
    defer { waiters = [:] }
    return Array(waiters.values)
  }

  /// There will be no other channel for now: what was lost stays indeterminate, and nobody waits any longer.
  mutating func giveUp() -> ([Parked], [OneShot<Result<Void, AMQPError>>]) {
    phase = .closed
    defer {
      parked = [:]
      waiters = [:]
    }
    return (parked.values.sorted { $0.ticket < $1.ticket }, Array(waiters.values))
  }
}
