import AMQP
import Contract
import Ledger
import Sharing
import Synchronization

/// Messages that may end the hub: taken up alone, and given to the operators where they do.
extension IntakeWorker {
  /// A message that was handed out before: counted before it is touched, so that one that ends the hub each time is
  /// known for what it is after a few.
  func takeSuspect(_ read: MessageReader.Reading) async throws {
    try await context.isolation.alone { try await takeAlone(read) }
  }

  private func takeAlone(_ read: MessageReader.Reading) async throws {
    let key = read.message.messageID
    if try await isKnownPoison(read) {
      let failure = StageFailure(
        .broker, .poison,
        "Taking this message up ended the hub before; it waits for an operator and is not tried again.")
      return try await give(read.message, to: failure)
    }
    let attempts = try await patiently {
      try await context.ledger.noteAttempt(sender: agency, key: key, at: context.clock.now())
    }
    if attempts > Self.attemptsBeforePoison {
      let failure = StageFailure(
        .broker, .poison,
        "Taking this message up ended the hub \(attempts - 1) times; it waits for an operator and is not tried again.")
      try await give(read.message, to: read.failure ?? failure)
      poison.note([key])
    } else {
      // Its stages went through by the time that it waits for room: whoever kills the hub meanwhile or did before, it is
      // not this message. A page that can be written over is there also where none can be added, so this is written down
      // even then; and if not, the attempts count.
      try await take(read) { try? await context.ledger.clearAttempts(sender: agency, key: key) }
    }
    try await patiently { try await context.ledger.clearAttempts(sender: agency, key: key) }
  }

  /// Whether this very message waits for an operator since it ended the hub: its sender, or the broker that heard of no
  /// acknowledgement, brings it again.
  private func isKnownPoison(_ read: MessageReader.Reading) async throws -> Bool {
    guard read.failure == nil else { return false }
    let failure = StageFailure(.broker, .poison, "")
    let intake = failed(read.message, failure)
    return try await patiently {
      try await context.ledger.isWaiting(intake, cause: failure.cause.rawValue)
    }
  }

  /// Gives a message to the operators without looking into it.
  private func give(_ message: IncomingMessage, to failure: StageFailure) async throws {
    try await write(IntakeEntry(failed(message, failure)))
  }

  private func failed(_ message: IncomingMessage, _ failure: StageFailure) -> Intake {
    let current = context.current
    let record = IntakeRecord(
      keys: context.keys, configurationVersion: current.version, claim: nil,
      payloadDays: current.configuration.settings.retention.payloadDays)
    return record.failed(failure, message, at: context.clock.now())
  }

  // MARK: - What the broker gave up on

  /// Takes the queue behind the dead-letter and alternate exchanges into the ledger, one message at a time.
  func consumeWhatTheBrokerGaveUp(on connection: AMQPConnection) async throws {
    let consumer = try await connection.openConsumer(queue: QueueNames.intakeDead, prefetch: 1)
    while let batch = try await consumer.nextBatch(max: 1) {
      for delivery in batch {
        try await takeDead(delivery)
        acknowledge(delivery, to: consumer)
      }
    }
  }

  /// What went over the delivery limit is a suspect and not a verdict, since a crash takes the neighbours of a poison
  /// along: it is tried once more, alone. All else goes to the operators.
  private func takeDead(_ delivery: AMQPDelivery) async throws {
    let death = BrokerDeath(delivery)
    var read = reader.read(delivery, lane: death.lane)
    // It may have been accepted before the broker gave it up: then it is no failure.
    read.message.isRedelivered = true
    guard death.cause == .deliveryLimit else { return try await give(read.message, to: read.failure ?? death.failure) }
    try await takeSuspect(read)
  }
}

/// The message-ids under which something lies in the dead letters since it ended the hub; whether it is the same again
/// says the ledger.
final class KnownPoison: Sendable {
  private let ids = Mutex<Set<String>>([])

  func note(_ more: [String]) { ids.withLock { $0.formUnion(more) } }
  func has(_ id: String) -> Bool { ids.withLock { $0.contains(id) } }
}
