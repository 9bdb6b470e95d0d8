/// A method that we send, as a Swift value.
enum OutboundMethod: Sendable, Equatable {
  case connectionStartOk(properties: AMQPTable, mechanism: String, response: [UInt8], locale: String)
  case connectionTuneOk(channelMax: UInt16, frameMax: UInt32, heartbeat: UInt16)
  case connectionOpen(vhost: String)
  case connectionClose(replyCode: UInt16, text: String)
  case connectionCloseOk
  case channelOpen
  case channelClose(replyCode: UInt16, text: String)
  case channelCloseOk
  case channelFlowOk(active: Bool)
  case exchangeDeclare(ExchangeDeclaration)
  case exchangeDelete(exchange: String, ifUnused: Bool)
  case queueDeclare(QueueDeclaration)
  case queueBind(queue: String, exchange: String, routingKey: String, arguments: AMQPTable)
  case queueUnbind(queue: String, exchange: String, routingKey: String, arguments: AMQPTable)
  case queuePurge(queue: String)
  case queueDelete(queue: String, ifUnused: Bool, ifEmpty: Bool)
  case basicQos(prefetch: UInt16)
  case basicConsume(queue: String, consumerTag: String, exclusive: Bool, arguments: AMQPTable)
  case basicCancel(consumerTag: String, noWait: Bool)
  case basicCancelOk(consumerTag: String)
  case basicPublish(exchange: String, routingKey: String, mandatory: Bool)
  case basicGet(queue: String, noAck: Bool)
  case basicAck(deliveryTag: UInt64, multiple: Bool)
  case basicReject(deliveryTag: UInt64, requeue: Bool)
  case confirmSelect
}

/// What exchange.declare says.
struct ExchangeDeclaration: Sendable, Equatable {
  var exchange: String
  var type: String
  var passive: Bool
  var durable: Bool
  var autoDelete: Bool
  var isInternal: Bool
  var arguments: AMQPTable
}

/// What queue.declare says.
struct QueueDeclaration: Sendable, Equatable {
  var queue: String
  var passive: Bool
  var durable: Bool
  var exclusive: Bool
  var autoDelete: Bool
  var arguments: AMQPTable
}
