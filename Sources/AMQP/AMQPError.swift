/// What went wrong with a connection, a channel or a call, in the broker's words where it said any.
public struct AMQPError: Error, Sendable, Equatable {
  /// The kind of trouble. More kinds may come: a `switch` over them needs a default.
  public struct Code: Sendable, Equatable, Hashable, CustomStringConvertible {
    enum Kind: String, Sendable {
      case configuration, connectionClosed, channelClosed, timeout, protocolViolation, blocked, encoding, cancelled
      case consumerCancelled, nameResolution, connectionFailed, tls
    }

    let kind: Kind

    /// The broker refuses what was asked (403, 404, 406, 530 and their like): trying again changes nothing.
    public static let configuration = Code(kind: .configuration)
    /// The connection ended: by the broker, by the network, or by our own close while something waited.
    public static let connectionClosed = Code(kind: .connectionClosed)
    /// The channel ended while its connection lives on.
    public static let channelClosed = Code(kind: .channelClosed)
    /// A deadline passed.
    public static let timeout = Code(kind: .timeout)
    /// The peer sent what AMQP 0-9-1 does not allow; the connection was ended for it.
    public static let protocolViolation = Code(kind: .protocolViolation)
    /// The broker has blocked publishing (a memory or disk alarm), and the publisher was told not to wait.
    public static let blocked = Code(kind: .blocked)
    /// The message or an argument cannot be written as AMQP; nothing of it was sent.
    public static let encoding = Code(kind: .encoding)
    /// The task that waited was cancelled.
    public static let cancelled = Code(kind: .cancelled)
    /// The broker cancelled the consumer, as it does when the queue is deleted.
    public static let consumerCancelled = Code(kind: .consumerCancelled)
    /// The host's name could not be looked up.
    public static let nameResolution = Code(kind: .nameResolution)
    /// No address of the host took the connection.
    public static let connectionFailed = Code(kind: .connectionFailed)
    /// TLS did not come about: the peer is not who it should be, one side refuses the other, or a file cannot be used.
    public static let tls = Code(kind: .tls)

    /// The name of the kind: `configuration`, `connectionClosed` and so on.
    public var description: String { kind.rawValue }
  }

  /// The kind of trouble.
  public var code: Code
  /// The reply code of AMQP (404, 530, ...), where the broker gave one.
  public var replyCode: UInt16?
  /// One sentence for a person, with the broker's own words where it said any. Never holds a password.
  public var message: String
  /// True where trying again later, on a new connection, may succeed.
  public var isTransient: Bool

  /// An error of a program that stands in for a broker, in tests for example.
  public init(code: Code, replyCode: UInt16? = nil, message: String, isTransient: Bool) {
    self.code = code
    self.replyCode = replyCode
    self.message = message
    self.isTransient = isTransient
  }
}

extension AMQPError: CustomStringConvertible {
  /// The kind and the sentence.
  public var description: String { "\(code): \(message)" }
}

extension AMQPError {
  /// The error that a broker's connection.close or channel.close stands for.
  static func closedByBroker(replyCode: UInt16, text: String, channel: Bool) -> AMQPError {
    let code: Code
    let isTransient: Bool
    switch replyCode {
    // The queue is there, and those who answer for it are not, as after the loss of a node: no fault of the arguments.
    case 404 where Self.namesAnOutage(text): (code, isTransient) = (channel ? .channelClosed : .connectionClosed, true)
    case 402, 403, 404, 406, 530, 540: (code, isTransient) = (.configuration, false)
    case 501, 502, 503, 504, 505: (code, isTransient) = (.protocolViolation, false)
    default: (code, isTransient) = (channel ? .channelClosed : .connectionClosed, true)
    }
    let words = text.hasPrefix("\(replyCode)") ? text : "\(replyCode) \(text)"
    return AMQPError(
      code: code, replyCode: replyCode,
      message: "the broker closed the \(channel ? "channel" : "connection"): \(words)", isTransient: isTransient)
  }

  /// RabbitMQ's words for a queue that cannot answer at the moment, under the same code as for one that is not there.
  private static func namesAnOutage(_ text: String) -> Bool {
    [
      "is down or inaccessible", "due to timeout", "may be stopping or being demoted",
      "has crashed and failed to restart",
    ]
    .contains { text.contains($0) }
  }

  static func violation(_ what: String) -> AMQPError {
    AMQPError(code: .protocolViolation, message: "the broker broke the protocol: \(what)", isTransient: true)
  }

  static func encoding(_ what: String) -> AMQPError {
    AMQPError(code: .encoding, message: what, isTransient: false)
  }

  static func closed(_ what: String) -> AMQPError {
    AMQPError(code: .connectionClosed, message: what, isTransient: true)
  }

  static func channelClosed(_ what: String) -> AMQPError {
    AMQPError(code: .channelClosed, message: what, isTransient: true)
  }

  static func timeout(_ what: String) -> AMQPError {
    AMQPError(code: .timeout, message: what, isTransient: true)
  }

  static let cancelled = AMQPError(code: .cancelled, message: "the waiting task was cancelled", isTransient: true)
}
