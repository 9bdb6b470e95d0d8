import COpenSSL

/// TLS on one socket. Only the loop's thread uses it.
struct TLSSession: ~Copyable, @unchecked Sendable {
  // Moved between threads only together with the socket that it belongs to.
  private let raw: OpaquePointer
  /// Kept alive for its certificates.
  private let context: TLSContext

  enum Handshake: Equatable {
    case done
    case wantsRead, wantsWrite
    case failed(String, isRefusal: Bool)
  }

  /// Nil where `name` cannot be asked for (it is empty, or holds what no name may).
  static func make(_ context: TLSContext, socket: Int32, name: String) -> TLSSession? {
    let isAddress = SocketAddress(numeric: name, port: 0) != nil
    return copenssl_session_make(context.raw, socket, name, isAddress ? 1 : 0).map {
      TLSSession(raw: $0, context: context)
    }
  }

  private init(raw: OpaquePointer, context: TLSContext) {
    self.raw = raw
    self.context = context
  }

  deinit { copenssl_session_free(raw) }

  func handshake() -> Handshake {
    var status: Int32 = 0
    let reason = Self.text { status = copenssl_handshake(raw, $0, $1) }
    switch Int(status) {
    case 1: return .done
    case COPENSSL_WANTS_READ: return .wantsRead
    case COPENSSL_WANTS_WRITE: return .wantsWrite
    case COPENSSL_END_OF_STREAM: return .failed("the peer closed the connection", isRefusal: false)
    case COPENSSL_REFUSED: return .failed(reason, isRefusal: true)
    default: return .failed(reason, isRefusal: false)
    }
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer, _ wantsWrite: inout Bool) -> ConnectionSocket.Outcome {
    var count: Int32 = 0
    let reason = Self.text { count = copenssl_read(raw, buffer.baseAddress, buffer.count, $0, $1) }
    wantsWrite = Int(count) == COPENSSL_WANTS_WRITE
    return Self.outcome(count, reason)
  }

  /// Where bytes follow, what these become may be held back until it is much.
  func send(
    _ bytes: UnsafeRawBufferPointer, following: Int, _ wantsRead: inout Bool
  ) -> ConnectionSocket.Outcome {
    var count: Int32 = 0
    let reason = Self.text { count = copenssl_write(raw, bytes.baseAddress, bytes.count, following, $0, $1) }
    wantsRead = Int(count) == COPENSSL_WANTS_READ
    return Self.outcome(count, reason)
  }

  /// Bytes of records that are held back or that the socket has not taken.
  var held: Int { copenssl_held(raw) }

  /// Writes what is held.
  func flush() -> ConnectionSocket.Outcome {
    var count: Int32 = 0
    let reason = Self.text { count = copenssl_flush(raw, $0, $1) }
    return Self.outcome(count, reason)
  }

  private static func outcome(_ count: Int32, _ reason: @autoclosure () -> String) -> ConnectionSocket.Outcome {
    switch Int(count) {
    case 1...: .bytes(Int(count))
    case COPENSSL_WANTS_READ, COPENSSL_WANTS_WRITE: .wouldBlock
    case COPENSSL_END_OF_STREAM: .endOfStream
    case COPENSSL_REFUSED: .refused(reason())
    default: .failed(reason())
    }
  }

  /// What a call wrote as its reason.
  static func text(_ call: (UnsafeMutablePointer<CChar>, Int) -> Void) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      buffer[0] = 0
      call(buffer.baseAddress!, buffer.count)
      return String(cString: buffer.baseAddress!)
    }
  }
}
