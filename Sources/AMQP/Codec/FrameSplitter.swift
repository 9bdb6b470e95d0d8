/// Finds the frames in what a socket gave: a function of bytes, which keeps nothing itself.
struct FrameSplitter: Sendable {
  /// No frame may be longer, its 8 bytes of frame included: 4,096 until the broker's tune was answered, the negotiated
  /// size after.
  var frameMax: Int = FrameSplitter.beforeTune

  /// The frame whose body comes in pieces, and how much of its payload is missing.
  private(set) var begun: (channel: UInt16, missing: Int)?

  /// A frame's body is being taken in pieces.
  var isInBody: Bool { begun != nil }

  /// So many bytes of the frame that is begun have come another way; its last one never does.
  mutating func skip(_ count: Int) { begun?.missing -= count }

  static let beforeTune = 4096
  /// A cut body frame of at least so many bytes is taken in pieces, instead of being kept until it is whole.
  static let smallestPieces = 2048
  static let overhead = 8

  enum Kind: UInt8, Sendable {
    case method = 1
    case header = 2
    case body = 3
    case heartbeat = 8
  }

  struct Frame: Equatable {
    var kind: Kind
    var channel: UInt16
    /// Where the payload lies in the bytes given.
    var payload: Range<Int>
    /// Where the next frame begins.
    var end: Int { payload.upperBound + 1 }
  }

  enum Step: Equatable {
    case frame(Frame)
    /// The frame at this place is not whole yet.
    case incomplete
    case violation(String)
  }

  /// The frame that begins at `offset`.
  func next(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Step {
    guard bytes.count - offset >= 7 else { return .incomplete }
    guard let kind = Kind(rawValue: bytes[offset]) else {
      return .violation("a frame of unknown type \(bytes[offset])")
    }
    let channel = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 1, as: UInt16.self))
    let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 3, as: UInt32.self)))
    guard length <= frameMax - FrameSplitter.overhead else {
      return .violation("a frame of \(length) bytes, longer than the \(frameMax) agreed")
    }
    let payload = (offset + 7)..<(offset + 7 + length)
    guard payload.upperBound < bytes.count else { return .incomplete }
    guard bytes[payload.upperBound] == 0xCE else { return .violation("a frame that does not end with the end octet") }
    return .frame(Frame(kind: kind, channel: channel, payload: payload))
  }

  /// A piece of a body frame.
  struct Piece: Equatable {
    var channel: UInt16
    var payload: Range<Int>
    /// Where what follows begins.
    var end: Int
  }

  enum PieceStep: Equatable {
    case piece(Piece)
    /// No body frame is begun there, or nothing of it has come.
    case none
    case violation(String)
  }

  /// What has come of a body frame that is not whole: the first piece of one that `next` found incomplete at `offset`,
  /// or the next piece of the one that is begun. Its last byte is not given before its end octet was seen.
  mutating func nextPiece(in bytes: UnsafeRawBufferPointer, at offset: Int) -> PieceStep {
    var start = offset
    var frame = begun
    if frame == nil {
      guard bytes.count - offset > 7, bytes[offset] == Kind.body.rawValue else { return .none }
      let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 3, as: UInt32.self)))
      guard length >= Self.smallestPieces, length <= frameMax - FrameSplitter.overhead else { return .none }
      frame = (UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 1, as: UInt16.self)), length)
      start += 7
    }
    guard let (channel, missing) = frame else { return .none }
    let isLast = bytes.count - start > missing
    let taken = isLast ? missing : min(missing - 1, bytes.count - start)
    guard taken > 0 else { return .none }
    let payload = start..<(start + taken)
    if isLast, bytes[payload.upperBound] != 0xCE {
      return .violation("a frame that does not end with the end octet")
    }
    begun = isLast ? nil : (channel, missing - taken)
    return .piece(Piece(channel: channel, payload: payload, end: payload.upperBound + (isLast ? 1 : 0)))
  }
}

/// The short way to a message whose frames have all come.
extension FrameSplitter {
  /// The frames of a delivery.
  struct Delivery {
    var channel: UInt16
    var tag: UInt64
    var redelivered: Bool
    var exchange: Range<Int>
    var routingKey: Range<Int>
    var header: Range<Int>
    /// Empty, or all of it.
    var body: Range<Int>
    /// Where what follows begins.
    var end: Int
  }

  /// The delivery that begins at `offset`, where its frames lie there whole and in order, with the body in one frame at
  /// most; nil otherwise, and for everything that is not right.
  static func delivery(in bytes: UnsafeRawBufferPointer, at offset: Int, frameMax: Int) -> Delivery? {
    guard bytes.count - offset >= 12, bytes.loadUnaligned(fromByteOffset: offset + 7, as: UInt32.self) == deliver,
      let method = payload(.method, in: bytes, at: offset, frameMax),
      let arguments = arguments(bytes, method),
      let header = payload(.header, in: bytes, at: method.upperBound + 1, frameMax),
      header.count >= 14, bytes.loadUnaligned(fromByteOffset: header.lowerBound, as: UInt16.self) == basic,
      channel(bytes, offset) == channel(bytes, method.upperBound + 1)
    else { return nil }
    let size = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: header.lowerBound + 4, as: UInt64.self))
    var body = header.upperBound..<header.upperBound
    if size > 0 {
      guard let whole = payload(.body, in: bytes, at: header.upperBound + 1, frameMax), whole.count == size,
        channel(bytes, offset) == channel(bytes, header.upperBound + 1)
      else { return nil }
      body = whole
    }
    return Delivery(
      channel: channel(bytes, offset), tag: arguments.tag, redelivered: arguments.redelivered,
      exchange: arguments.exchange, routingKey: arguments.routingKey, header: header, body: body,
      end: body.upperBound + 1)
  }

  /// The number of basic.deliver as it stands in a frame.
  private static let deliver = UInt32(60 << 16 | 60).bigEndian
  private static let basic = UInt16(60).bigEndian

  private struct Arguments {
    var tag: UInt64
    var redelivered: Bool
    var exchange: Range<Int>
    var routingKey: Range<Int>
  }

  /// The arguments of basic.deliver (consumer tag, delivery tag, a bit, exchange, routing key), where all of them are
  /// there.
  @inline(__always)
  private static func arguments(_ bytes: UnsafeRawBufferPointer, _ method: Range<Int>) -> Arguments? {
    let consumerTag = method.lowerBound + 4
    guard consumerTag < method.upperBound else { return nil }
    let tag = consumerTag + 1 + Int(bytes[consumerTag])
    let exchange = tag + 10
    guard exchange <= method.upperBound else { return nil }
    let routingKey = exchange + Int(bytes[exchange - 1]) + 1
    guard routingKey <= method.upperBound else { return nil }
    let end = routingKey + Int(bytes[routingKey - 1])
    guard end <= method.upperBound else { return nil }
    return Arguments(
      tag: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: tag, as: UInt64.self)),
      redelivered: bytes[tag + 8] & 1 != 0, exchange: exchange..<(routingKey - 1), routingKey: routingKey..<end)
  }

  @inline(__always)
  private static func channel(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt16 {
    UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 1, as: UInt16.self))
  }

  @inline(__always)
  private static func payload(
    _ kind: Kind, in bytes: UnsafeRawBufferPointer, at offset: Int, _ frameMax: Int
  ) -> Range<Int>? {
    guard bytes.count - offset >= overhead, bytes[offset] == kind.rawValue else { return nil }
    let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 3, as: UInt32.self)))
    guard length <= frameMax - overhead, length <= bytes.count - offset - overhead, bytes[offset + 7 + length] == 0xCE
    else { return nil }
    return (offset + 7)..<(offset + 7 + length)
  }
}
