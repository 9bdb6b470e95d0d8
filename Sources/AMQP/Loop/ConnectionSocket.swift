#if canImport(Glibc)
  import Glibc
#endif
import CRabbitMQ

/// A connection's socket with what is cut or unwritten on both sides of it. Only the loop's thread uses it.
///
/// TLS, where there is any, stands between `receive`/`send` and the frames.
struct ConnectionSocket: ~Copyable, Sendable {
  enum Outcome: Equatable {
    case bytes(Int)
    case wouldBlock
    case endOfStream
    /// The network's doing.
    case failed(String)
    /// The other side's TLS does not want us, or the other way round.
    case refused(String)

    var isBytes: Bool { if case .bytes = self { true } else { false } }
  }

  private(set) var descriptor: Int32 = -1
  var isConnecting = false
  /// TLS is being agreed.
  private(set) var isSecuring = false
  private var session: TLSSession?
  private(set) var isSecure = false
  private var handshakeWantsWrite = false
  /// Reading goes on only when the socket takes bytes, as in a change of keys.
  private(set) var readWantsWrite = false
  /// The last read ended before the socket was empty.
  var hasUnread = false
  /// Writing goes on only when bytes have come.
  private var writeWantsRead = false
  /// The beginning of a frame whose rest has not come.
  var rest: [UInt8] = []
  var splitter = FrameSplitter()
  var writing = ByteQueue()
  /// For TLS: bytes of `writing` that lay scattered, brought together to fill records.
  private var gathered = ByteQueue()
  private var interest: UInt32 = 0
  /// The socket is said to be readable when so many bytes have come.
  private var lowWater: Int32 = 1

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
    if address.isLoopback { sendWithoutPacing() }
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
    lowWater = 1
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

  /// Begins with TLS; false where `name` is none that a certificate could bear.
  mutating func beginTLS(_ context: TLSContext, name: String) -> Bool {
    guard let made = TLSSession.make(context, socket: descriptor, name: name) else { return false }
    session = consume made
    isSecure = true
    isSecuring = true
    return true
  }

  /// To this machine itself there is no way that could be congested: Reno, which every process may choose, sends at once,
  /// where a kernel that is set to BBR would measure the way and send by a timer. Where it is refused all goes on as set.
  private func sendWithoutPacing() {
    let name = "reno"
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CONGESTION, name, socklen_t(name.utf8.count))
  }

  /// Takes the handshake as far as it goes; nil while it is under way.
  mutating func advanceHandshake() -> TLSSession.Handshake? {
    guard let step = session?.handshake() else { return nil }
    handshakeWantsWrite = step == .wantsWrite
    switch step {
    case .wantsRead, .wantsWrite: return nil
    case .done:
      isSecuring = false
      return step
    case .failed: return step
    }
  }

  /// Ready for frames.
  var isReady: Bool { isOpen && !isConnecting && !isSecuring }

  /// Reads into a body that is lent, where there is one, and then into `rest`; how many bytes, both together. TLS gives
  /// those of one record at a time.
  mutating func receive(_ loan: inout LentBody?, then rest: UnsafeMutableRawBufferPointer) -> Outcome {
    guard let missing = loan?.missing, missing > 0 else {
      return receive(UnsafeMutableRawBufferPointer(start: nil, count: 0), rest)
    }
    var outcome = Outcome.wouldBlock
    loan!.bytes.append(addingCapacity: missing) { span in
      span.withUnsafeMutableBufferPointer { room, count in
        outcome = receive(UnsafeMutableRawBufferPointer(room), rest)
        if case .bytes(let all) = outcome { count = min(all, missing) }
      }
    }
    if case .bytes(let all) = outcome { loan!.received += min(all, missing) }
    return outcome
  }

  private mutating func receive(
    _ first: UnsafeMutableRawBufferPointer, _ second: UnsafeMutableRawBufferPointer
  ) -> Outcome {
    if isSecure { return session?.receive(into: first.isEmpty ? second : first, &readWantsWrite) ?? .endOfStream }
    var count = 0
    if first.isEmpty {
      count = recv(descriptor, second.baseAddress, second.count, 0)
    } else {
      var pieces = (
        iovec(iov_base: first.baseAddress, iov_len: first.count),
        iovec(iov_base: second.baseAddress, iov_len: second.count)
      )
      count = withUnsafeMutablePointer(to: &pieces) { pieces in
        pieces.withMemoryRebound(to: iovec.self, capacity: 2) { readv(descriptor, $0, 2) }
      }
    }
    if count > 0 { return .bytes(count) }
    return count == 0 ? .endOfStream : Self.outcome(errno)
  }

  /// How many bytes are left to be written.
  var unwritten: Int { writing.count + gathered.count + held }
  /// For TLS: bytes of records that the kernel has not got.
  private var held = 0
  /// Much of a large body is worth waiting for: so many bytes.
  private static let mostExpected = 256 << 10
  private static let leastExpected = 32 << 10

  /// So many bytes are sure to come: where they are many, the socket is not looked at for every few of them. Whoever reads
  /// for another reason gets what is there.
  mutating func expect(_ bytes: Int) {
    // TLS has records of its own.
    let wanted = isSecure || bytes < Self.leastExpected ? 1 : Int32(min(bytes, Self.mostExpected))
    guard wanted != lowWater, isOpen else { return }
    lowWater = wanted
    setsockopt(descriptor, SOL_SOCKET, SO_RCVLOWAT, &lowWater, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Whether there is something left to be written.
  var hasUnwritten: Bool { !writing.isEmpty || !gathered.isEmpty || held > 0 }

  /// Writes from the front of `writing` what the socket takes at once. `wiping` overwrites what was written.
  mutating func send(wiping: Bool) -> Outcome {
    if isSecure {
      let outcome = sendSecurely(wiping: wiping)
      held = session?.held ?? 0
      return outcome
    }
    let socket = descriptor
    let count = withUnsafeTemporaryAllocation(of: iovec.self, capacity: 64) { pieces in
      writing.withPieces(pieces, maximum: Self.mostAtOnce) { count in
        var message = msghdr()
        message.msg_iov = pieces.baseAddress
        message.msg_iovlen = count
        // MSG_NOSIGNAL: a peer that is gone must not end the process with SIGPIPE.
        return sendmsg(socket, &message, Int32(MSG_NOSIGNAL))
      }
    }
    guard count >= 0 else { return Self.outcome(errno) }
    writing.consume(count, wiping: wiping)
    return .bytes(count)
  }

  /// So many bytes are named to the kernel in one call.
  private static let mostAtOnce = 4 << 20
  /// The most that TLS puts into one record: what lies in smaller pieces is brought together.
  private static let recordBytes = 16 << 10

  /// One piece at a time: straight from where it lies where it fills a record, else brought together from several. A
  /// write that the socket refused is tried again with the same bytes, as OpenSSL wants it: `writing` is not added to
  /// before it is empty, and `gathered` neither.
  private mutating func sendSecurely(wiping: Bool) -> Outcome {
    if writing.isEmpty, gathered.isEmpty { return session?.flush() ?? .endOfStream }
    if gathered.isEmpty, writing.isScattered, writing.frontCount < Self.recordBytes {
      gathered.take(Self.recordBytes, from: &writing)
    }
    guard gathered.isEmpty else {
      let outcome = session?.send(gathered.readable, following: writing.count, &writeWantsRead) ?? .endOfStream
      if case .bytes(let count) = outcome { gathered.consume(count) }
      if gathered.isEmpty, !writing.isScattered { gathered.trim() }
      return outcome
    }
    let all = writing.count
    let outcome = writing.withFront { front in
      session?.send(front, following: all - front.count, &writeWantsRead) ?? .endOfStream
    }
    if case .bytes(let count) = outcome { writing.consume(count, wiping: wiping) }
    return outcome
  }

  /// Asks to be told of what would let the work go on. Without `reads` the socket is left alone: what comes waits.
  mutating func declareInterest(reads: Bool, poll: Int32, id: UInt64) {
    guard isOpen else { return }
    let writes: Bool
    if isConnecting {
      writes = true
    } else if isSecuring {
      writes = handshakeWantsWrite
    } else {
      // Something is left only when the socket takes no more.
      writes = (hasUnwritten && !writeWantsRead) || readWantsWrite
    }
    let interest = (reads ? EPOLLIN.rawValue : 0) | (writes ? EPOLLOUT.rawValue : 0)
    guard interest != self.interest else { return }
    self.interest = interest
    var event = epoll_event(events: interest, data: epoll_data_t(u64: id))
    epoll_ctl(poll, EPOLL_CTL_MOD, descriptor, &event)
  }

  mutating func close(poll: Int32) {
    guard isOpen else { return }
    epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, nil)
    session = nil
    Glibc.close(descriptor)
    descriptor = -1
    isConnecting = false
    isSecure = false
    isSecuring = false
    handshakeWantsWrite = false
    readWantsWrite = false
    writeWantsRead = false
    hasUnread = false
    rest = []
    writing.removeAll()
    gathered.removeAll()
    gathered.trim()
    held = 0
  }

  private static func outcome(_ code: Int32) -> Outcome {
    code == EAGAIN || code == EWOULDBLOCK || code == EINTR ? .wouldBlock : .failed(text(code))
  }

  private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
