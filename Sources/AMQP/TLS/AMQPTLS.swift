/// TLS for a connection: 1.2 or later, the broker's certificate and name verified before anything is sent.
///
/// Files are PEM. They are read at each `connect` that finds them changed, so a renewed certificate is used from the
/// next connection on.
public struct AMQPTLS: Sendable, Hashable {
  /// Whose signature on the broker's certificate is believed.
  public enum Trust: Sendable, Hashable {
    /// The certificate authorities of this system.
    case system
    /// Those in this file, and no others.
    case file(String)
    /// Those in this text, and no others.
    case pem([UInt8])
  }

  /// Who we are, where the broker asks for it.
  public struct Identity: Sendable, Hashable {
    /// Our certificate first, then those between it and the authority.
    public var certificateChainFile: String
    /// Without a passphrase.
    public var privateKeyFile: String

    public init(certificateChainFile: String, privateKeyFile: String) {
      self.certificateChainFile = certificateChainFile
      self.privateKeyFile = privateKeyFile
    }
  }

  public enum Version: Sendable, Hashable {
    case tls12, tls13
  }

  public var trust: Trust
  public var identity: Identity?
  /// The name or address that the certificate must bear, where it is not the host's.
  public var serverName: String?
  public var minimumVersion: Version

  public init(
    trust: Trust = .system, identity: Identity? = nil, serverName: String? = nil, minimumVersion: Version = .tls12
  ) {
    self.trust = trust
    self.identity = identity
    self.serverName = serverName
    self.minimumVersion = minimumVersion
  }
}

/// How we prove who we are.
public enum AMQPAuthentication: Sendable, Hashable {
  /// By user name and password.
  case plain
  /// By the client certificate of TLS; the broker takes the user's name from it.
  case external

  /// The mechanism's name on the wire.
  var mechanism: String {
    switch self {
    case .plain: "PLAIN"
    case .external: "EXTERNAL"
    }
  }
}

/// A name or address of a broker, with its port.
public struct AMQPEndpoint: Sendable, Hashable, CustomStringConvertible {
  /// A name or an IPv4 or IPv6 address.
  public var host: String
  public var port: UInt16

  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
