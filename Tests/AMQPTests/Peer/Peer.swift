import Glibc
import Synchronization

@testable import AMQP

/// A moment, for a script that waits for something of this process.
func rest() { usleep(1000) }

/// A peer on a loopback port that does what a script says, on a thread of its own, for one connection.
final class Peer: Sendable {
  let port: UInt16
  private let listener: Int32
  private let failure = Mutex<String?>(nil)

  init(_ script: @escaping @Sendable (Talk) throws -> Void) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        precondition(bind(listener, pointer, length) == 0 && listen(listener, 4) == 0, "no port for the peer")
        getsockname(listener, pointer, &length)
      }
    }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    PosixThread.start("peer") {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else { return }
      // A script that waits for something never waits for ever.
      var patience = timeval()
      patience.tv_sec = 300
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      let talk = Talk(descriptor: descriptor)
      try? script(talk)
      close(descriptor)
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var configuration: AMQPConfiguration { configuration() }

  func configuration(connectTimeout: Double = 120) -> AMQPConfiguration {
    AMQPConfiguration(
      port: port, username: "agency", password: "secret", heartbeatSeconds: Self.heartbeat,
      connectTimeoutSeconds: connectTimeout, callTimeoutSeconds: 120, closeTimeoutSeconds: 1)
  }

  /// A peer sends no heartbeats, and on a busy machine a test may have to wait minutes between two of its steps: its
  /// connection must not die of that.
  static let heartbeat = 600

  struct Gone: Error {}

  /// One connection, as the script sees it.
  struct Talk: Sendable {
    let descriptor: Int32

    func send(_ bytes: [UInt8]) throws {
      var offset = 0
      while offset < bytes.count {
        let count = bytes[offset...].withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { throw Gone() }
        offset += count
      }
    }

    func sendByteByByte(_ bytes: [UInt8]) throws {
      var on: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
      for byte in bytes { try send([byte]) }
    }

    func read(_ count: Int) throws -> [UInt8] {
      var bytes: [UInt8] = []
      while bytes.count < count {
        var buffer = [UInt8](repeating: 0, count: count - bytes.count)
        let got = recv(descriptor, &buffer, buffer.count, 0)
        guard got > 0 else { throw Gone() }
        bytes += buffer[..<got]
      }
      return bytes
    }

    /// Reads frames until a method of this class and number; its arguments. With `beating` the other side hears from us
    /// meanwhile.
    @discardableResult
    func await(_ classID: Int, _ methodID: Int, beating: Bool = false) throws -> [UInt8] {
      while true {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while beating, poll(&waiting, 1, 300) == 0 { try send(Wire.frame(8, 0, [])) }
        let frame = try frame()
        if frame.kind == 1, frame.payload.starts(with: Wire.u16(classID) + Wire.u16(methodID)) {
          return Array(frame.payload[4...])
        }
      }
    }

    /// Reads one frame.
    func frame() throws -> (kind: UInt8, channel: Int, payload: [UInt8]) {
      let head = try read(7)
      let payload = try read(Int(head[3]) << 24 | Int(head[4]) << 16 | Int(head[5]) << 8 | Int(head[6]))
      _ = try read(1)
      return (head[0], Int(head[1]) << 8 | Int(head[2]), payload)
    }

    /// Reads until the other side closes.
    func awaitEnd() {
      while (try? read(1)) != nil {}
    }

    func logIn(heartbeat: Int = Peer.heartbeat) throws {
      _ = try read(8)
      try send(Wire.start())
      try self.await(10, 11)
      try send(Wire.tune(heartbeat: heartbeat))
      try self.await(10, 40)
      try send(Wire.openOk)
    }

    /// Up to the answer to confirm.select.
    func takePublisher() throws {
      try logIn()
      try self.await(85, 10)
      try send(Wire.channelOpenOk() + Wire.confirmSelectOk())
    }

    /// Up to the answer to basic.consume.
    func takeConsumer() throws {
      try logIn()
      try self.await(60, 20)
      try send(Wire.channelOpenOk() + Wire.qosOk() + Wire.consumeOk())
    }
  }
}
