/// The properties of a message. A fresh value asks for a persistent message and sets nothing else.
///
/// A value with copy on write: the properties stand behind one reference, so that messages are cheap to move and to keep.
public struct AMQPProperties: Sendable {
  private var storage: Storage

  /// Properties; what is not given is not set, except that the message is persistent.
  public init(
    contentType: String? = nil, contentEncoding: String? = nil, headers: AMQPTable? = nil, deliveryMode: UInt8? = 2,
    priority: UInt8? = nil, correlationID: String? = nil, replyTo: String? = nil, expiration: String? = nil,
    messageID: String? = nil, timestamp: UInt64? = nil, type: String? = nil, userID: String? = nil,
    appID: String? = nil, clusterID: String? = nil
  ) {
    storage = Storage(
      Fields(
        contentType: contentType, contentEncoding: contentEncoding, headers: headers, deliveryMode: deliveryMode,
        priority: priority, correlationID: correlationID, replyTo: replyTo, expiration: expiration,
        messageID: messageID, timestamp: timestamp, type: type, userID: userID, appID: appID, clusterID: clusterID))
  }

  /// Properties that are filled in place.
  init(filling fill: (inout Fields) -> Void) {
    storage = Storage(Fields())
    fill(&storage.fields)
  }

  /// The properties themselves.
  struct Fields: Sendable, Equatable {
    var contentType: String?
    var contentEncoding: String?
    var headers: AMQPTable?
    var deliveryMode: UInt8?
    var priority: UInt8?
    var correlationID: String?
    var replyTo: String?
    var expiration: String?
    var messageID: String?
    var timestamp: UInt64?
    var type: String?
    var userID: String?
    var appID: String?
    var clusterID: String?
  }

  private final class Storage: @unchecked Sendable {
    // Changed only where a value is its one owner, and so not looked after at run time.
    @exclusivity(unchecked) var fields: Fields
    init(_ fields: consuming Fields) { self.fields = fields }
  }

  /// All properties, for reading.
  var fields: Fields {
    @inline(__always) _read { yield storage.fields }
  }

  /// All properties, for changing: those of this value alone.
  private var own: Fields {
    get { storage.fields }
    _modify {
      if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.fields) }
      yield &storage.fields
    }
  }
}

extension AMQPProperties: Equatable {
  /// Equal in all properties, the headers in any order.
  public static func == (left: AMQPProperties, right: AMQPProperties) -> Bool {
    left.storage === right.storage || left.storage.fields == right.storage.fields
  }
}

extension AMQPProperties {
  /// The media type of the body.
  public var contentType: String? {
    get { storage.fields.contentType }
    set { own.contentType = newValue }
  }
  /// How the body is encoded besides, as `gzip`.
  public var contentEncoding: String? {
    get { storage.fields.contentEncoding }
    set { own.contentEncoding = newValue }
  }
  /// Named values of the program's own; what routes by headers looks at them.
  public var headers: AMQPTable? {
    get { storage.fields.headers }
    set { own.headers = newValue }
  }
  /// 2 is persistent, 1 transient, nil not stated (which the broker takes as transient).
  public var deliveryMode: UInt8? {
    get { storage.fields.deliveryMode }
    set { own.deliveryMode = newValue }
  }
  /// From 0; only queues that were declared with priorities look at it.
  public var priority: UInt8? {
    get { storage.fields.priority }
    set { own.priority = newValue }
  }
  /// What an answer answers.
  public var correlationID: String? {
    get { storage.fields.correlationID }
    set { own.correlationID = newValue }
  }
  /// The queue that wants the answer.
  public var replyTo: String? {
    get { storage.fields.replyTo }
    set { own.replyTo = newValue }
  }
  /// Milliseconds, written as a decimal number.
  public var expiration: String? {
    get { storage.fields.expiration }
    set { own.expiration = newValue }
  }
  /// The message's own name, by which receivers know a repeat.
  public var messageID: String? {
    get { storage.fields.messageID }
    set { own.messageID = newValue }
  }
  /// Seconds since 1970.
  public var timestamp: UInt64? {
    get { storage.fields.timestamp }
    set { own.timestamp = newValue }
  }
  /// What kind of message it is, to those who exchange it.
  public var type: String? {
    get { storage.fields.type }
    set { own.type = newValue }
  }
  /// Checked by the broker against the connection's user, where set.
  public var userID: String? {
    get { storage.fields.userID }
    set { own.userID = newValue }
  }
  /// The program that made it.
  public var appID: String? {
    get { storage.fields.appID }
    set { own.appID = newValue }
  }
  /// Not used any more, and passed on as it is.
  public var clusterID: String? {
    get { storage.fields.clusterID }
    set { own.clusterID = newValue }
  }
}
