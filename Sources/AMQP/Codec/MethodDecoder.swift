import CRabbitMQ

/// Decodes methods and content headers with librabbitmq. One per thread; nothing that it returns points into it.
struct MethodDecoder: ~Copyable {
  private let pool = FieldPool()
  private let names = NameCache()

  /// The method in a method frame's payload; nil where the payload is no valid method.
  func method(_ payload: UnsafeRawBufferPointer) -> InboundMethod? {
    guard payload.count >= 4 else { return nil }
    let id = UInt32(bigEndian: payload.loadUnaligned(as: UInt32.self))
    defer { pool.recycle() }
    // Of the methods that brokers send, only connection.start holds a table, and that one is bounded by its frame's
    // 4,096 bytes. A method that carries a table at another time is not sent by brokers, and not decoded.
    guard id == AMQP_BASIC_DELIVER_METHOD || id == AMQP_BASIC_ACK_METHOD || Self.known.contains(id) else {
      return .other(id)
    }
    var decoded: UnsafeMutableRawPointer?
    let rest = UnsafeMutableRawPointer(mutating: payload.baseAddress! + 4)
    let status = amqp_decode_method(id, pool.raw, amqp_bytes_t(len: payload.count - 4, bytes: rest), &decoded)
    guard status >= 0, let decoded else { return nil }
    return value(id, decoded)
  }

  /// A text that comes again and again.
  func name(_ bytes: UnsafeRawBufferPointer) -> String { names.text(bytes) }

  private func delivered(_ decoded: UnsafeMutableRawPointer) -> DeliveredMessage {
    let method = decoded.load(as: amqp_basic_deliver_t.self)
    return DeliveredMessage(
      deliveryTag: method.delivery_tag, redelivered: method.redelivered != 0, exchange: names.text(method.exchange.raw),
      routingKey: names.text(method.routing_key.raw))
  }

  private static let known: Set<UInt32> = [
    AMQP_CONNECTION_START_METHOD, AMQP_CONNECTION_TUNE_METHOD, AMQP_CONNECTION_OPEN_OK_METHOD,
    AMQP_CONNECTION_CLOSE_METHOD, AMQP_CONNECTION_CLOSE_OK_METHOD, AMQP_CONNECTION_BLOCKED_METHOD,
    AMQP_CONNECTION_UNBLOCKED_METHOD, AMQP_CHANNEL_OPEN_OK_METHOD, AMQP_CHANNEL_FLOW_METHOD,
    AMQP_CHANNEL_CLOSE_METHOD, AMQP_CHANNEL_CLOSE_OK_METHOD, AMQP_EXCHANGE_DECLARE_OK_METHOD,
    AMQP_EXCHANGE_DELETE_OK_METHOD, AMQP_QUEUE_DECLARE_OK_METHOD, AMQP_QUEUE_BIND_OK_METHOD,
    AMQP_QUEUE_UNBIND_OK_METHOD, AMQP_QUEUE_PURGE_OK_METHOD, AMQP_QUEUE_DELETE_OK_METHOD, AMQP_BASIC_QOS_OK_METHOD,
    AMQP_BASIC_CONSUME_OK_METHOD, AMQP_BASIC_CANCEL_METHOD, AMQP_BASIC_CANCEL_OK_METHOD, AMQP_BASIC_RETURN_METHOD,
    AMQP_BASIC_DELIVER_METHOD, AMQP_BASIC_GET_OK_METHOD, AMQP_BASIC_GET_EMPTY_METHOD, AMQP_BASIC_ACK_METHOD,
    AMQP_BASIC_NACK_METHOD, AMQP_CONFIRM_SELECT_OK_METHOD,
  ]

  private func value(_ id: UInt32, _ decoded: UnsafeMutableRawPointer) -> InboundMethod {
    func read<Method>(_: Method.Type) -> Method { decoded.load(as: Method.self) }
    switch id {
    case AMQP_BASIC_DELIVER_METHOD: return .basicDeliver(delivered(decoded))
    case AMQP_BASIC_ACK_METHOD:
      let method = read(amqp_basic_ack_t.self)
      return .basicAck(deliveryTag: method.delivery_tag, multiple: method.multiple != 0)
    case AMQP_BASIC_NACK_METHOD:
      let method = read(amqp_basic_nack_t.self)
      return .basicNack(deliveryTag: method.delivery_tag, multiple: method.multiple != 0)
    case AMQP_BASIC_RETURN_METHOD:
      let method = read(amqp_basic_return_t.self)
      return .basicReturn(
        ReturnedMessage(
          replyCode: method.reply_code, replyText: method.reply_text.text, exchange: names.text(method.exchange.raw),
          routingKey: names.text(method.routing_key.raw)))
    case AMQP_BASIC_GET_OK_METHOD:
      let method = read(amqp_basic_get_ok_t.self)
      return .basicGetOk(
        DeliveredMessage(
          deliveryTag: method.delivery_tag, redelivered: method.redelivered != 0,
          exchange: names.text(method.exchange.raw),
          routingKey: names.text(method.routing_key.raw)),
        messageCount: method.message_count)
    case AMQP_BASIC_GET_EMPTY_METHOD: return .basicGetEmpty
    case AMQP_BASIC_QOS_OK_METHOD: return .basicQosOk
    case AMQP_BASIC_CONSUME_OK_METHOD:
      return .basicConsumeOk(consumerTag: read(amqp_basic_consume_ok_t.self).consumer_tag.text)
    case AMQP_BASIC_CANCEL_METHOD:
      let method = read(amqp_basic_cancel_t.self)
      return .basicCancel(consumerTag: method.consumer_tag.text, noWait: method.nowait != 0)
    case AMQP_BASIC_CANCEL_OK_METHOD:
      return .basicCancelOk(consumerTag: read(amqp_basic_cancel_ok_t.self).consumer_tag.text)
    case AMQP_CONFIRM_SELECT_OK_METHOD: return .confirmSelectOk
    case AMQP_QUEUE_DECLARE_OK_METHOD:
      let method = read(amqp_queue_declare_ok_t.self)
      return .queueDeclareOk(
        queue: method.queue.text, messageCount: method.message_count, consumerCount: method.consumer_count)
    case AMQP_QUEUE_BIND_OK_METHOD: return .queueBindOk
    case AMQP_QUEUE_UNBIND_OK_METHOD: return .queueUnbindOk
    case AMQP_QUEUE_PURGE_OK_METHOD:
      return .queuePurgeOk(messageCount: read(amqp_queue_purge_ok_t.self).message_count)
    case AMQP_QUEUE_DELETE_OK_METHOD:
      return .queueDeleteOk(messageCount: read(amqp_queue_delete_ok_t.self).message_count)
    case AMQP_EXCHANGE_DECLARE_OK_METHOD: return .exchangeDeclareOk
    case AMQP_EXCHANGE_DELETE_OK_METHOD: return .exchangeDeleteOk
    case AMQP_CHANNEL_OPEN_OK_METHOD: return .channelOpenOk
    case AMQP_CHANNEL_FLOW_METHOD: return .channelFlow(active: read(amqp_channel_flow_t.self).active != 0)
    case AMQP_CHANNEL_CLOSE_METHOD:
      let method = read(amqp_channel_close_t.self)
      return .channelClose(replyCode: method.reply_code, text: method.reply_text.text)
    case AMQP_CHANNEL_CLOSE_OK_METHOD: return .channelCloseOk
    case AMQP_CONNECTION_START_METHOD:
      let method = read(amqp_connection_start_t.self)
      return .connectionStart(
        versionMajor: method.version_major, versionMinor: method.version_minor, mechanisms: method.mechanisms.text)
    case AMQP_CONNECTION_TUNE_METHOD:
      let method = read(amqp_connection_tune_t.self)
      return .connectionTune(channelMax: method.channel_max, frameMax: method.frame_max, heartbeat: method.heartbeat)
    case AMQP_CONNECTION_OPEN_OK_METHOD: return .connectionOpenOk
    case AMQP_CONNECTION_CLOSE_METHOD:
      let method = read(amqp_connection_close_t.self)
      return .connectionClose(replyCode: method.reply_code, text: method.reply_text.text)
    case AMQP_CONNECTION_CLOSE_OK_METHOD: return .connectionCloseOk
    case AMQP_CONNECTION_BLOCKED_METHOD:
      return .connectionBlocked(reason: read(amqp_connection_blocked_t.self).reason.text)
    case AMQP_CONNECTION_UNBLOCKED_METHOD: return .connectionUnblocked
    default: return .other(id)
    }
  }
}

/// What a header frame says.
struct ContentHeader: Sendable, Equatable {
  var bodySize: UInt64
  var properties: AMQPProperties
  /// True where `properties` is not all that was sent, because the rest was not safe to read.
  var malformed: Bool
}

extension MethodDecoder {
  private static let basicClass: UInt16 = 60

  /// The content header in a header frame's payload; nil where there is none of class basic.
  func contentHeader(_ payload: UnsafeRawBufferPointer) -> ContentHeader? {
    guard payload.count >= 14 else { return nil }
    let classID = UInt16(bigEndian: payload.loadUnaligned(as: UInt16.self))
    guard classID == Self.basicClass else { return nil }
    let size = UInt64(bigEndian: payload.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
    let encoded = UnsafeRawBufferPointer(rebasing: payload[12...])
    if let properties = plainProperties(encoded) {
      return ContentHeader(bodySize: size, properties: properties, malformed: false)
    }
    switch Self.locateHeaders(encoded) {
    case .absent, .safe:
      if let properties = properties(encoded) {
        return ContentHeader(bodySize: size, properties: properties, malformed: false)
      }
    case .unsafe(let table):
      // Everything but the headers: the same properties without the table and without its flag.
      var bytes = Array(encoded[..<table.lowerBound]) + Array(encoded[table.upperBound...])
      bytes[0] &= ~0x20
      if let properties = bytes.withUnsafeBytes({ properties($0) }) {
        return ContentHeader(bodySize: size, properties: properties, malformed: true)
      }
    case .malformed: break
    }
    return ContentHeader(bodySize: size, properties: AMQPProperties(deliveryMode: nil), malformed: true)
  }

  private enum Headers {
    case absent, safe, malformed
    case unsafe(Range<Int>)
  }

  /// Looks where the headers' table lies (after the flags, content type and encoding) and whether it may be decoded.
  private static func locateHeaders(_ encoded: UnsafeRawBufferPointer) -> Headers {
    let flags = UInt16(bigEndian: encoded.loadUnaligned(as: UInt16.self))
    guard flags & 0x2000 != 0 else { return .absent }
    var offset = 2
    for flag in [UInt16(0x8000), 0x4000] where flags & flag != 0 {
      guard offset < encoded.count else { return .malformed }
      offset += 1 + Int(encoded[offset])
    }
    guard encoded.count - offset >= 4 else { return .malformed }
    let length = Int(UInt32(bigEndian: encoded.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    guard length <= encoded.count - offset - 4 else { return .malformed }
    if case .safe = TableScan.scan(encoded, from: offset) { return .safe }
    return .unsafe(offset..<(offset + 4 + length))
  }

  /// As librabbitmq reads them. The headers were looked at before.
  func properties(_ encoded: UnsafeRawBufferPointer) -> AMQPProperties? {
    defer { pool.recycle() }
    var decoded: UnsafeMutableRawPointer?
    let bytes = amqp_bytes_t(len: encoded.count, bytes: UnsafeMutableRawPointer(mutating: encoded.baseAddress))
    let status = amqp_decode_properties(Self.basicClass, pool.raw, bytes, &decoded)
    guard status >= 0, let decoded else { return nil }
    let from = decoded.assumingMemoryBound(to: amqp_basic_properties_t.self)
    return AMQPProperties { Self.copy(from, to: &$0) }
  }

  /// The short way for what comes most: properties without headers, whole. Nil for all others.
  func plainProperties(_ encoded: UnsafeRawBufferPointer) -> AMQPProperties? {
    let flags = UInt16(bigEndian: encoded.loadUnaligned(as: UInt16.self))
    guard flags & 0x2003 == 0 else { return nil }
    var place = 2
    // True once something is not there: what was read then is not used.
    var isCut = false
    func has(_ flag: UInt16, _ width: Int) -> Bool {
      guard flags & flag != 0 else { return false }
      guard encoded.count - place >= width else {
        isCut = true
        return false
      }
      place += width
      return true
    }
    func text(_ flag: UInt16, isName: Bool = false) -> String? {
      guard has(flag, 1) else { return nil }
      let length = Int(encoded[place - 1])
      guard encoded.count - place >= length else {
        isCut = true
        return nil
      }
      defer { place += length }
      let bytes = UnsafeRawBufferPointer(rebasing: encoded[place..<(place + length)])
      return isName ? names.text(bytes) : String(decoding: bytes, as: UTF8.self)
    }
    let properties = AMQPProperties { fields in
      fields.contentType = text(0x8000, isName: true)
      fields.contentEncoding = text(0x4000)
      if has(0x1000, 1) { fields.deliveryMode = encoded[place - 1] }
      if has(0x0800, 1) { fields.priority = encoded[place - 1] }
      fields.correlationID = text(0x0400)
      fields.replyTo = text(0x0200)
      fields.expiration = text(0x0100)
      fields.messageID = text(0x0080)
      if has(0x0040, 8) {
        fields.timestamp = UInt64(bigEndian: encoded.loadUnaligned(fromByteOffset: place - 8, as: UInt64.self))
      }
      fields.type = text(0x0020, isName: true)
      fields.userID = text(0x0010, isName: true)
      fields.appID = text(0x0008, isName: true)
      fields.clusterID = text(0x0004, isName: true)
    }
    return isCut ? nil : properties
  }

  private static func copy(_ from: UnsafePointer<amqp_basic_properties_t>, to fields: inout AMQPProperties.Fields) {
    let flags = Int32(bitPattern: from.pointee._flags)
    func has(_ flag: Int32) -> Bool { flags & flag != 0 }
    if has(AMQP_BASIC_CONTENT_TYPE_FLAG) { fields.contentType = from.pointee.content_type.text }
    if has(AMQP_BASIC_CONTENT_ENCODING_FLAG) { fields.contentEncoding = from.pointee.content_encoding.text }
    if has(AMQP_BASIC_HEADERS_FLAG) { fields.headers = AMQPTable(copying: from.pointee.headers) }
    if has(AMQP_BASIC_DELIVERY_MODE_FLAG) { fields.deliveryMode = from.pointee.delivery_mode }
    if has(AMQP_BASIC_PRIORITY_FLAG) { fields.priority = from.pointee.priority }
    if has(AMQP_BASIC_CORRELATION_ID_FLAG) { fields.correlationID = from.pointee.correlation_id.text }
    if has(AMQP_BASIC_REPLY_TO_FLAG) { fields.replyTo = from.pointee.reply_to.text }
    if has(AMQP_BASIC_EXPIRATION_FLAG) { fields.expiration = from.pointee.expiration.text }
    if has(AMQP_BASIC_MESSAGE_ID_FLAG) { fields.messageID = from.pointee.message_id.text }
    if has(AMQP_BASIC_TIMESTAMP_FLAG) { fields.timestamp = from.pointee.timestamp }
    if has(AMQP_BASIC_TYPE_FLAG) { fields.type = from.pointee.type.text }
    if has(AMQP_BASIC_USER_ID_FLAG) { fields.userID = from.pointee.user_id.text }
    if has(AMQP_BASIC_APP_ID_FLAG) { fields.appID = from.pointee.app_id.text }
    if has(AMQP_BASIC_CLUSTER_ID_FLAG) { fields.clusterID = from.pointee.cluster_id.text }
  }
}
