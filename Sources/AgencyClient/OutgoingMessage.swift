import AMQP
public import Contract

/// A message that an agency publishes to its exchange. Everything but the body is optional; the headers can narrow who
/// gets it, and never widen.
public struct OutgoingMessage: Sendable, Equatable {
  /// The content.
  public var body: [UInt8]
  /// The lane it is published to; the hub moves it to the lane of its kind where that is another.
  public var lane: Lane
  /// What follows the lane in the routing key, after a dot: for the agency's own bindings.
  public var topic: String?
  /// The identity of this publication for its sender. The producer makes one up where there is none, so that a message
  /// that is sent twice is recognised.
  public var messageID: String?
  /// A hint, checked against the content.
  public var type: MessageType?
  /// A hint, checked against the content.
  public var contentType: String?
  /// Only these agencies, of those that would get it.
  public var recipients: [AgencyID]?
  /// At most this marking, as `TLP:AMBER+STRICT`.
  public var tlp: String?
  /// What it may be used for, where the sender narrows it.
  public var purpose: String?
  /// The law or agreement by which it is shared.
  public var legalBasis: String?
  /// The sender's own reference of the case.
  public var caseReference: String?
  /// Part of an exercise: shown everywhere, and never mixed with real traffic.
  public var isExercise: Bool
  /// A detached JWS over the message.
  public var signature: String?
  /// W3C trace context.
  public var traceparent: String?

  /// A message of that body; what is not given is not said in the headers.
  public init(
    body: [UInt8], lane: Lane, topic: String? = nil, messageID: String? = nil, type: MessageType? = nil,
    contentType: String? = nil, recipients: [AgencyID]? = nil, tlp: String? = nil, purpose: String? = nil,
    legalBasis: String? = nil, caseReference: String? = nil, isExercise: Bool = false, signature: String? = nil,
    traceparent: String? = nil
  ) {
    self.body = body
    self.lane = lane
    self.topic = topic
    self.messageID = messageID
    self.type = type
    self.contentType = contentType
    self.recipients = recipients
    self.tlp = tlp
    self.purpose = purpose
    self.legalBasis = legalBasis
    self.caseReference = caseReference
    self.isExercise = isExercise
    self.signature = signature
    self.traceparent = traceparent
  }

  var routingKey: String { topic.map { "\(lane.rawValue).\($0)" } ?? lane.rawValue }

  /// The headers in the order of their names: equal messages give equal bytes.
  var headers: [(key: String, value: String)] {
    var headers: [(key: String, value: String)] = []
    func add(_ key: String, _ value: String?) { if let value { headers.append((key, value)) } }
    add(HeaderKeys.caseReference, caseReference)
    add(HeaderKeys.exercise, isExercise ? "true" : nil)
    add(HeaderKeys.legalBasis, legalBasis)
    add(HeaderKeys.purpose, purpose)
    add(HeaderKeys.recipients, recipients.map { $0.map(\.slug).joined(separator: ",") })
    add(HeaderKeys.signature, signature)
    add(HeaderKeys.tlp, tlp)
    add(HeaderKeys.traceparent, traceparent)
    return headers
  }

  /// As it goes to the outbox.
  var publish: AMQPPublisher.Publish {
    let table = AMQPTable(headers.map { ($0.key, AMQPValue.string($0.value)) })
    let properties = AMQPProperties(
      contentType: contentType, headers: table.isEmpty ? nil : table, messageID: messageID,
      type: type?.description)
    return .init(
      AMQPMessage(properties: properties, body: body), exchange: ExchangeNames.outbox, routingKey: routingKey)
  }
}
