/// A message: properties and a body.
public struct AMQPMessage: Sendable, Equatable {
  /// What is said of the body.
  public var properties: AMQPProperties
  /// The bytes themselves.
  public var body: [UInt8]

  /// A message that the broker writes to disk, where nothing else is said.
  public init(properties: AMQPProperties = AMQPProperties(), body: [UInt8]) {
    self.properties = properties
    self.body = body
  }
}

/// A message that a queue gave us. It is acknowledged or rejected through the consumer or channel that received it;
/// after the end of that channel its tag is void and acknowledging it does nothing.
public struct AMQPDelivery: Sendable {
  /// Counts the deliveries of one channel from 1.
  public let deliveryTag: UInt64
  /// True when the message was handed out before, to us or to another.
  public let redelivered: Bool
  /// The exchange to which it was published.
  public let exchange: String
  /// The routing key with which it was published.
  public let routingKey: String
  /// What its sender and the broker say of it.
  public var properties: AMQPProperties
  /// The body, allocated with at least 64 bytes of spare capacity, so that a parser may read past its end.
  public var body: [UInt8]
  /// True when the headers, or the properties as a whole, could not be read safely (nested too deep, too many, cut
  /// short): `properties` then holds what could be.
  public let malformedHeaders: Bool
  /// Set when the body was larger than `maximumBodyBytes`: it was read past and is not in `body`.
  public let oversize: Oversize?
  /// The channel that received it, among all of this process; guards against tags of another channel.
  let channelSerial: UInt64
  /// What it counts in the byte budget.
  let heldBytes: Int

  /// Size and SHA-256 of a body that was not kept.
  public struct Oversize: Sendable, Equatable {
    /// Its bytes.
    public var size: UInt64
    /// Their SHA-256: 32 bytes.
    public var sha256: [UInt8]
  }

  /// The body and the properties as a message.
  public var message: AMQPMessage { AMQPMessage(properties: properties, body: body) }
}
