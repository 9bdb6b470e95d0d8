/// A method that a broker sends, as a Swift value.
enum InboundMethod: Sendable, Equatable {
  case connectionStart(versionMajor: UInt8, versionMinor: UInt8, mechanisms: String)
  case connectionTune(channelMax: UInt16, frameMax: UInt32, heartbeat: UInt16)
  case connectionOpenOk
  case connectionClose(replyCode: UInt16, text: String)
  case connectionCloseOk
  case connectionBlocked(reason: String)
  case connectionUnblocked
  case channelOpenOk
  case channelFlow(active: Bool)
  case channelClose(replyCode: UInt16, text: String)
  case channelCloseOk
  case exchangeDeclareOk
  case exchangeDeleteOk
  case queueDeclareOk(queue: String, messageCount: UInt32, consumerCount: UInt32)
  case queueBindOk
  case queueUnbindOk
  case queuePurgeOk(messageCount: UInt32)
  case queueDeleteOk(messageCount: UInt32)
  case basicQosOk
  case basicConsumeOk(consumerTag: String)
  case basicCancel(consumerTag: String, noWait: Bool)
  case basicCancelOk(consumerTag: String)
  case basicReturn(ReturnedMessage)
  case basicDeliver(DeliveredMessage)
  case basicGetOk(DeliveredMessage, messageCount: UInt32)
  case basicGetEmpty
  case basicAck(deliveryTag: UInt64, multiple: Bool)
  case basicNack(deliveryTag: UInt64, multiple: Bool)
  case confirmSelectOk
  /// A method that no broker sends to a client like us.
  case other(UInt32)
}

/// What precedes the content of a delivery.
struct DeliveredMessage: Sendable, Equatable {
  var deliveryTag: UInt64
  var redelivered: Bool
  var exchange: String
  var routingKey: String
}

/// What precedes the content of a message that no queue took.
struct ReturnedMessage: Sendable, Equatable {
  var replyCode: UInt16
  var replyText: String
  var exchange: String
  var routingKey: String
}

/// The answers that calls wait for, without their contents.
enum ReplyKind: Sendable, Equatable {
  case channelOpen, exchangeDeclare, exchangeDelete, queueDeclare, queueBind, queueUnbind, queuePurge, queueDelete
  case basicQos, basicConsume, basicCancel, basicGet, confirmSelect
}

extension InboundMethod {
  /// The call that this method answers; nil where it answers none.
  var answers: ReplyKind? {
    switch self {
    case .channelOpenOk: .channelOpen
    case .exchangeDeclareOk: .exchangeDeclare
    case .exchangeDeleteOk: .exchangeDelete
    case .queueDeclareOk: .queueDeclare
    case .queueBindOk: .queueBind
    case .queueUnbindOk: .queueUnbind
    case .queuePurgeOk: .queuePurge
    case .queueDeleteOk: .queueDelete
    case .basicQosOk: .basicQos
    case .basicConsumeOk: .basicConsume
    case .basicCancelOk: .basicCancel
    case .basicGetOk, .basicGetEmpty: .basicGet
    case .confirmSelectOk: .confirmSelect
    default: nil
    }
  }
}
