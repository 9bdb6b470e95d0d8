/// A channel for what is asked and answered: declaring, binding, looking, fetching one message.
///
/// A refusal by the broker (404, 406, 403) ends the channel, as AMQP has it: open another for the next attempt.
public final class AMQPChannel: Sendable {
  private let handle: ChannelHandle

  init(_ handle: ChannelHandle) { self.handle = handle }

  /// The kinds of queues, as RabbitMQ names them in `x-queue-type`.
  public enum QueueType: String, Sendable {
    /// Replicated and durable; where nothing else is said.
    case quorum
    /// On one node.
    case classic
    /// A log that is read from any offset, and keeps what was read.
    case stream
  }

  /// What the broker says of a queue.
  public struct QueueStatus: Sendable, Equatable {
    /// The name, which the broker made up when an empty one was declared.
    public var name: String
    /// Messages that are ready; those handed out and not acknowledged do not count.
    public var messageCount: Int
    /// Consumers that take from it.
    public var consumerCount: Int
  }

  /// Why the channel ended; nil while it is open or after our own close.
  public var failure: AMQPError? {
    if case .failed(let error)? = handle.fate.value { error } else { nil }
  }

  /// Declares a queue, or with `passive` only asks for it (then type, durability and arguments do not matter).
  @discardableResult
  public func declareQueue(
    _ name: String, type: QueueType = .quorum, durable: Bool = true, exclusive: Bool = false, autoDelete: Bool = false,
    arguments: AMQPTable = [:], passive: Bool = false
  ) async throws(AMQPError) -> QueueStatus {
    var arguments = arguments
    if !passive, arguments["x-queue-type"] == nil { arguments["x-queue-type"] = .string(type.rawValue) }
    let declaration = QueueDeclaration(
      queue: name, passive: passive, durable: durable, exclusive: exclusive, autoDelete: autoDelete,
      arguments: passive ? [:] : arguments)
    guard
      case .method(.queueDeclareOk(let name, let messages, let consumers)) = try await handle.call(
        .queueDeclare(declaration), .queueDeclare)
    else { throw .violation("an answer of another kind") }
    return QueueStatus(name: name, messageCount: Int(messages), consumerCount: Int(consumers))
  }

  /// Declares an exchange, or with `passive` only asks for it.
  public func declareExchange(
    _ name: String, type: String = "topic", durable: Bool = true, autoDelete: Bool = false, isInternal: Bool = false,
    arguments: AMQPTable = [:], passive: Bool = false
  ) async throws(AMQPError) {
    let declaration = ExchangeDeclaration(
      exchange: name, type: type, passive: passive, durable: durable, autoDelete: autoDelete, isInternal: isInternal,
      arguments: arguments)
    try await handle.call(.exchangeDeclare(declaration), .exchangeDeclare)
  }

  /// Binds a queue: what comes to the exchange under a fitting key goes into the queue as well.
  public func bind(
    queue: String, exchange: String, routingKey: String, arguments: AMQPTable = [:]
  ) async throws(AMQPError) {
    try await handle.call(
      .queueBind(queue: queue, exchange: exchange, routingKey: routingKey, arguments: arguments), .queueBind)
  }

  /// Takes a binding away, given as it was made. One that is not there is no error.
  public func unbind(
    queue: String, exchange: String, routingKey: String, arguments: AMQPTable = [:]
  ) async throws(AMQPError) {
    try await handle.call(
      .queueUnbind(queue: queue, exchange: exchange, routingKey: routingKey, arguments: arguments), .queueUnbind)
  }

  /// Deletes a queue; how many messages went with it. Quorum queues refuse `ifUnused` and `ifEmpty`.
  @discardableResult
  public func deleteQueue(_ name: String, ifUnused: Bool = false, ifEmpty: Bool = false) async throws(AMQPError) -> Int
  {
    guard
      case .method(.queueDeleteOk(let messages)) = try await handle.call(
        .queueDelete(queue: name, ifUnused: ifUnused, ifEmpty: ifEmpty), .queueDelete)
    else { throw .violation("an answer of another kind") }
    return Int(messages)
  }

  /// Deletes an exchange with its bindings; with `ifUnused` only where it has none, which is a 406 otherwise. One that is
  /// not there is no error.
  public func deleteExchange(_ name: String, ifUnused: Bool = false) async throws(AMQPError) {
    try await handle.call(.exchangeDelete(exchange: name, ifUnused: ifUnused), .exchangeDelete)
  }

  /// Drops the messages of a queue that are ready; how many.
  @discardableResult
  public func purge(_ queue: String) async throws(AMQPError) -> Int {
    guard case .method(.queuePurgeOk(let messages)) = try await handle.call(.queuePurge(queue: queue), .queuePurge)
    else { throw .violation("an answer of another kind") }
    return Int(messages)
  }

  /// Fetches one message, or nil when the queue is empty. With `autoAcknowledge` it is gone from the queue at once;
  /// otherwise it comes again unless `acknowledge` is called.
  public func get(_ queue: String, autoAcknowledge: Bool = false) async throws(AMQPError) -> AMQPDelivery? {
    guard
      case .got(let delivery, _) = try await handle.call(
        .basicGet(queue: queue, noAck: autoAcknowledge), .basicGet)
    else { return nil }
    return delivery
  }

  /// Acknowledges a message that this channel fetched; once, or the broker closes the channel.
  public func acknowledge(_ delivery: AMQPDelivery) {
    settle(delivery, .basicAck(deliveryTag: delivery.deliveryTag, multiple: false))
  }

  /// Puts a fetched message back into its queue, or drops it (to the dead-letter exchange, where there is one).
  public func reject(_ delivery: AMQPDelivery, requeue: Bool) {
    settle(delivery, .basicReject(deliveryTag: delivery.deliveryTag, requeue: requeue))
  }

  private func settle(_ delivery: AMQPDelivery, _ method: OutboundMethod) {
    guard delivery.channelSerial == handle.serial else { return }
    try? handle.withChannel { state, channel in state.send(method, channel: channel.number) }
  }

  /// Closes the channel. Its number is used again when the broker has answered.
  public func close() { handle.close() }
}

extension AMQPConnection {
  /// Opens a channel.
  public func openChannel() async throws(AMQPError) -> AMQPChannel {
    if Task.isCancelled { throw .cancelled }
    let answer = OneShot<Result<CallAnswer, AMQPError>>()
    let fate = ChannelFate()
    let serial = Self.nextSerial()
    let number = try withState { state throws(AMQPError) in
      try state.addChannel(serial: serial, fate: fate, answer, at: MonotonicClock.now()).number
    }
    let channel = AMQPChannel(ChannelHandle(connection: self, number: number, serial: serial, fate: fate))
    _ = try await answer.value { answer.give(.failure(.cancelled)) }.get()
    return channel
  }
}
