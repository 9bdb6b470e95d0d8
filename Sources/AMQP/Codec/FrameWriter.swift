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

  /// Appends a method frame.
  func method(_ method: OutboundMethod, channel: UInt16) throws(AMQPError) {
    try method.checkArguments()
    defer { pool.recycle() }
    let start = used
    // Frame header, method id, then the encoder's part.
    let body = UnsafeMutableRawBufferPointer(rebasing: memory[(start + 11)..<(memory.count - 1)])
    let (id, length) = MethodEncoder.encode(method, pool, amqp_bytes_t(len: body.count, bytes: body.baseAddress))
    guard length >= 0 else { throw .encoding("an argument cannot be written as AMQP: \(Self.reason(length))") }
    guard Int(length) + 12 <= frameMax else { throw .encoding("the arguments do not fit into one frame") }
    memory.storeBytes(of: id.bigEndian, toByteOffset: start + 7, as: UInt32.self)
    finish(kind: .method, channel: channel, payload: 4 + Int(length))
  }

  /// Appends the content header's frame.
  func contentHeader(_ properties: AMQPProperties, bodySize: Int, channel: UInt16) throws(AMQPError) {
    defer { pool.recycle() }
    let start = used + 7
    let body = UnsafeMutableRawBufferPointer(rebasing: memory[(start + 12)..<(memory.count - 1)])
    var record = MethodEncoder.record(properties, pool)
    let length = amqp_encode_properties(60, &record, amqp_bytes_t(len: body.count, bytes: body.baseAddress))
    guard length >= 0 else { throw .encoding("the properties cannot be written as AMQP: \(Self.reason(length))") }
    guard Int(length) + 20 <= frameMax else {
      throw .encoding("the headers do not fit into one frame of \(frameMax) bytes")
    }
    memory.storeBytes(of: UInt32(60 << 16).bigEndian, toByteOffset: start, as: UInt32.self)
    memory.storeBytes(of: UInt64(bodySize).bigEndian, toByteOffset: start + 4, as: UInt64.self)
    finish(kind: .header, channel: channel, payload: 12 + Int(length))
  }

  private func finish(kind: FrameSplitter.Kind, channel: UInt16, payload: Int) {
    FrameWriter.frameHeader(kind: kind, channel: channel, length: payload) { header in
      memory[used..<(used + 7)].copyBytes(from: header)
    }
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

  /// Appends a body as frames of at most `frameMax` bytes each.
  static func append(body: [UInt8], channel: UInt16, frameMax: Int, to queue: inout ByteQueue) {
    let largest = frameMax - FrameSplitter.overhead
    let frames = (body.count + largest - 1) / largest
    queue.reserve(body.count + frames * FrameSplitter.overhead)
    body.withUnsafeBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        let length = min(largest, bytes.count - offset)
        frameHeader(kind: .body, channel: channel, length: length) { queue.append($0) }
        queue.append(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)]))
        queue.append(0xCE)
        offset += length
      }
    }
  }

  /// Appends a heartbeat.
  static func appendHeartbeat(to queue: inout ByteQueue) {
    frameHeader(kind: .heartbeat, channel: 0, length: 0) { queue.append($0) }
    queue.append(0xCE)
  }

  private static func reason(_ status: Int32) -> String { String(cString: amqp_error_string2(status)) }
}
