#if canImport(Glibc)
  import Glibc
#endif
import CRabbitMQ
import Synchronization

/// Encodes methods and content headers into frames, with librabbitmq, in memory of its own.
///
/// What it encoded lies in `frames` until the next `begin`. Encoding fails as a whole or not at all: nothing is queued
/// for the socket before all frames of a message stand here. Used by one thread at a time (see `borrow`).
final class FrameWriter: @unchecked Sendable {
  // Made by `borrow` only, which gives each writer to one thread at a time.
  private let pool = FieldPool()
  private let memory: UnsafeMutableRawBufferPointer
  private var used = 0
  private var frameMax = FrameSplitter.beforeTune

  /// The largest frame that we ever agree to, and a method before it.
  static let capacity = ConnectionMachine.frameMax + 2048

  private init() { memory = .allocate(byteCount: Self.capacity, alignment: 16) }

  deinit { memory.deallocate() }

  /// The writers that nobody uses at the moment; as many as threads ever encoded at one time.
  private static let idle = Mutex<[FrameWriter]>([])

  /// Runs `body` with a writer that is its own meanwhile.
  static func borrow<Result, Failure: Error>(
    frameMax: Int, _ body: (FrameWriter) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let writer = idle.withLock { $0.popLast() } ?? FrameWriter()
    defer { idle.withLock { $0.append(writer) } }
    writer.used = 0
    writer.frameMax = frameMax
    return try body(writer)
  }

  /// The frames encoded since the writer was borrowed.
  var frames: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<used]) }

  /// Overwrites what was encoded: it held a password.
  func wipe() { explicit_bzero(memory.baseAddress!, used) }

  /// Forgets what was encoded.
  func clear() { used = 0 }

  /// Appends the first two frames of a message: what comes before its body.
  func publish(_ publish: borrowing AMQPPublisher.Publish, channel: UInt16) throws(AMQPError) {
    defer { pool.recycle() }
    var record = amqp_basic_publish_t()
    record.exchange = pool.bytes(publish.exchange)
    record.routing_key = pool.bytes(publish.routingKey)
    record.mandatory = publish.mandatory ? 1 : 0
    let body = room(from: used + 11)
    let length = amqp_encode_method(AMQP_BASIC_PUBLISH_METHOD, &record, body)
    try finishMethod(AMQP_BASIC_PUBLISH_METHOD, length, channel: channel)
    try writeHeader(publish.message.properties, bodySize: publish.message.body.count, channel: channel)
  }

  private func room(from start: Int) -> amqp_bytes_t {
    amqp_bytes_t(len: memory.count - 1 - start, bytes: memory.baseAddress! + start)
  }

  private func finishMethod(_ id: UInt32, _ length: Int32, channel: UInt16) throws(AMQPError) {
    guard length >= 0 else { throw .encoding("an argument cannot be written as AMQP: \(Self.reason(length))") }
    guard Int(length) + 12 <= frameMax else { throw .encoding("the arguments do not fit into one frame") }
    memory.storeBytes(of: id.bigEndian, toByteOffset: used + 7, as: UInt32.self)
    finish(kind: .method, channel: channel, payload: 4 + Int(length))
  }

  /// Appends a method frame.
  func method(_ method: OutboundMethod, channel: UInt16) throws(AMQPError) {
    try method.checkArguments()
    defer { pool.recycle() }
    // Frame header, method id, then the encoder's part.
    let (id, length) = MethodEncoder.encode(method, pool, room(from: used + 11))
    try finishMethod(id, length, channel: channel)
  }

  /// Appends the content header's frame.
  func contentHeader(_ properties: AMQPProperties, bodySize: Int, channel: UInt16) throws(AMQPError) {
    defer { pool.recycle() }
    try writeHeader(properties, bodySize: bodySize, channel: channel)
  }

  private func writeHeader(_ properties: AMQPProperties, bodySize: Int, channel: UInt16) throws(AMQPError) {
    let start = used + 7
    var record = MethodEncoder.record(properties.fields, pool)
    let length = amqp_encode_properties(60, &record, room(from: start + 12))
    guard length >= 0 else { throw .encoding("the properties cannot be written as AMQP: \(Self.reason(length))") }
    guard Int(length) + 20 <= frameMax else {
      throw .encoding("the headers do not fit into one frame of \(frameMax) bytes")
    }
    memory.storeBytes(of: UInt32(60 << 16).bigEndian, toByteOffset: start, as: UInt32.self)
    memory.storeBytes(of: UInt64(bodySize).bigEndian, toByteOffset: start + 4, as: UInt64.self)
    finish(kind: .header, channel: channel, payload: 12 + Int(length))
  }

  private func finish(kind: FrameSplitter.Kind, channel: UInt16, payload: Int) {
    memory[used] = kind.rawValue
    memory.storeBytes(of: channel.bigEndian, toByteOffset: used + 1, as: UInt16.self)
    memory.storeBytes(of: UInt32(payload).bigEndian, toByteOffset: used + 3, as: UInt32.self)
    memory[used + 7 + payload] = 0xCE
    used += 8 + payload
  }

  private static func frameHeader(
    kind: FrameSplitter.Kind, channel: UInt16, length: Int, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    var header: UInt64 = 0
    withUnsafeMutableBytes(of: &header) { bytes in
      bytes[0] = kind.rawValue
      bytes.storeBytes(of: channel.bigEndian, toByteOffset: 1, as: UInt16.self)
      bytes.storeBytes(of: UInt32(length).bigEndian, toByteOffset: 3, as: UInt32.self)
      body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<7]))
    }
  }

  /// A piece of a body of at least so many bytes is not copied into the queue.
  static let uncopied = 8 << 10

  /// Appends a body as frames of at most `frameMax` bytes each.
  static func append(body: [UInt8], channel: UInt16, frameMax: Int, to queue: inout ByteQueue) {
    let largest = frameMax - FrameSplitter.overhead
    if body.count < uncopied { queue.reserve(body.count + FrameSplitter.overhead) }
    var offset = 0
    while offset < body.count {
      let length = min(largest, body.count - offset)
      frameHeader(kind: .body, channel: channel, length: length) { queue.append($0) }
      if length < uncopied {
        body.withUnsafeBytes { queue.append(UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + length)])) }
      } else {
        queue.append(offset..<(offset + length), of: body)
      }
      queue.append(0xCE)
      offset += length
    }
  }

  /// Appends a heartbeat.
  static func appendHeartbeat(to queue: inout ByteQueue) {
    frameHeader(kind: .heartbeat, channel: 0, length: 0) { queue.append($0) }
    queue.append(0xCE)
  }

  private static func reason(_ status: Int32) -> String { String(cString: amqp_error_string2(status)) }
}
