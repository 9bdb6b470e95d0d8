/// Finds the frames in what a socket gave: a function of bytes, which keeps nothing itself.
struct FrameSplitter: Sendable {
  /// No frame may be longer, its 8 bytes of frame included: 4,096 until the broker's tune was answered, the negotiated
  /// size after.
  var frameMax: Int = FrameSplitter.beforeTune

  static let beforeTune = 4096
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
}
