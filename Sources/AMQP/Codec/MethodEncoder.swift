import CRabbitMQ

/// Writes methods and properties through librabbitmq's structures.
enum MethodEncoder {
  /// Encodes the method's arguments into `target`: the method's number, and the length or librabbitmq's error.
  static func encode(_ method: OutboundMethod, _ pool: borrowing FieldPool, _ target: amqp_bytes_t) -> (UInt32, Int32) {
    func write<Record: BitwiseCopyable>(_ id: UInt32, _ record: Record) -> (UInt32, Int32) {
      var record = record
      return (id, withUnsafeMutableBytes(of: &record) { amqp_encode_method(id, $0.baseAddress, target) })
    }
    switch method {
    case .basicPublish(let exchange, let routingKey, let mandatory):
      return write(
        AMQP_BASIC_PUBLISH_METHOD,
        amqp_basic_publish_t(
          ticket: 0, exchange: pool.bytes(exchange), routing_key: pool.bytes(routingKey), mandatory: mandatory ? 1 : 0,
          immediate: 0))
    case .basicAck(let tag, let multiple):
      return write(AMQP_BASIC_ACK_METHOD, amqp_basic_ack_t(delivery_tag: tag, multiple: multiple ? 1 : 0))
    case .basicReject(let tag, let requeue):
      return write(AMQP_BASIC_REJECT_METHOD, amqp_basic_reject_t(delivery_tag: tag, requeue: requeue ? 1 : 0))
    case .basicQos(let prefetch):
      return write(AMQP_BASIC_QOS_METHOD, amqp_basic_qos_t(prefetch_size: 0, prefetch_count: prefetch, global: 0))
    case .basicConsume(let queue, let tag, let exclusive, let arguments):
      return write(
        AMQP_BASIC_CONSUME_METHOD,
        amqp_basic_consume_t(
          ticket: 0, queue: pool.bytes(queue), consumer_tag: pool.bytes(tag), no_local: 0, no_ack: 0,
          exclusive: exclusive ? 1 : 0, nowait: 0, arguments: pool.table(arguments)))
    case .basicCancel(let tag, let noWait):
      return write(
        AMQP_BASIC_CANCEL_METHOD, amqp_basic_cancel_t(consumer_tag: pool.bytes(tag), nowait: noWait ? 1 : 0))
    case .basicCancelOk(let tag):
      return write(AMQP_BASIC_CANCEL_OK_METHOD, amqp_basic_cancel_ok_t(consumer_tag: pool.bytes(tag)))
    case .basicGet(let queue, let noAck):
      return write(
        AMQP_BASIC_GET_METHOD, amqp_basic_get_t(ticket: 0, queue: pool.bytes(queue), no_ack: noAck ? 1 : 0))
    case .confirmSelect: return write(AMQP_CONFIRM_SELECT_METHOD, amqp_confirm_select_t(nowait: 0))
    case .channelOpen:
      return write(AMQP_CHANNEL_OPEN_METHOD, amqp_channel_open_t(out_of_band: amqp_bytes_t(len: 0, bytes: nil)))
    case .channelClose(let code, let text):
      return write(
        AMQP_CHANNEL_CLOSE_METHOD,
        amqp_channel_close_t(reply_code: code, reply_text: pool.bytes(text), class_id: 0, method_id: 0))
    case .channelCloseOk: return write(AMQP_CHANNEL_CLOSE_OK_METHOD, amqp_channel_close_ok_t(dummy: 0))
    case .channelFlowOk(let active):
      return write(AMQP_CHANNEL_FLOW_OK_METHOD, amqp_channel_flow_ok_t(active: active ? 1 : 0))
    case .connectionStartOk, .connectionTuneOk, .connectionOpen, .connectionClose, .connectionCloseOk:
      return encodeConnection(method, pool, target)
    case .exchangeDeclare, .exchangeDelete, .queueDeclare, .queueBind, .queueUnbind, .queuePurge, .queueDelete:
      return encodeTopology(method, pool, target)
    }
  }

  private static func encodeConnection(
    _ method: OutboundMethod, _ pool: borrowing FieldPool, _ target: amqp_bytes_t
  ) -> (UInt32, Int32) {
    func write<Record: BitwiseCopyable>(_ id: UInt32, _ record: Record) -> (UInt32, Int32) {
      var record = record
      return (id, withUnsafeMutableBytes(of: &record) { amqp_encode_method(id, $0.baseAddress, target) })
    }
    switch method {
    case .connectionStartOk(let properties, let mechanism, let response, let locale):
      return write(
        AMQP_CONNECTION_START_OK_METHOD,
        amqp_connection_start_ok_t(
          client_properties: pool.table(properties), mechanism: pool.bytes(mechanism), response: pool.bytes(response),
          locale: pool.bytes(locale)))
    case .connectionTuneOk(let channelMax, let frameMax, let heartbeat):
      return write(
        AMQP_CONNECTION_TUNE_OK_METHOD,
        amqp_connection_tune_ok_t(channel_max: channelMax, frame_max: frameMax, heartbeat: heartbeat))
    case .connectionOpen(let vhost):
      return write(
        AMQP_CONNECTION_OPEN_METHOD,
        amqp_connection_open_t(
          virtual_host: pool.bytes(vhost), capabilities: amqp_bytes_t(len: 0, bytes: nil), insist: 0))
    case .connectionClose(let code, let text):
      return write(
        AMQP_CONNECTION_CLOSE_METHOD,
        amqp_connection_close_t(reply_code: code, reply_text: pool.bytes(text), class_id: 0, method_id: 0))
    default: return write(AMQP_CONNECTION_CLOSE_OK_METHOD, amqp_connection_close_ok_t(dummy: 0))
    }
  }

  private static func encodeTopology(
    _ method: OutboundMethod, _ pool: borrowing FieldPool, _ target: amqp_bytes_t
  ) -> (UInt32, Int32) {
    func write<Record: BitwiseCopyable>(_ id: UInt32, _ record: Record) -> (UInt32, Int32) {
      var record = record
      return (id, withUnsafeMutableBytes(of: &record) { amqp_encode_method(id, $0.baseAddress, target) })
    }
    switch method {
    case .exchangeDeclare(let declaration):
      return write(
        AMQP_EXCHANGE_DECLARE_METHOD,
        amqp_exchange_declare_t(
          ticket: 0, exchange: pool.bytes(declaration.exchange), type: pool.bytes(declaration.type),
          passive: declaration.passive ? 1 : 0, durable: declaration.durable ? 1 : 0,
          auto_delete: declaration.autoDelete ? 1 : 0, internal: declaration.isInternal ? 1 : 0, nowait: 0,
          arguments: pool.table(declaration.arguments)))
    case .exchangeDelete(let exchange, let ifUnused):
      return write(
        AMQP_EXCHANGE_DELETE_METHOD,
        amqp_exchange_delete_t(ticket: 0, exchange: pool.bytes(exchange), if_unused: ifUnused ? 1 : 0, nowait: 0))
    case .queueDeclare(let declaration):
      return write(
        AMQP_QUEUE_DECLARE_METHOD,
        amqp_queue_declare_t(
          ticket: 0, queue: pool.bytes(declaration.queue), passive: declaration.passive ? 1 : 0,
          durable: declaration.durable ? 1 : 0, exclusive: declaration.exclusive ? 1 : 0,
          auto_delete: declaration.autoDelete ? 1 : 0, nowait: 0, arguments: pool.table(declaration.arguments)))
    case .queueBind(let queue, let exchange, let routingKey, let arguments):
      return write(
        AMQP_QUEUE_BIND_METHOD,
        amqp_queue_bind_t(
          ticket: 0, queue: pool.bytes(queue), exchange: pool.bytes(exchange), routing_key: pool.bytes(routingKey),
          nowait: 0, arguments: pool.table(arguments)))
    case .queueUnbind(let queue, let exchange, let routingKey, let arguments):
      return write(
        AMQP_QUEUE_UNBIND_METHOD,
        amqp_queue_unbind_t(
          ticket: 0, queue: pool.bytes(queue), exchange: pool.bytes(exchange), routing_key: pool.bytes(routingKey),
          arguments: pool.table(arguments)))
    case .queuePurge(let queue):
      return write(AMQP_QUEUE_PURGE_METHOD, amqp_queue_purge_t(ticket: 0, queue: pool.bytes(queue), nowait: 0))
    case .queueDelete(let queue, let ifUnused, let ifEmpty):
      return write(
        AMQP_QUEUE_DELETE_METHOD,
        amqp_queue_delete_t(
          ticket: 0, queue: pool.bytes(queue), if_unused: ifUnused ? 1 : 0, if_empty: ifEmpty ? 1 : 0, nowait: 0))
    default: preconditionFailure("not a method of exchanges or queues")
    }
  }

  /// The properties as librabbitmq's record, pointing into the pool.
  static func record(_ properties: borrowing AMQPProperties.Fields, _ pool: borrowing FieldPool)
    -> amqp_basic_properties_t
  {
    var record = amqp_basic_properties_t()
    var flags: Int32 = 0
    func text(_ value: String?, _ flag: Int32, _ pool: borrowing FieldPool) -> amqp_bytes_t {
      guard let value else { return amqp_bytes_t(len: 0, bytes: nil) }
      flags |= flag
      return pool.bytes(value)
    }
    record.content_type = text(properties.contentType, AMQP_BASIC_CONTENT_TYPE_FLAG, pool)
    record.content_encoding = text(properties.contentEncoding, AMQP_BASIC_CONTENT_ENCODING_FLAG, pool)
    record.correlation_id = text(properties.correlationID, AMQP_BASIC_CORRELATION_ID_FLAG, pool)
    record.reply_to = text(properties.replyTo, AMQP_BASIC_REPLY_TO_FLAG, pool)
    record.expiration = text(properties.expiration, AMQP_BASIC_EXPIRATION_FLAG, pool)
    record.message_id = text(properties.messageID, AMQP_BASIC_MESSAGE_ID_FLAG, pool)
    record.type = text(properties.type, AMQP_BASIC_TYPE_FLAG, pool)
    record.user_id = text(properties.userID, AMQP_BASIC_USER_ID_FLAG, pool)
    record.app_id = text(properties.appID, AMQP_BASIC_APP_ID_FLAG, pool)
    record.cluster_id = text(properties.clusterID, AMQP_BASIC_CLUSTER_ID_FLAG, pool)
    if let headers = properties.headers {
      flags |= AMQP_BASIC_HEADERS_FLAG
      record.headers = pool.table(headers)
    }
    if let deliveryMode = properties.deliveryMode {
      flags |= AMQP_BASIC_DELIVERY_MODE_FLAG
      record.delivery_mode = deliveryMode
    }
    if let priority = properties.priority {
      flags |= AMQP_BASIC_PRIORITY_FLAG
      record.priority = priority
    }
    if let timestamp = properties.timestamp {
      flags |= AMQP_BASIC_TIMESTAMP_FLAG
      record.timestamp = timestamp
    }
    record._flags = amqp_flags_t(bitPattern: flags)
    return record
  }
}
