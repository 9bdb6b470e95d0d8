import Foundation
import Glibc
import Synchronization

/// A TCP proxy to a port of 127.0.0.1, which can cut its connections, stop forwarding, forward one byte at a time, or alter
/// what passes.
package final class Proxy: Sendable {
  package enum Mode: Sendable {
    case forward
    /// Nothing is forwarded and nothing read, in both directions.
    case stall
    case byteByByte
    /// One bit of whatever comes together is turned, in both directions.
    case alter
  }

  package let port: UInt16
  private let listener: Int32
  private let target: UInt16
  private let mode = Mutex(Mode.forward)
  private let sockets = Mutex<Set<Int32>>([])
  /// Connections made so far.
  private let accepted = Mutex(0)

  package init(to target: UInt16) {
    self.target = target
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = Self.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        precondition(bind(listener, pointer, length) == 0 && listen(listener, 64) == 0, "no port for the proxy")
        getsockname(listener, pointer, &length)
      }
    }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in
      while case let inner = accept(listener, nil, nil), inner >= 0 { serve(inner) }
      // Only here, where nobody accepts on it any more: its number may be somebody else's at once.
      close(listener)
    }
  }

  package var connections: Int { accepted.withLock { $0 } }

  package func set(_ mode: Mode) { self.mode.withLock { $0 = mode } }

  /// Resets all connections that pass through.
  package func cut() {
    // Under the lock, for a descriptor that is closed meanwhile may be somebody else's by then.
    sockets.withLock { sockets in
      for socket in sockets {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        shutdown(socket, Int32(SHUT_RDWR))
      }
    }
  }

  /// Takes no more connections, and cuts those there are.
  package func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    cut()
  }

  private func serve(_ inner: Int32) {
    accepted.withLock { $0 += 1 }
    let outer = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = Self.loopback(target)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(outer, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else {
      close(inner)
      close(outer)
      return
    }
    var on: Int32 = 1
    for socket in [inner, outer] {
      setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }
    sockets.withLock { $0.formUnion([inner, outer]) }
    let open = Countdown(2)
    for (from, to) in [(inner, outer), (outer, inner)] {
      Thread.detachNewThread { [self] in
        pipe(from, to)
        shutdown(from, Int32(SHUT_RDWR))
        shutdown(to, Int32(SHUT_RDWR))
        guard open.countDown() else { return }
        sockets.withLock { $0.subtract([inner, outer]) }
        close(inner)
        close(outer)
      }
    }
  }

  private func pipe(_ from: Int32, _ to: Int32) {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      while mode.withLock({ $0 == .stall }) { usleep(2000) }
      let count = recv(from, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      while mode.withLock({ $0 == .stall }) { usleep(2000) }
      let mode = mode.withLock { $0 }
      let step = mode == .byteByByte ? 1 : count
      if mode == .alter { buffer[count - 1] ^= 1 }
      var offset = 0
      while offset < count {
        let sent = buffer[offset..<min(count, offset + step)].withUnsafeBytes {
          send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard sent > 0 else { return }
        offset += sent
      }
    }
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    return address
  }

  private final class Countdown: Sendable {
    private let left: Mutex<Int>
    init(_ count: Int) { left = Mutex(count) }
    func countDown() -> Bool {
      left.withLock {
        $0 -= 1
        return $0 == 0
      }
    }
  }
}
