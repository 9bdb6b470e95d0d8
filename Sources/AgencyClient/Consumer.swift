public import AMQP
public import Contract
public import Logging
public import ServiceLifecycle

/// Takes an agency's inbox, message by message: a service that keeps its connection up, recognises what it has handled
/// already, and acknowledges last.
///
/// A message is acknowledged when the handler has returned, or its file is on the disk, and its id and revision are
/// remembered. A crash before that makes it come again; with a memory folder, one after it does not reach the handler
/// twice.
public final class Consumer: Service {
  /// What a consumer takes, and what it remembers.
  public struct Configuration: Sendable {
    /// The virtual host is the agency's slug.
    public var broker: AMQPConfiguration
    /// Each lane is taken on its own: a slow bulk feed does not hold up reports.
    public var lanes: [Lane]
    /// How many messages of a lane may be in memory.
    public var prefetch: Int
    /// Where the ids of handled messages are kept; nil for in memory only. One consumer at a time may use it.
    public var memoryFolder: String?
    /// How many handled messages are remembered.
    public var memoryCapacity: Int
    /// The pauses between attempts, to connect and to handle.
    public var backoff: Backoff

    /// All lanes of the virtual host, with a memory that ends with the process, where nothing else is said.
    public init(
      broker: AMQPConfiguration, lanes: [Lane] = Lane.allCases, prefetch: Int = 64, memoryFolder: String? = nil,
      memoryCapacity: Int = 100_000, backoff: Backoff = Backoff()
    ) {
      self.broker = broker
      self.lanes = lanes
      self.prefetch = prefetch
      self.memoryFolder = memoryFolder
      self.memoryCapacity = memoryCapacity
      self.backoff = backoff
    }
  }

  /// What is done with a message. When it throws, the message is tried again after a while, as long as the service
  /// runs; the others of its lane wait. What shall not be tried again must not be thrown.
  public typealias Handler = @Sendable (InboxMessage) async throws -> Void

  private let configuration: Configuration
  private let logger: Logger
  private let handler: Handler
  private let seen: SeenMessages

  /// Opens the memory; throws `.storage` where it cannot.
  public init(
    _ configuration: Configuration, logger: Logger, handler: @escaping Handler
  ) throws(AgencyClientError) {
    self.configuration = configuration
    self.logger = logger
    self.handler = handler
    seen = try SeenMessages(folder: configuration.memoryFolder, capacity: configuration.memoryCapacity)
  }

  /// A consumer that writes each message into a folder: the body as `<id>.r<revision>.json`, the envelope beside it as
  /// `<id>.r<revision>.meta`. `onMessage` is told the body's path.
  public convenience init(
    _ configuration: Configuration, logger: Logger, folder: String,
    onMessage: (@Sendable (InboxMessage, String) async -> Void)? = nil
  ) throws(AgencyClientError) {
    let inbox = try InboxFolder(folder)
    try self.init(configuration, logger: logger) { message in
      let name = try inbox.write(message)
      await onMessage?(message, "\(folder)/\(name)")
    }
  }

  /// Handles messages until it is told to stop, which ends after the messages in work, or the task is cancelled. Throws
  /// when the broker refuses us or the memory's disk fails.
  public func run() async throws {
    let reconnection = Reconnection(
      configuration: configuration.broker, backoff: configuration.backoff, logger: logger)
    try await reconnection.run { connection in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for lane in Set(configuration.lanes) {
          group.addTask { try await self.take(lane, connection) }
        }
        // The first that fails ends the others; `waitForAll` would wait for them.
        while try await group.next() != nil {}
      }
    }
  }

  private func take(_ lane: Lane, _ connection: AMQPConnection) async throws {
    let consumer = try await connection.openConsumer(
      queue: QueueNames.inbox(lane), prefetch: configuration.prefetch)
    try await withGracefulShutdownHandler {
      while !Task.isShuttingDownGracefully, let batch = try await consumer.nextBatch(max: 32) {
        var handled: [AMQPDelivery] = []
        for delivery in batch {
          guard try await handle(InboxMessage(delivery, lane: lane), connection) else { break }
          handled.append(delivery)
        }
        // What was not handled comes again when the channel closes.
        try await seen.sync()
        consumer.acknowledge(handled)
      }
    } onGracefulShutdown: {
      Task { await consumer.cancel() }
    }
  }

  /// True when the message may be acknowledged.
  private func handle(_ message: InboxMessage, _ connection: AMQPConnection) async throws -> Bool {
    if Task.isShuttingDownGracefully { return false }
    if await seen.contains(message) {
      logger.debug("a repeat is passed over", metadata: ["message_id": "\(message.messageID ?? "")"])
      return true
    }
    var backoff = configuration.backoff
    while true {
      do {
        try await handler(message)
        break
      } catch {
        guard connection.isOpen, !Task.isCancelled, !Task.isShuttingDownGracefully else { return false }
        let wait = backoff.next()
        logger.warning(
          "a message could not be handled, trying again",
          metadata: ["message_id": "\(message.messageID ?? "")", "reason": "\(error)", "wait": "\(wait)"])
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
      }
    }
    try await seen.insert(message)
    return true
  }
}
