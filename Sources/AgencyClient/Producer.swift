public import AMQP
import Contract
public import Logging
public import ServiceLifecycle

/// Publishes an agency's messages: a service that keeps its connection up, and a call for each message.
///
/// With a spool folder a message is on the disk before it is sent, and stays there until the broker has confirmed it:
/// over a lost connection, a crash and a restart, in order and under the same message-id. Without one it waits in
/// memory. Messages can be given before `run` has begun.
public final class Producer: Service {
  /// Where a producer publishes, and where it keeps what is not confirmed.
  public struct Configuration: Sendable {
    /// The virtual host is the agency's slug.
    public var broker: AMQPConfiguration
    /// Where messages are kept that are not confirmed yet; one producer at a time may use it.
    public var spoolFolder: String?
    /// Whether to read the agency's queue of receipts: needed to wait for one. They are taken from the queue, so that
    /// one program of the agency should do it.
    public var followsReceipts: Bool
    /// How long a graceful shutdown goes on publishing what waits.
    public var drainSeconds: Double
    /// The pauses between attempts to connect.
    public var backoff: Backoff

    /// Without a spool and without receipts, where nothing else is said.
    public init(
      broker: AMQPConfiguration, spoolFolder: String? = nil, followsReceipts: Bool = false, drainSeconds: Double = 5,
      backoff: Backoff = Backoff()
    ) {
      self.broker = broker
      self.spoolFolder = spoolFolder
      self.followsReceipts = followsReceipts
      self.drainSeconds = drainSeconds
      self.backoff = backoff
    }
  }

  /// How far a message shall have come when `publish` returns.
  public enum Milestone: Sendable, Equatable {
    /// Written to the spool: it will be published, whatever happens. Needs a spool.
    case kept
    /// Confirmed by the broker.
    case confirmed
    /// The hub's receipt is there. Needs `followsReceipts`.
    case receipt(within: Duration)
  }

  /// A message that came as far as was asked.
  public struct Published: Sendable, Equatable {
    /// The id under which it was published.
    public var messageID: String
    /// Set where it was waited for.
    public var receipt: Receipt?
  }

  let configuration: Configuration
  let logger: Logger
  let outbox: Outbox
  private let desk = ReceiptDesk()
  private let onReceipt: (@Sendable (Receipt) async -> Void)?

  /// Messages that go out together, and wait for their confirms together.
  private static let batch = 64
  private static let batchBytes = 4 << 20

  /// Opens the spool; throws `.storage` where it cannot. `onReceipt` sees all receipts, also those that somebody waits
  /// for, before they are acknowledged.
  public init(
    _ configuration: Configuration, logger: Logger, onReceipt: (@Sendable (Receipt) async -> Void)? = nil
  ) throws(AgencyClientError) {
    self.configuration = configuration
    self.logger = logger
    self.onReceipt = onReceipt
    let spool: Spool? = if let folder = configuration.spoolFolder { try Spool(folder: folder) } else { nil }
    outbox = try Outbox(spool: spool)
  }

  /// Publishes a message and waits until it has come as far as asked, over lost connections if need be. When the
  /// waiting task is cancelled, `.cancelled` is thrown and the message is published all the same.
  @discardableResult
  public func publish(
    _ message: OutgoingMessage, until milestone: Milestone = .confirmed
  ) async throws(AgencyClientError) -> Published {
    var message = message
    let id = message.messageID ?? MessageIDs.random()
    message.messageID = id
    try check(message, milestone)
    let pending = try await begin(message, until: milestone)
    if milestone == .kept { return Published(messageID: id) }
    return try await finish(pending)
  }

  /// A message in the outbox, and what is waited for.
  struct Pending: Sendable {
    var messageID: String
    var answer: Outbox.Answer
    var receipt: (ticket: ReceiptDesk.Ticket, limit: Duration)?
  }

  /// Puts the message into the outbox.
  func begin(
    _ message: OutgoingMessage, until milestone: Milestone, spooled: Bool = true
  ) async throws(AgencyClientError) -> Pending {
    let id = message.messageID ?? ""
    guard case .receipt(let limit) = milestone else {
      return Pending(messageID: id, answer: try await outbox.add(message, spooled: spooled))
    }
    // Before it is sent: the receipt may be faster than the confirm.
    let ticket = desk.ticket(for: id)
    do throws(AgencyClientError) {
      return Pending(
        messageID: id, answer: try await outbox.add(message, spooled: spooled), receipt: (ticket, limit))
    } catch {
      desk.giveUp(ticket)
      throw error
    }
  }

  /// Waits for the confirm, and for the receipt where it was asked for.
  func finish(_ pending: Pending) async throws(AgencyClientError) -> Published {
    let answer = pending.answer
    do throws(AgencyClientError) {
      try await answer.value { answer.give(.failure(Self.cancelled)) }.get()
    } catch {
      if let receipt = pending.receipt { desk.giveUp(receipt.ticket) }
      throw error
    }
    guard let (ticket, limit) = pending.receipt else { return Published(messageID: pending.messageID) }
    guard let receipt = await desk.wait(ticket, atMost: limit) else {
      if Task.isCancelled { throw Self.cancelled }
      throw AgencyClientError(
        code: .noReceipt, message: "no receipt for \(pending.messageID) came within \(limit)")
    }
    return Published(messageID: pending.messageID, receipt: receipt)
  }

  /// What is refused before anything is kept.
  func check(_ message: OutgoingMessage, _ milestone: Milestone) throws(AgencyClientError) {
    if milestone == .kept, configuration.spoolFolder == nil {
      throw AgencyClientError(code: .configuration, message: "keeping a message needs a spool folder")
    }
    if case .receipt = milestone, !configuration.followsReceipts {
      throw AgencyClientError(code: .configuration, message: "waiting for a receipt needs followsReceipts")
    }
    do throws(AMQPError) {
      try message.publish.check()
    } catch {
      throw AgencyClientError(code: .refused, message: error.message, cause: error)
    }
  }

  private static let cancelled = AgencyClientError(code: .cancelled, message: "the waiting task was cancelled")

  // MARK: The service

  /// Publishes what it is given until it is told to stop, then what still waits, for at most `drainSeconds`. Throws
  /// when the broker refuses us or the spool's disk fails; whoever waits gets the same error.
  public func run() async throws {
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await self.send() }
        if configuration.followsReceipts { group.addTask { try await self.followReceipts() } }
        // The end of sending is the end of it all.
        try await group.next()
        group.cancelAll()
      }
      await outbox.abandon()
    } catch let error as AgencyClientError {
      await outbox.abandon(error)
      throw error
    } catch {
      await outbox.abandon()
      throw error
    }
  }

  private func send() async throws {
    try await withGracefulShutdownHandler {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await self.sendUntilFinished() }
        group.addTask {
          try await gracefulShutdown()
          try await Task.sleep(for: .seconds(self.configuration.drainSeconds))
        }
        // Either all is sent after the shutdown, or the time is over.
        try await group.next()
        group.cancelAll()
      }
    } onGracefulShutdown: {
      Task { await self.outbox.finish() }
    }
  }

  private func sendUntilFinished() async throws {
    let reconnection = Reconnection(
      configuration: configuration.broker, backoff: configuration.backoff, logger: logger)
    try await reconnection.run { connection in
      var publisher = try await connection.openSteadyPublisher()
      var backoff = configuration.backoff
      while let batch = try await outbox.next(Self.batch, bytes: Self.batchBytes) {
        let results = try await publisher.publish(batch: batch.map(\.message.publish))
        var isBusy = false
        var failure: AMQPError?
        for (entry, result) in zip(batch, results) {
          switch result {
          case .confirmed: try await outbox.confirmed(entry.number)
          case .nacked: isBusy = true
          case .unroutable(let text):
            try await refuse(entry, "no queue of the agency takes '\(entry.message.routingKey)': \(text)", nil)
          case .indeterminate(let error): failure = failure ?? error
          }
        }
        if let failure {
          guard failure.code == .configuration, connection.isOpen else { throw failure }
          // One of them is refused and took the channel along: which one shows when each goes alone.
          try await sendSingly(connection)
          publisher = try await connection.openSteadyPublisher()
        } else if isBusy {
          // A full queue: the oldest goes first again, after a while.
          let wait = backoff.next()
          logger.warning("the broker's queue is full, trying again", metadata: ["wait": "\(wait)"])
          try await Task.sleep(for: wait)
        } else {
          backoff.reset()
        }
      }
    }
  }

  /// Sends one message at a time, for as many as a batch has, and sets aside those that are refused.
  private func sendSingly(_ connection: AMQPConnection) async throws {
    var publisher = try await connection.openPublisher(window: 1)
    defer { publisher.close() }
    for _ in 0..<Self.batch {
      guard await !outbox.isEmpty, let entry = try await outbox.next(1, bytes: 0)?.first else { break }
      switch try await publisher.publish(batch: [entry.message.publish])[0] {
      case .confirmed: try await outbox.confirmed(entry.number)
      case .nacked: return
      case .unroutable(let text):
        try await refuse(entry, "no queue of the agency takes '\(entry.message.routingKey)': \(text)", nil)
      case .indeterminate(let error):
        guard error.code == .configuration, connection.isOpen else { throw error }
        try await refuse(entry, error.message, error)
        publisher = try await connection.openPublisher(window: 1)
      }
    }
  }

  private func refuse(_ entry: Outbox.Entry, _ message: String, _ cause: AMQPError?) async throws {
    logger.error(
      "the broker refuses a message",
      metadata: ["message_id": "\(entry.message.messageID ?? "")", "reason": "\(message)"])
    try await outbox.refused(entry.number, AgencyClientError(code: .refused, message: message, cause: cause))
  }

  private func followReceipts() async throws {
    let reconnection = Reconnection(
      configuration: configuration.broker, backoff: configuration.backoff, logger: logger)
    try await reconnection.run { connection in
      let consumer = try await connection.openConsumer(queue: QueueNames.receipts, prefetch: 32)
      while let batch = try await consumer.nextBatch() {
        for delivery in batch {
          for receipt in Receipt.read(delivery.body) {
            desk.arrived(receipt)
            await onReceipt?(receipt)
          }
          consumer.acknowledge(delivery)
        }
      }
    }
  }
}
