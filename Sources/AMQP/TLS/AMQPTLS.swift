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

    /// Two PEM files.
    public init(certificateChainFile: String, privateKeyFile: String) {
      self.certificateChainFile = certificateChainFile
      self.privateKeyFile = privateKeyFile
    }
  }

  /// Versions of TLS that are spoken.
  public enum Version: Sendable, Hashable {
    /// TLS 1.2, and 1.3 where the broker speaks it.
    case tls12
    /// TLS 1.3 alone.
    case tls13
  }

  /// Who may have signed the broker's certificate.
  public var trust: Trust
  /// Our certificate; nil for none.
  public var identity: Identity?
  /// The name or address that the certificate must bear, where it is not the host's.
  public var serverName: String?
  /// The oldest version that is accepted.
  public var minimumVersion: Version

  /// TLS 1.2 or later with a broker whose authority this system knows, where nothing else is said.
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
  /// Its port.
  public var port: UInt16

  /// An address, which is looked up when it is connected to.
  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// `host:port`, an IPv6 address in brackets.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
