import AMQP
import Adapters
import Contract
import JSON
import Ledger
import Logging
import Sharing

/// Brings one agency what was decided for it: deliveries into its inboxes, receipts into `receipts`.
///
/// Driven by the ledger: what was just written down is handed over in memory, everything else (retries, what a crash
/// left) is claimed from the ledger when it is due.
struct Outlet: Sendable {
  /// How long a claim keeps others away, in milliseconds.
  static let leaseMilliseconds: Int64 = 60_000
  /// How many deliveries are written and sent side by side.
  private static let width = 64

  let agency: AgencyID
  /// The lanes along which anything may go; receipts go in any case.
  var lanes = Set(Lane.allCases)
  let context: HubContext

  private static func suspect(_ delivery: Int64) -> String { "delivery/\(delivery)" }

  static func deliveriesBell(_ agency: AgencyID) -> String { "deliveries \(agency)" }
  static func receiptsBell(_ agency: AgencyID) -> String { "receipts \(agency)" }

  /// Runs until the task is cancelled.
  func run() async {
    await context.link(to: agency, purpose: "delivery").keepConnected { connection in
      let publisher = try await connection.openPublisher(window: 512)
      try await withThrowingTaskGroup(of: Void.self) { group in
        if !lanes.isEmpty { group.addTask { try await deliver(through: publisher) } }
        group.addTask { try await ReceiptSender(agency: agency, context: context).run(through: publisher) }
        group.addTask {
          if let error = await connection.waitUntilClosed() { throw error }
        }
        group.addTask {
          defer { context.note(blocked: nil, to: agency) }
          while !Task.isCancelled {
            context.note(blocked: connection.isBlocked ? connection.blockedReason ?? "an alarm" : nil, to: agency)
            try await Task.sleep(for: .milliseconds(500))
          }
        }
        defer { group.cancelAll() }
        try await group.next()
      }
    }
  }

  private func deliver(through publisher: AMQPPublisher) async throws {
    var nextLook = ContinuousClock.now
    while !Task.isCancelled {
      let now = context.clock.now()
      var batch: [PendingDelivery] = []
      // Whatever memory holds: what waits in the ledger, an urgent report among it, does not wait behind a feed.
      if ContinuousClock.now >= nextLook {
        let rows = try await context.ledger.claimDeliveries(
          limit: Self.width, recipient: agency, lanes: lanes, owner: context.owner, now: now,
          leaseMilliseconds: Self.leaseMilliseconds)
        // A full hand says that more waits there.
        if rows.count < Self.width { nextLook = .now + .milliseconds(500) }
        batch = try await begin(rows, at: now, through: publisher)
      }
      let fresh = context.handedOver.take(for: agency, limit: Self.width)
      if fresh.count < Self.width, try await giveBackWhatDidNotFit(at: now) { nextLook = .now }
      // A claim that has run out may be in other hands by now, and a lane may be paused: the ledger gives it again.
      let (current, others) = fresh.split {
        $0.claimedUntil >= now.adding(milliseconds: 5000) && lanes.contains($0.lane)
      }
      try await giveBack(others.map(\.number), at: now)
      batch += current
      guard !batch.isEmpty else {
        if nextLook > .now { await context.bells.wait(Self.deliveriesBell(agency), atMost: .seconds(1)) }
        continue
      }
      try await deliver(batch, through: publisher)
    }
  }

  /// Whether memory had no room for something that the ledger gives again at once now.
  private func giveBackWhatDidNotFit(at now: Instant) async throws -> Bool {
    let numbers = context.handedOver.takeDropped(for: agency)
    try await giveBack(numbers, at: now)
    return !numbers.isEmpty
  }

  private func giveBack(_ numbers: [Int64], at now: Instant) async throws {
    for start in stride(from: 0, to: numbers.count, by: 512) {
      _ = try await context.ledger.settle(
        numbers[start..<min(start + 512, numbers.count)].map {
          Settlement(delivery: $0, owner: context.owner, at: now, result: .released)
        })
    }
  }

  /// Side by side. Where that ends before its time, the connection being lost, nothing has to wait until claims run out.
  private func deliver(_ batch: [PendingDelivery], through publisher: AMQPPublisher) async throws {
    let claimed = batch.filter(\.isClaimed).map { Self.suspect($0.number) }
    do {
      try await withThrowingTaskGroup(of: Settlement.Result?.self) { group in
        for delivery in batch { group.addTask { try await deliver(delivery, through: publisher) } }
        var isStopped = false
        for try await result in group {
          if case .retry = result { isStopped = true }
        }
        // A full inbox or a lost connection will not be better at once.
        if isStopped { try await Task.sleep(for: .milliseconds(100)) }
      }
    } catch {
      if !Task.isCancelled {
        try await context.ledger.clearAttempts(sender: agency, keys: claimed)
        try await giveBack(batch.map(\.number), at: context.clock.now())
      }
      throw error
    }
    try await context.ledger.clearAttempts(sender: agency, keys: claimed)
  }

  /// Counts what comes from the ledger before it is touched, since what ends the hub each time it is delivered shall end
  /// with the operators. What was under way when a hub ended goes first, one at a time; the rest is given back.
  private func begin(
    _ rows: [DeliveryRow], at now: Instant, through publisher: AMQPPublisher
  ) async throws -> [PendingDelivery] {
    let attempts = try await context.ledger.attempts(sender: agency, keys: rows.map { Self.suspect($0.id) })
    for (row, count) in zip(rows, attempts) where count > 0 { try await deliverAlone(row, through: publisher) }
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
      try await settle(row.id, .deadLetter(failure.record))
      return nil
    }
  }

  private func deliverAlone(_ row: DeliveryRow, through publisher: AMQPPublisher) async throws {
    let key = Self.suspect(row.id)
    try await context.isolation.alone {
      let attempts = try await context.ledger.noteAttempt(sender: agency, key: key, at: context.clock.now())
      if attempts > IntakeWorker.attemptsBeforePoison {
        let failure = StageFailure(
          .write, .poison, "Delivering this ended the hub \(attempts - 1) times; replay it when the cause is mended.")
        try await settle(row.id, .deadLetter(failure.record))
      } else if let delivery = try await pending(row) {
        do {
          _ = try await deliver(delivery, through: publisher)
        } catch {
          if !Task.isCancelled {
            try await context.ledger.clearAttempts(sender: agency, keys: [key])
            try await giveBack([row.id], at: context.clock.now())
          }
          throw error
        }
      }
      try await context.ledger.clearAttempts(sender: agency, keys: [key])
    }
  }

  /// One delivery: written, sent, settled. Nil where it was settled by nobody.
  private func deliver(_ delivery: PendingDelivery, through publisher: AMQPPublisher) async throws
    -> Settlement.Result?
  {
    context.observe(.claimed)
    let result = try await attempt(delivery, through: publisher)
    guard let result else { return nil }
    try await settle(delivery.number, result)
    context.observe(.settled)
    return result
  }

  private func attempt(
    _ delivery: PendingDelivery, through publisher: AMQPPublisher
  ) async throws -> Settlement.Result? {
    let sealed: SealedDelivery
    do {
      let source = try await DeliveryLoader(context: context).load(delivery)
      let pipeline = DeliveryPipeline(
        configuration: context.current.configuration, keys: context.keys, now: context.clock.now())
      sealed = try pipeline.run(delivery, of: source)
    } catch let refusal as DeliveryPipeline.Refusal {
      return result(of: refusal, for: delivery)
    } catch let failure as StageFailure {
      return .deadLetter(failure.record)
    } catch let error as LedgerError {
      return retry(
        delivery, .payloadUnreadable, "The ledger could not give the message (\(error.reason)); it is tried again.")
    }
    context.observe(.written)
    let answer = try await publisher.publish(
      sealed.message, exchange: "", routingKey: QueueNames.inbox(delivery.lane), mandatory: true)
    switch answer {
    case .confirmed:
      context.observe(.confirmed)
      return .delivered(revision: delivery.revision, bodyMAC: sealed.mac, losses: sealed.encodedLosses)
    case .nacked:
      return retry(
        delivery, .inboxFull, "The inbox of \(agency) is full; it is tried again until the agency makes room.")
    case .unroutable(let words):
      return retry(
        delivery, .inboxMissing,
        "The inbox of \(agency) is not there (\(words)); run `entente topology apply` to make it.")
    case .indeterminate(let error):
      return retry(delivery, .connection, "Whether the broker has it is not known (\(error.message)).")
    }
  }

  private func result(of refusal: DeliveryPipeline.Refusal, for delivery: PendingDelivery) -> Settlement.Result {
    switch refusal {
    case .failed(let failure): return .deadLetter(failure.record)
    case .withheld(let rule, let reason):
      var decision = delivery.decision
      decision.outcome = .withhold
      decision.keep = []
      decision.reason = reason
      return .narrowed(
        RevisedDecision(
          outcome: .withhold, rule: rule, arrangement: decision.arrangement, reason: reason, objects: [],
          decision: decision.encoded()))
    }
  }

  private func retry(_ delivery: PendingDelivery, _ cause: FailureCause, _ detail: String) -> Settlement.Result {
    let settings = context.current.configuration.settings.retry
    let schedule = RetrySchedule(
      first: Int64(settings.firstMilliseconds), longest: Int64(settings.longestMilliseconds))
    let pause = schedule.pause(afterAttempts: delivery.attempts + 1, delivery: delivery.number)
    let failure = StageFailure(.send, cause, isPermanent: false, detail)
    return .retry(failure.record, next: context.clock.now().adding(milliseconds: pause))
  }

  private func settle(_ delivery: Int64, _ result: Settlement.Result) async throws {
    try await context.ledger.settle(
      Settlement(delivery: delivery, owner: context.owner, at: context.clock.now(), result: result))
  }
}

extension Array {
  /// Those of which the condition holds, and those of which it does not, in their order.
  fileprivate func split(by condition: (Element) -> Bool) -> ([Element], [Element]) {
    (filter(condition), filter { !condition($0) })
  }
}

extension SealedDelivery {
  /// The losses as JSON, for the ledger; nil where there are none.
  var encodedLosses: [UInt8]? {
    guard !losses.isEmpty else { return nil }
    var writer = JSONWriter()
    writer.array { list in
      for loss in losses {
        list.object { item in
          item.member("severity", loss.severity.rawValue)
          item.member("location", loss.location.description)
          item.member("what", loss.what)
          item.member("why", loss.why)
        }
      }
    }
    return writer.bytes
  }
}
