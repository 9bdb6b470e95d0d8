extension AMQPConfiguration {
  /// Reads an AMQP URI: `amqp://user:password@host:port/vhost?heartbeat=10`, or `amqps://` for TLS.
  ///
  /// Several hosts are written with commas between them. Absent parts are `guest`, `guest`, 127.0.0.1, 5672 (5671 with
  /// TLS) and the virtual host `/`; a path that is there and empty means the virtual host with the empty name. After
  /// the question mark may stand, as in RabbitMQ's own clients:
  ///
  /// | name | meaning |
  /// |---|---|
  /// | `heartbeat` | seconds, at least 1 |
  /// | `connection_timeout` | milliseconds |
  /// | `name` | the connection's name |
  /// | `auth_mechanism` | `plain` or `external` |
  /// | `cacertfile`, `certfile`, `keyfile` | files for TLS |
  /// | `server_name_indication` | the name that the broker's certificate must bear |
  /// | `verify` | `verify_peer`; nothing else is accepted |
  ///
  /// Everything may be percent-encoded. Throws `.configuration` for anything else; the error shows no password.
  public init(uri: String) throws(AMQPError) {
    var rest = uri[...]
    let isSecure: Bool
    if let after = rest.drop(prefix: "amqps://") {
      (isSecure, rest) = (true, after)
    } else if let after = rest.drop(prefix: "amqp://") {
      (isSecure, rest) = (false, after)
    } else {
      throw .uri("it begins with neither amqp:// nor amqps://")
    }
    guard !rest.contains("#") else { throw .uri("it has a fragment (write # as %23)") }
    let query = rest.cut(at: "?")
    let path = rest.cut(at: "/")
    var authority = rest
    self.init(username: "guest", password: "guest")
    vhost =
      try path.map { path throws(AMQPError) in
        guard !path.contains("/") else { throw .uri("the virtual host holds a slash (write it as %2F)") }
        return try Self.decode(path)
      } ?? "/"
    if let at = authority.lastIndex(of: "@") {
      var user = authority[..<at]
      authority = authority[authority.index(after: at)...]
      password = try user.cut(at: ":").map(Self.decode) ?? ""
      username = try Self.decode(user)
    }
    if isSecure { tls = AMQPTLS() }
    try read(hosts: authority, defaultPort: isSecure ? 5671 : 5672)
    if let query { try read(query: query) }
  }

  private mutating func read(hosts: Substring, defaultPort: UInt16) throws(AMQPError) {
    var endpoints: [AMQPEndpoint] = []
    for part in hosts.split(separator: ",", omittingEmptySubsequences: false) {
      var host = part
      var port: Substring?
      if host.first == "[" {
        guard let end = host.firstIndex(of: "]") else { throw .uri("an address in brackets has no end") }
        let after = host[host.index(after: end)...]
        guard after.isEmpty || after.first == ":" else { throw .uri("after the address stands no port") }
        port = after.isEmpty ? nil : after.dropFirst()
        host = host[host.index(after: host.startIndex)..<end]
      } else {
        port = host.cut(at: ":")
      }
      var number = defaultPort
      if let port, !port.isEmpty {
        guard let given = UInt16(port), given > 0 else { throw .uri("\(port) is no port") }
        number = given
      }
      guard !host.isEmpty || !hosts.contains(",") else { throw .uri("a host has no name") }
      endpoints.append(AMQPEndpoint(host: host.isEmpty ? "127.0.0.1" : try Self.decode(host), port: number))
    }
    host = endpoints[0].host
    port = endpoints[0].port
    alternatives = Array(endpoints.dropFirst())
  }

  private mutating func read(query: Substring) throws(AMQPError) {
    var certificate: String?
    var key: String?
    for pair in query.split(separator: "&") {
      var name = pair
      guard let value = try name.cut(at: "=").map(Self.decode) else { throw .uri("\(name) has no value") }
      switch name {
      case "heartbeat":
        guard let seconds = Int(value), (1...65_535).contains(seconds) else {
          throw .uri("a heartbeat of \(value) s is not possible")
        }
        heartbeatSeconds = seconds
      case "connection_timeout":
        guard let milliseconds = Int(value), milliseconds > 0 else { throw .uri("\(value) ms is no time to wait") }
        connectTimeoutSeconds = Double(milliseconds) / 1000
      case "name": connectionName = value
      case "auth_mechanism":
        switch value.lowercased() {
        case "plain": authentication = .plain
        case "external": authentication = .external
        default: throw .uri("the login \(value) is not known: plain and external are")
        }
      case "cacertfile", "certfile", "keyfile", "server_name_indication", "verify":
        guard tls != nil else { throw .uri("\(name) has a meaning with amqps:// only") }
        switch name {
        case "cacertfile": tls?.trust = .file(value)
        case "certfile": certificate = value
        case "keyfile": key = value
        case "server_name_indication": tls?.serverName = value
        default: guard value == "verify_peer" else { throw .uri("the broker's certificate is always verified") }
        }
      default: throw .uri("\(name) is not known")
      }
    }
    switch (certificate, key) {
    case (nil, nil): break
    case (let certificate?, _):
      tls?.identity = .init(certificateChainFile: certificate, privateKeyFile: key ?? certificate)
    case (nil, _): throw .uri("there is a keyfile and no certfile")
    }
  }

  private static func decode(_ text: Substring) throws(AMQPError) -> String {
    guard text.contains("%") else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
          throw .uri("a percent sign is followed by no two hexadecimal digits")
        }
        bytes.append(high << 4 | low)
      } else {
        bytes.append(byte)
      }
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else { throw .uri("a part of it is no UTF-8") }
    return decoded
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

extension Substring {
  fileprivate func drop(prefix: String) -> Substring? {
    lowercased().hasPrefix(prefix) ? dropFirst(prefix.count) : nil
  }

  /// Cuts everything from the first such character on off; what stood behind it, or nil where there is none.
  fileprivate mutating func cut(at character: Character) -> Substring? {
    guard let index = firstIndex(of: character) else { return nil }
    let tail = self[self.index(after: index)...]
    self = self[..<index]
    return tail
  }
}

extension AMQPError {
  fileprivate static func uri(_ what: String) -> AMQPError {
    AMQPError(code: .configuration, message: "this is no AMQP URI that can be used: \(what)", isTransient: false)
  }
}
