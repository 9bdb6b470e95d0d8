public import AMQP
public import Contract

/// A message that the hub delivered.
public struct InboxMessage: Sendable {
  /// The lane of the inbox that it came by.
  public var lane: Lane
  /// The content, in the format that the agency asked for.
  public var body: [UInt8]
  /// The delivery's id: equal id and revision mean equal body and properties.
  public var messageID: String?
  /// 1, or more for an edited copy of something delivered before.
  public var revision: Int64
  /// Kind and format of the content.
  public var type: MessageType?
  /// The media type of the body.
  public var contentType: String?
  /// Nil where attribution is withheld.
  public var sender: AgencyID?
  /// `TLP:GREEN`, ...
  public var tlp: String?
  /// `onward=no; retention-days=90`: what the recipient has taken upon itself.
  public var obligations: String?
  /// How many things this format could not carry, and the worst kind of them.
  public var losses: String?
  /// The delivery that this one takes the place of.
  public var supersedes: String?
  /// Part of an exercise: not real.
  public var isExercise: Bool
  /// A detached JWS of the hub.
  public var hubSignature: String?
  /// When the hub took the message from its sender, in seconds since 1970.
  public var acceptedAt: UInt64?
  /// True when the broker handed it out before.
  public var isRedelivered: Bool
  /// All headers as they came.
  public var headers: AMQPTable

  init(_ delivery: AMQPDelivery, lane: Lane) {
    let properties = delivery.properties
    let headers = properties.headers ?? [:]
    self.lane = lane
    body = delivery.body
    messageID = properties.messageID.flatMap { $0.isEmpty ? nil : $0 }
    revision = headers[HeaderKeys.revision]?.integer ?? 1
    type = properties.type.flatMap(MessageType.init)
    contentType = properties.contentType
    sender = headers[HeaderKeys.sender]?.text.flatMap(AgencyID.init)
    tlp = headers[HeaderKeys.tlp]?.text
    obligations = headers[HeaderKeys.obligations]?.text
    losses = headers[HeaderKeys.losses]?.text
    supersedes = headers[HeaderKeys.supersedes]?.text
    isExercise = headers[HeaderKeys.exercise] == .bool(true)
    hubSignature = headers[HeaderKeys.hubSignature]?.text
    acceptedAt = properties.timestamp
    isRedelivered = delivery.redelivered
    self.headers = headers
  }
}
