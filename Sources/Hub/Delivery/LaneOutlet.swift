import AMQP
import Contract
import Ledger
import Sharing
import Synchronization

/// Brings one agency what was decided for it along one lane.
///
/// Deliveries go in batches: each is written and sent as a whole, and settled by one write once the broker has confirmed
/// it. While some batches wait for the broker or the disk, others are written.
struct LaneOutlet: Sendable {
  /// How many deliveries a batch has at most.
  static let width = 64
  /// How many batches are under way at a time.
  static let depth = 8

  let agency: AgencyID
  let lane: Lane
  let context: HubContext
  let publisher: AMQPSteadyPublisher

  private var bell: String { Outlet.deliveriesBell(agency, lane) }

  /// Runs until the task is cancelled or a batch cannot go on, as when the connection is lost.
  func run() async throws {
    let underWay = UnderWay()
    try await withThrowingDiscardingTaskGroup { group in
      var nextLook = ContinuousClock.now
      while !Task.isCancelled, !underWay.hasFailed {
        // A full inbox will not be better at once.
        if underWay.takeStop() { try await Task.sleep(for: .milliseconds(100)) }
        guard underWay.count < Self.depth else {
          await context.bells.wait(bell, atMost: .seconds(1))
          continue
        }
        let batch = try await next(&nextLook, underWay)
        guard !batch.isEmpty else {
          if nextLook > .now { await context.bells.wait(bell, atMost: .seconds(1)) }
          continue
        }
        underWay.begin()
        group.addTask {
          do {
            underWay.end(isStopped: try await deliver(batch))
          } catch {
            underWay.fail()
            context.bells.ring(bell)
            throw error
          }
          context.bells.ring(bell)
        }
      }
    }
  }

  /// What is to be delivered next: what memory has, and from time to time what is due in the ledger, so that neither
  /// waits behind the other.
  private func next(_ nextLook: inout ContinuousClock.Instant, _ underWay: UnderWay) async throws -> [PendingDelivery] {
    let now = context.clock.now()
    var batch: [PendingDelivery] = []
    if ContinuousClock.now >= nextLook {
      let rows = try await context.ledger.claimDeliveries(
        limit: Self.width, recipient: agency, lanes: [lane], owner: context.owner, now: now,
        leaseMilliseconds: Outlet.leaseMilliseconds)
      // A full hand says that more waits there.
      if rows.count < Self.width { nextLook = .now + .milliseconds(500) }
      batch = try await begin(rows, at: now, underWay)
    }
    let fresh = context.handedOver.take(for: agency, along: lane, limit: Self.width)
    if fresh.count < Self.width, try await giveBackWhatDidNotFit(at: now) { nextLook = .now }
    // A claim that has run out may be in other hands by now: the ledger gives it again.
    let limit = now.adding(milliseconds: 5000)
    try await giveBack(fresh.filter { $0.claimedUntil < limit }.map(\.number), at: now)
    return batch + fresh.filter { $0.claimedUntil >= limit }
  }

  /// Whether memory had no room for something that the ledger gives again at once now.
  private func giveBackWhatDidNotFit(at now: Instant) async throws -> Bool {
    let numbers = context.handedOver.takeDropped(for: agency)
    try await giveBack(numbers, at: now)
    return !numbers.isEmpty
  }

  func giveBack(_ numbers: [Int64], at now: Instant) async throws {
    for start in stride(from: 0, to: numbers.count, by: 512) {
      _ = try await context.ledger.settle(
        numbers[start..<min(start + 512, numbers.count)].map {
          Settlement(delivery: $0, owner: context.owner, at: now, result: .released)
        })
    }
  }

  // MARK: - What may have ended a hub

  static func suspect(_ delivery: Int64) -> String { "delivery/\(delivery)" }

  /// Counts what comes from the ledger before it is touched, since what ends the hub each time it is delivered shall end
  /// with the operators. What was under way when a hub ended goes first, one at a time and with nothing else of this
  /// outlet under way.
  private func begin(_ rows: [DeliveryRow], at now: Instant, _ underWay: UnderWay) async throws -> [PendingDelivery] {
    let attempts = try await context.ledger.attempts(sender: agency, keys: rows.map { Self.suspect($0.id) })
    for (row, count) in zip(rows, attempts) where count > 0 {
      while underWay.count > 0, !underWay.hasFailed, !Task.isCancelled {
        await context.bells.wait(bell, atMost: .seconds(1))
      }
      try await deliverAlone(row)
    }
    let fresh = zip(rows, attempts).filter { $0.1 == 0 }.map(\.0)
    _ = try await context.ledger.noteAttempts(sender: agency, keys: fresh.map { Self.suspect($0.id) }, at: now)
    var batch: [PendingDelivery] = []
    for row in fresh {
      if let delivery = try await pending(row) { batch.append(delivery) }
    }
    return batch
  }

  /// Nil where its decision cannot be read: then it is a dead letter.
  private func pending(_ row: DeliveryRow) async throws -> PendingDelivery? {
    do {
      return try PendingDelivery(row, isClaimed: true)
    } catch {
      let failure = StageFailure(.write, .cannotWrite, "The decision in the ledger cannot be read: \(error).")
      try await settle([(row.id, .deadLetter(failure.record))])
      return nil
    }
  }

  private func deliverAlone(_ row: DeliveryRow) async throws {
    let key = Self.suspect(row.id)
    try await context.isolation.alone {
      let attempts = try await context.ledger.noteAttempt(sender: agency, key: key, at: context.clock.now())
      if attempts > IntakeWorker.attemptsBeforePoison {
        let failure = StageFailure(
          .write, .poison, "Delivering this ended the hub \(attempts - 1) times; replay it when the cause is mended.")
        try await settle([(row.id, .deadLetter(failure.record))])
        try await context.ledger.clearAttempts(sender: agency, keys: [key])
      } else if let delivery = try await pending(row) {
        // It is made, and the hub lives: whoever kills it while the broker takes its time, it is not this delivery, and
        // whoever killed it before was not either.
        _ = try await deliver([delivery]) { try? await context.ledger.clearAttempts(sender: agency, key: key) }
      } else {
        try await context.ledger.clearAttempts(sender: agency, keys: [key])
      }
    }
  }
}

/// The batches of one lane that are under way.
final class UnderWay: Sendable {
  private struct State {
    var count = 0
    var isStopped = false
    var hasFailed = false
  }

  private let state = Mutex(State())

  var count: Int { state.withLock { $0.count } }
  /// Whether one could not go on, so that nothing more is to be begun.
  var hasFailed: Bool { state.withLock { $0.hasFailed } }

  func begin() { state.withLock { $0.count += 1 } }

  /// - Parameter isStopped: the inbox took no more.
  func end(isStopped: Bool) {
    state.withLock {
      $0.count -= 1
      $0.isStopped = $0.isStopped || isStopped
    }
  }

  func fail() {
    state.withLock {
      $0.count -= 1
      $0.hasFailed = true
    }
  }

  /// Whether an inbox took no more since the last call.
  func takeStop() -> Bool {
    state.withLock { state in
      defer { state.isStopped = false }
      return state.isStopped
    }
  }
}
