#if canImport(Glibc)
  import Glibc
#endif

/// An IPv4 or IPv6 address with a port, as `connect` takes it.
struct SocketAddress: Sendable, Equatable {
  var family: Int32
  var bytes: [UInt8]

  /// Reads an address written in numbers; nil for a name.
  init?(numeric host: String, port: UInt16) {
    var v4 = sockaddr_in()
    if inet_pton(AF_INET, host, &v4.sin_addr) == 1 {
      v4.sin_family = sa_family_t(AF_INET)
      v4.sin_port = port.bigEndian
      self.init(family: AF_INET, bytes: withUnsafeBytes(of: &v4) { Array($0) })
      return
    }
    var v6 = sockaddr_in6()
    guard inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 else { return nil }
    v6.sin6_family = sa_family_t(AF_INET6)
    v6.sin6_port = port.bigEndian
    self.init(family: AF_INET6, bytes: withUnsafeBytes(of: &v6) { Array($0) })
  }

  init(family: Int32, bytes: [UInt8]) {
    self.family = family
    self.bytes = bytes
  }

  /// Whether it is this machine: 127.0.0.0/8, also where IPv6 bears it, or ::1.
  var isLoopback: Bool {
    bytes.withUnsafeBytes { bytes in
      switch family {
      case AF_INET where bytes.count >= MemoryLayout<sockaddr_in>.size:
        return bytes[MemoryLayout<sockaddr_in>.offset(of: \.sin_addr)!] == 127
      case AF_INET6 where bytes.count >= MemoryLayout<sockaddr_in6>.size:
        let start = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr)!
        let address = bytes[start..<start + 16]
        let zeros = address.prefix { $0 == 0 }.count
        return zeros == 15 && address.last == 1
          || zeros == 10 && address[start + 10] == 0xff && address[start + 11] == 0xff && address[start + 12] == 127
      default: return false
      }
    }
  }

  /// Blocks: looks the name up.
  static func lookUp(_ host: String, port: UInt16) -> Result<[SocketAddress], LookUpFailure> {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &list)
    guard status == 0 else { return .failure(LookUpFailure(reason: String(cString: gai_strerror(status)))) }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = list
    while let info = next {
      if let address = info.pointee.ai_addr {
        let bytes = UnsafeRawBufferPointer(start: address, count: Int(info.pointee.ai_addrlen))
        addresses.append(SocketAddress(family: info.pointee.ai_family, bytes: Array(bytes)))
      }
      next = info.pointee.ai_next
    }
    return addresses.isEmpty ? .failure(LookUpFailure(reason: "it has no address")) : .success(addresses)
  }

  struct LookUpFailure: Error { var reason: String }
}
