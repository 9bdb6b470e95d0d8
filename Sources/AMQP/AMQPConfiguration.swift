/// Where a broker is, who we are to it, and how long we wait.
///
/// The password is held in memory and shown in no description, mirror or log line.
public struct AMQPConfiguration: Sendable {
  /// A name or an IPv4 or IPv6 address.
  public var host: String
  /// The port of `host`.
  public var port: UInt16
  /// Other nodes of the same broker. Each attempt to connect tries all, `host` too, in a random order.
  public var alternatives: [AMQPEndpoint] = []
  /// The virtual host.
  public var vhost: String
  /// The user; with `.external` authentication it is in the certificate, and this is not sent.
  public var username: String
  /// The password, sent as it is: over TLS where others could listen.
  public var password: String
  /// TLS where set; nil is plain TCP. TLS has a port of its own, mostly 5671.
  public var tls: AMQPTLS?
  /// How we prove who we are.
  public var authentication: AMQPAuthentication
  /// Shown by the broker's management pages and logs.
  public var connectionName: String?
  /// The heartbeat we ask for; the broker may want a shorter one. At least 1.
  public var heartbeatSeconds: Int
  /// One deadline for look-up, connecting and logging in together; with several addresses each has its share of it.
  public var connectTimeoutSeconds: Double
  /// How long the broker may take to answer a call on a channel (declare, consume, ...).
  public var callTimeoutSeconds: Double
  /// How long `close()` waits for outstanding confirms, and then again for the broker's answer.
  public var closeTimeoutSeconds: Double
  /// A body larger than this is not held in memory: its delivery says so and has no body.
  public var maximumBodyBytes: Int
  /// A bound on what consumers hold, shared by the connections of all configurations that bear it; nil means none.
  public var byteBudget: AMQPByteBudget?

  /// A broker on this machine, where nothing else is said. `alternatives` and `byteBudget` are set afterwards.
  public init(
    host: String = "127.0.0.1", port: UInt16 = 5672, vhost: String = "/", username: String, password: String,
    connectionName: String? = nil, heartbeatSeconds: Int = 10, connectTimeoutSeconds: Double = 10,
    callTimeoutSeconds: Double = 20, closeTimeoutSeconds: Double = 5, maximumBodyBytes: Int = (16 << 20) + 4096,
    tls: AMQPTLS? = nil, authentication: AMQPAuthentication = .plain
  ) {
    self.host = host
    self.port = port
    self.vhost = vhost
    self.username = username
    self.password = password
    self.tls = tls
    self.authentication = authentication
    self.connectionName = connectionName
    self.heartbeatSeconds = heartbeatSeconds
    self.connectTimeoutSeconds = connectTimeoutSeconds
    self.callTimeoutSeconds = callTimeoutSeconds
    self.closeTimeoutSeconds = closeTimeoutSeconds
    self.maximumBodyBytes = maximumBodyBytes
  }

  /// All places where the broker may be met.
  var endpoints: [AMQPEndpoint] { [AMQPEndpoint(host: host, port: port)] + alternatives }
}

extension AMQPConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The address as an AMQP URI, without the password.
  public var description: String {
    let places = endpoints.map(\.description).joined(separator: ",")
    return "\(tls == nil ? "amqp" : "amqps")://\(username.isEmpty ? "" : username + "@")\(places)/\(vhost)"
  }
  /// The same as `description`: no password.
  public var debugDescription: String { description }
  /// Shows what `description` shows, so that `dump` gives no password away.
  public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
