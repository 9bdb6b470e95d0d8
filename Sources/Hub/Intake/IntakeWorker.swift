import AMQP
import Contract
import Ledger
import Logging
import Sharing

/// Takes what one agency publishes: from its intake queues through the pipeline into the ledger, acknowledged once the
/// ledger has it.
struct IntakeWorker: Sendable {
  /// How many messages of one lane may be under way at once.
  static let prefetch = 512
  /// Small messages are decided and written down together, up to so many or so many bytes.
  static let together = 32
  static let bytesTogether = 64 << 10
  /// How often taking up one message may end the hub before it is given to the operators.
  static let attemptsBeforePoison = 3

  let agency: AgencyID
  /// The lanes that may be taken from.
  var lanes = Set(Lane.allCases)
  let context: HubContext
  let poison = KnownPoison()

  /// Runs until the task is cancelled.
  func run() async {
    await context.link(to: agency, purpose: "intake").keepConnected { connection in
      let waiting = try await patiently {
        try await context.ledger.waitingIDs(sender: agency, cause: FailureCause.poison.rawValue)
      }
      poison.note(waiting)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for lane in Lane.allCases where lanes.contains(lane) {
          group.addTask(priority: lane.priority) {
            try await consume(QueueNames.intake(lane), lane: lane, on: connection)
          }
        }
        group.addTask { try await consumeWhatTheBrokerGaveUp(on: connection) }
        defer { group.cancelAll() }
        try await group.next()
      }
    }
  }

  private func consume(_ queue: String, lane: Lane, on connection: AMQPConnection) async throws {
    let consumer = try await connection.openConsumer(queue: queue, prefetch: Self.prefetch)
    var rates = AgencyRates()
    // The prefetch bounds what is under way: while some wait for the disk, others are decided.
    try await withThrowingDiscardingTaskGroup { group in
      while let batch = try await consumer.nextBatch(max: 64) {
        context.noteHeard(agency)
        try await keepToRate(&rates, batch)
        // What was handed out before may have ended the hub: one at a time, before the rest.
        for delivery in batch where delivery.redelivered {
          try await takeSuspect(reader.read(delivery, lane: lane))
          acknowledge(delivery, to: consumer)
        }
        let reader = reader
        for part in Self.parts(of: batch.filter { !$0.redelivered }) {
          group.addTask {
            do {
              try await take(part.map { reader.read($0, lane: lane) }) { acknowledge(part[$0], to: consumer) }
            } catch {
              // Nothing comes any more, and what was not acknowledged comes again.
              consumer.close()
              throw error
            }
          }
        }
      }
    }
  }

  /// What is decided and written down together: many small ones, so that they share the ways there; a large one alone,
  /// so that nobody waits for it.
  private static func parts(of batch: [AMQPDelivery]) -> [[AMQPDelivery]] {
    var parts: [[AMQPDelivery]] = []
    var bytes = 0
    for delivery in batch {
      bytes += delivery.body.count
      if let last = parts.last, last.count < together, bytes <= bytesTogether {
        parts[parts.count - 1].append(delivery)
      } else {
        parts.append([delivery])
        bytes = delivery.body.count
      }
    }
    return parts
  }

  /// Waits where the agency sends faster than it may; what waits fills its own queues and delays nobody else.
  private func keepToRate(_ rates: inout AgencyRates, _ batch: [AMQPDelivery]) async throws {
    let pause = rates.take(
      messages: batch.count, bytes: batch.reduce(0) { $0 + $1.body.count },
      AgencyRates.Limits(agency, context.current.configuration), now: context.clock.now())
    if pause > 0 { try await Task.sleep(for: .milliseconds(pause)) }
  }

  func acknowledge(_ delivery: AMQPDelivery, to consumer: AMQPConsumer) {
    consumer.acknowledge(delivery)
    context.observe(.acknowledged)
  }

  /// Several messages: through the pipeline and into the ledger, whatever becomes of each by itself.
  ///
  /// - Parameter whenDone: told the place of each that the ledger has.
  private func take(_ readings: [MessageReader.Reading], whenDone: (Int) -> Void) async throws {
    let now = context.clock.now()
    var waiting: [(place: Int, entry: IntakeEntry)] = []
    for (place, reading) in readings.enumerated() {
      if poison.has(reading.message.messageID) {
        try await takeSuspect(reading)
        whenDone(place)
        continue
      }
      context.observe(.taken)
      context.onTaking(reading.message.messageID)
      switch try await decide(reading, at: now) {
      case .entry(let entry): waiting.append((place, entry))
      case .split(let split, let record, let pipeline):
        try await take(split, record, pipeline, at: now) {}
        whenDone(place)
      }
    }
    try await write(waiting.map(\.entry)) { whenDone(waiting[$0].place) }
  }

  /// One message by itself.
  ///
  /// - Parameter whenWaiting: what to do first where the ledger takes nothing.
  func take(_ read: MessageReader.Reading, whenWaiting: () async -> Void) async throws {
    context.observe(.taken)
    context.onTaking(read.message.messageID)
    let now = context.clock.now()
    switch try await decide(read, at: now) {
    case .entry(let entry): try await write(entry, whenWaiting: whenWaiting)
    case .split(let split, let record, let pipeline):
      try await take(split, record, pipeline, at: now, whenWaiting: whenWaiting)
    }
  }

  /// What became of a message in the pipeline.
  private enum Decided {
    case entry(IntakeEntry)
    case split(BatchSplit, IntakeRecord, IntakePipeline)
  }

  private func decide(_ read: MessageReader.Reading, at now: Instant) async throws -> Decided {
    let message = read.message
    let current = context.current
    let record = IntakeRecord(
      keys: context.keys, configurationVersion: current.version, claim: context.claim(at: now),
      payloadDays: current.configuration.settings.retention.payloadDays)
    if let failure = read.failure { return .entry(IntakeEntry(record.failed(failure, message, at: now))) }
    let pipeline = IntakePipeline(configuration: current.configuration, keys: context.keys)
    let judged: JudgedMessage
    do throws(StageFailure) {
      judged = try await decide(message, pipeline, at: now)
    } catch {
      if let split = BatchSplit(message, error, pipeline, at: now) { return .split(split, record, pipeline) }
      return .entry(IntakeEntry(record.failed(error, message, at: now)))
    }
    return .entry(
      IntakeEntry(
        record.accepted(judged, message, at: now, current.configuration), judged, message,
        ground: current.configuration.ground(at: now)))
  }

  /// A batch with items that cannot be taken: these are written down first, so that a crash between loses none.
  private func take(
    _ split: BatchSplit, _ record: IntakeRecord, _ pipeline: IntakePipeline, at now: Instant,
    whenWaiting: () async -> Void
  ) async throws {
    guard let taken = split.taken else {
      let entry = IntakeEntry(record.failed(split.failure, split.message, at: now, items: split.items))
      return try await write(entry, whenWaiting: whenWaiting)
    }
    let judged: JudgedMessage
    do throws(StageFailure) {
      judged = try await decide(taken, pipeline, at: now)
    } catch {
      return try await write(IntakeEntry(record.failed(error, split.message, at: now)), whenWaiting: whenWaiting)
    }
    try await write(IntakeEntry(record.refused(split, at: now)), whenWaiting: whenWaiting)
    let intake = record.accepted(judged, taken, at: now, pipeline.configuration, items: split.items)
    let ground = pipeline.configuration.ground(at: now)
    try await write(IntakeEntry(intake, judged, taken, ground: ground), whenWaiting: whenWaiting)
  }

  /// Decides a message. What a peer hub brings is looked through for what left this hub before.
  private func decide(
    _ message: IncomingMessage, _ pipeline: IntakePipeline, at now: Instant
  ) async throws(StageFailure) -> JudgedMessage {
    guard pipeline.configuration.agencies[agency]?.kind == .hub else { return try pipeline.run(message, at: now) }
    let read = try pipeline.readAll(message, at: now)
    var message = message
    do {
      message.headers.way.returned = try await patiently {
        try await ObjectIndex(context.keys).returned(in: read.canonical, context.ledger)
      }
    } catch {
      throw StageFailure(.decide, .notReadable, "Whether it comes back to this hub could not be looked up: \(error).")
    }
    return try pipeline.decide(read, message, at: now)
  }

  func write(_ entry: IntakeEntry, whenWaiting: () async -> Void = {}) async throws {
    try await write([entry], whenWaiting: whenWaiting) { _ in }
  }

  /// Writes down all of them and hands over what is to be delivered. What the ledger has no room for is tried again; the
  /// rest goes on meanwhile.
  ///
  /// - Parameter whenDone: told the place of each that the ledger has.
  private func write(
    _ entries: [IntakeEntry], whenWaiting: () async -> Void = {}, whenDone: (Int) -> Void
  ) async throws {
    for _ in entries { context.observe(.decided) }
    var waiting = Array(entries.indices)
    var failures = 0
    while !waiting.isEmpty {
      let outcomes = await context.ledger.record(waiting.map { entries[$0].intake })
      var again: [Int] = []
      var deliveries: [PendingDelivery] = []
      var refusal: LedgerError?
      for (place, outcome) in zip(waiting, outcomes) {
        switch outcome {
        case .success(let outcome):
          context.observe(.recorded)
          deliveries += context.deliveries(of: entries[place], outcome)
          whenDone(place)
        case .failure(let error):
          if refusal?.isTransient ?? true { refusal = error }
          again.append(place)
        }
      }
      context.handOver(deliveries)
      if again.count < waiting.count { context.bells.ring(Outlet.receiptsBell(agency)) }
      waiting = again
      guard let refusal else { continue }
      guard refusal.isTransient else { throw refusal }
      failures += 1
      if failures == 1 { await whenWaiting() }
      try await pause(failures, refusal)
    }
  }

  /// Tries again while the ledger has no room or its disk fails: the messages stay with the broker meanwhile, since
  /// nothing is acknowledged.
  func patiently<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    var failures = 0
    while true {
      do {
        return try await body()
      } catch let error as LedgerError where error.isTransient {
        failures += 1
        try await pause(failures, error)
      }
    }
  }

  private func pause(_ failures: Int, _ error: LedgerError) async throws {
    context.logger.error(
      "the ledger takes nothing: intake waits", metadata: ["agency": "\(agency)", "reason": "\(error)"])
    try await Task.sleep(for: AgencyLink.pause(afterFailures: failures + 2))
  }

  var reader: MessageReader {
    let isPeer = context.current.configuration.agencies[agency]?.kind == .hub
    return MessageReader(sender: agency, keys: context.keys, isPeer: isPeer)
  }
}
