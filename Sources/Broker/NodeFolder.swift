import Glibc

/// The ports of a private node, all on 127.0.0.1.
struct NodePorts: Sendable, Equatable {
  var amqp: UInt16
  var management: UInt16
  /// Erlang's own: between the node and rabbitmqctl.
  var distribution: UInt16
  var epmd: UInt16
  /// AMQP over TLS, where there is any.
  var tls: UInt16?

  var all: [UInt16] { [amqp, management, distribution, epmd] + (tls.map { [$0] } ?? []) }
}

/// Who may do everything on a private node.
struct NodeCredentials: Sendable, Equatable {
  var user: String
  var password: String

  /// So many random bytes as hexadecimal digits.
  static func randomSecret(bytes: Int) -> String {
    (0..<bytes).map { _ in
      let byte = String(UInt8.random(in: .min ... .max), radix: 16)
      return byte.count == 1 ? "0" + byte : byte
    }.joined()
  }
}

/// What the nodes of a cluster have in common, and the place of one of them.
struct NodeMembership: Sendable, Equatable {
  /// Erlang's names of all members.
  var members: [String]
  /// Which of them this one is.
  var index: Int
  /// By which they know each other.
  var cookie: String
  var credentials: NodeCredentials
  var epmdPort: UInt16

  var name: String { members[index] }
}

/// The folder of a private node: its home with the cookie, its configuration, its data and its logs. Mode 0700, since
/// the configuration holds the password.
struct NodeFolder: Sendable {
  let path: String
  let isTemporary: Bool

  static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  init(_ given: String?) throws(BrokerError) {
    if let given {
      path = given
      isTemporary = false
      try Files.makeFolder(given)
    } else {
      path = try Files.makeTemporaryFolder()
      isTemporary = true
    }
    for folder in ["home", "data", "log", "conf/generated", "conf/schema"] { try Files.makeFolder("\(path)/\(folder)") }
  }

  var supervisorLog: String { path + "/log/supervisor" }
  var outputLog: String { path + "/log/output" }
  var brokerLog: String { path + "/log/rabbit.log" }

  /// The id of the node's process, once the supervisor has started it.
  var nodePid: pid_t? { readPid("node.pid") }
  var epmdPid: pid_t? { readPid("epmd.pid") }

  /// The user and password with which the node's data was first made; new ones where the data is new.
  func credentials(newUser: String) throws(BrokerError) -> NodeCredentials {
    let file = path + "/conf/credentials"
    if Files.exists(file) {
      let lines = try Files.read(file).split(separator: "\n")
      guard lines.count == 2 else {
        throw BrokerError(.system, "\(file) does not hold a user and a password: remove \(path) to begin anew")
      }
      return NodeCredentials(user: String(lines[0]), password: String(lines[1]))
    }
    let made = NodeCredentials(user: newUser, password: NodeCredentials.randomSecret(bytes: 16))
    try Files.write("\(made.user)\n\(made.password)\n", to: file)
    return made
  }

  /// Whether a node runs on this folder: its process still bears the id written down and names our home.
  var isInUse: Bool {
    guard let pid = nodePid, let line = try? Files.read("/proc/\(pid)/cmdline") else { return false }
    return line.contains(path + "/home") && ChildProcess.isRunning(pid)
  }

  /// Writes cookie and configuration, and forgets processes that ended with an earlier machine or power cut.
  func prepare(_ options: PrivateNode.Options, ports: NodePorts, credentials: NodeCredentials) throws(BrokerError) {
    for stale in ["node.pid", "epmd.pid", "rabbit.pid"] { unlink("\(path)/\(stale)") }
    let cookie = path + "/home/.erlang.cookie"
    if !Files.exists(cookie) {
      let secret = options.membership?.cookie ?? NodeCredentials.randomSecret(bytes: 20)
      try Files.write(secret, to: cookie, mode: 0o400)
    }
    let plugins = options.tls == nil ? "rabbitmq_management" : "rabbitmq_management,rabbitmq_auth_mechanism_ssl"
    try Files.write("[\(plugins)].\n", to: path + "/conf/enabled_plugins")
    try Files.write(
      """
      listeners.tcp.1 = 127.0.0.1:\(ports.amqp)
      management.tcp.ip = 127.0.0.1
      management.tcp.port = \(ports.management)
      default_user = \(credentials.user)
      default_pass = \(credentials.password)
      vm_memory_high_watermark.absolute = \(options.memoryLimit)
      disk_free_limit.absolute = \(options.diskFreeLimit)
      collect_statistics_interval = \(options.statisticsInterval.milliseconds)
      log.file.level = info
      log.console = false
      \(tlsSettings(options, ports))
      \(clusterSettings(options))

      """, to: path + "/conf/rabbitmq.conf")
    // A repaired dead-letter exchange is noticed after this time; three minutes by default.
    try Files.write(
      """
      [{rabbit, [{dead_letter_worker_publisher_confirm_timeout, 5000},
                 {quorum_tick_interval, \(options.statisticsInterval.milliseconds)}]}].

      """, to: path + "/conf/advanced.config")
  }

  private func tlsSettings(_ options: PrivateNode.Options, _ ports: NodePorts) -> String {
    guard let tls = options.tls, let port = ports.tls else { return "" }
    return """
      listeners.ssl.1 = 127.0.0.1:\(port)
      ssl_options.cacertfile = \(tls.authorities)
      ssl_options.certfile = \(tls.certificate)
      ssl_options.keyfile = \(tls.key)
      ssl_options.verify = verify_peer
      ssl_options.fail_if_no_peer_cert = \(tls.requiresCertificate)
      auth_mechanisms.1 = PLAIN
      auth_mechanisms.2 = AMQPLAIN
      auth_mechanisms.3 = EXTERNAL
      ssl_cert_login_from = common_name
      """
  }

  private func clusterSettings(_ options: PrivateNode.Options) -> String {
    guard let membership = options.membership else { return "" }
    let members = membership.members.enumerated().map {
      "cluster_formation.classic_config.nodes.\($0 + 1) = \($1)"
    }
    return (["cluster_formation.peer_discovery_backend = classic_config"] + members).joined(separator: "\n")
  }

  /// Everything that server, epmd and rabbitmqctl are told; nothing comes from our own environment.
  func environment(ports: NodePorts, schedulers: Int?, name: String) -> [String: String] {
    let loopbackOnly = "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false"
    let schedulerArguments = schedulers.map { " +S \($0):\($0) +SDcpu \($0):\($0)" } ?? ""
    return [
      "PATH": Self.searchPath,
      "LANG": "C.UTF-8",
      "HOME": path + "/home",
      "ERL_EPMD_PORT": String(ports.epmd),
      "ERL_EPMD_ADDRESS": "127.0.0.1",
      "ERL_CRASH_DUMP": path + "/log/erl_crash.dump",
      "RABBITMQ_CONF_ENV_FILE": "/dev/null",
      "RABBITMQ_NODENAME": name,
      "RABBITMQ_USE_LONGNAME": "false",
      "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
      "RABBITMQ_NODE_PORT": String(ports.amqp),
      "RABBITMQ_DIST_PORT": String(ports.distribution),
      "RABBITMQ_MNESIA_BASE": path + "/data",
      "RABBITMQ_LOG_BASE": path + "/log",
      "RABBITMQ_LOGS": brokerLog,
      "RABBITMQ_CONFIG_FILE": path + "/conf/rabbitmq.conf",
      "RABBITMQ_ADVANCED_CONFIG_FILE": path + "/conf/advanced.config",
      "RABBITMQ_ENABLED_PLUGINS_FILE": path + "/conf/enabled_plugins",
      "RABBITMQ_PID_FILE": path + "/rabbit.pid",
      "RABBITMQ_GENERATED_CONFIG_DIR": path + "/conf/generated",
      "RABBITMQ_SCHEMA_DIR": path + "/conf/schema",
      "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": loopbackOnly + schedulerArguments,
      "RABBITMQ_CTL_ERL_ARGS": loopbackOnly,
    ]
  }

  private func readPid(_ name: String) -> pid_t? {
    guard let text = try? Files.read("\(path)/\(name)"), text.hasSuffix("\n") else { return nil }
    return pid_t(text.dropLast())
  }
}

extension Duration {
  var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
