#if canImport(Glibc)
  import Glibc
#endif
import CRabbitMQ

/// A connection's socket with what is cut or unwritten on both sides of it. Only the loop's thread uses it.
///
/// TLS will stand between `receive`/`send` and the frames: the two return what a TLS layer returns as well.
struct ConnectionSocket: ~Copyable, Sendable {
  enum Outcome: Equatable {
    case bytes(Int)
    case wouldBlock
    case endOfStream
    case failed(String)
  }

  private(set) var descriptor: Int32 = -1
  var isConnecting = false
  /// The beginning of a frame whose rest has not come.
  var rest: [UInt8] = []
  var splitter = FrameSplitter()
  var writing = ByteQueue()
  private var interest: UInt32 = 0

  init() {}

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  var isOpen: Bool { descriptor >= 0 }

  /// Begins to connect; nil when under way, or why not.
  mutating func connect(_ address: SocketAddress, poll: Int32, id: UInt64) -> String? {
    close(poll: poll)
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let socket = Glibc.socket(address.family, type, 0)
    guard socket >= 0 else { return Self.text(errno) }
    descriptor = socket
    var on: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    let status = address.bytes.withUnsafeBytes { bytes in
      Glibc.connect(socket, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
    guard status == 0 || errno == EINPROGRESS else {
      let reason = Self.text(errno)
      close(poll: poll)
      return reason
    }
    isConnecting = true
    splitter = FrameSplitter()
    interest = EPOLLIN.rawValue | EPOLLOUT.rawValue
    var event = epoll_event(events: interest, data: epoll_data_t(u64: id))
    epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event)
    return nil
  }

  /// How connecting ended: nil when connected, or why not.
  mutating func finishConnecting() -> String? {
    isConnecting = false
    var status: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &status, &length)
    return status == 0 ? nil : Self.text(status)
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
    let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
    if count > 0 { return .bytes(count) }
    return count == 0 ? .endOfStream : Self.outcome(errno)
  }

  func send(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    // MSG_NOSIGNAL: a peer that is gone must not end the process with SIGPIPE.
    let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    return count >= 0 ? .bytes(count) : Self.outcome(errno)
  }

  /// Asks to be told when the socket takes bytes again, or no longer.
  mutating func wantWritable(_ wanted: Bool, poll: Int32, id: UInt64) {
    let interest = wanted ? EPOLLIN.rawValue | EPOLLOUT.rawValue : EPOLLIN.rawValue
    guard interest != self.interest, isOpen else { return }
    self.interest = interest
    var event = epoll_event(events: interest, data: epoll_data_t(u64: id))
    epoll_ctl(poll, EPOLL_CTL_MOD, descriptor, &event)
  }

  mutating func close(poll: Int32) {
    guard isOpen else { return }
    epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, nil)
    Glibc.close(descriptor)
    descriptor = -1
    isConnecting = false
    rest = []
    writing.removeAll()
  }

  private static func outcome(_ code: Int32) -> Outcome {
    code == EAGAIN || code == EWOULDBLOCK || code == EINTR ? .wouldBlock : .failed(text(code))
  }

  private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
