import Glibc

/// Ports of 127.0.0.1: which are free, and which answer in AMQP.
enum Loopback {
  /// Ports below the range from which the system takes ports for outgoing connections, so that none of those lands on
  /// ours between the choice and the node's own bind.
  private static let choice: ClosedRange<UInt16> = 20_001...31_999

  /// So many different ports that nobody listens on now.
  static func freePorts(_ count: Int) throws(BrokerError) -> [UInt16] {
    var ports: [UInt16] = []
    for _ in 0..<1000 where ports.count < count {
      let port = UInt16.random(in: choice)
      if !ports.contains(port), isFree(port) { ports.append(port) }
    }
    guard ports.count == count else {
      throw BrokerError(.portTaken, "no free ports between \(choice.lowerBound) and \(choice.upperBound)")
    }
    return ports
  }

  static func isFree(_ port: UInt16) -> Bool {
    guard let socket = makeSocket() else { return false }
    defer { close(socket) }
    var yes: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    return withAddress(port) { bind(socket, $0, $1) } == 0
  }

  /// Whether a broker answers an AMQP 0-9-1 header here within a second; an open port alone proves nothing.
  static func answersAMQP(_ port: UInt16) async -> Bool {
    guard let socket = makeSocket() else { return false }
    defer { close(socket) }
    guard withAddress(port, { connect(socket, $0, $1) }) == 0 || errno == EINPROGRESS else { return false }
    let header: [UInt8] = Array("AMQP".utf8) + [0, 0, 9, 1]
    var isSent = false
    for _ in 0..<100 {
      if !isSent { isSent = send(socket, header, header.count, Int32(MSG_NOSIGNAL)) == header.count }
      if isSent {
        var first: UInt8 = 0
        let count = recv(socket, &first, 1, 0)
        // The first byte of a method frame: connection.start.
        if count == 1 { return first == 1 }
        if count == 0 || (errno != EAGAIN && errno != EINTR) { return false }
      } else if errno != EAGAIN && errno != ENOTCONN {
        return false
      }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return false
  }

  private static func makeSocket() -> Int32? {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_INET, kind, 0)
    return descriptor >= 0 ? descriptor : nil
  }

  private static func withAddress<Result>(
    _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}
