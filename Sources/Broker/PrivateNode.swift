package import Glibc

/// A RabbitMQ of our own, started and ended by us: on 127.0.0.1 alone, on ports of its own choice, with data, cookie
/// and epmd of its own. It has nothing to do with a broker that the system runs, works as any user, and ends with us
/// even when we are killed (see `Supervisor`).
package actor PrivateNode {
  package struct Options: Sendable {
    /// Where its data lives; nil means a temporary folder, removed at the end.
    package var folder: String?
    /// The name of its administrator, where the data is new; the password is random.
    package var user = "entente-admin"
    /// The port for AMQP; nil means a free one. The other ports are always free ones.
    package var amqpPort: UInt16?
    /// Bytes of memory at which the broker stops publishers.
    package var memoryLimit = 2_000_000_000
    /// Bytes of free disk below which the broker stops publishers.
    package var diskFreeLimit = 200_000_000
    /// How often counts of messages in the management API are renewed.
    package var statisticsInterval = Duration.seconds(1)
    /// How many threads Erlang schedules on; nil means one for each core.
    package var schedulers: Int?
    /// How long the node may take until it answers.
    package var startDeadline = Duration.seconds(90)
    /// A TLS listener beside the plain one, on a free port; nil means none.
    package var tls: TLS?
    /// Where the server's scripts are.
    package var programs = Programs.debianFolder
    /// Variables for the server beside those that it is given anyway: nothing comes from our own environment.
    package var variables: [String: String] = [:]
    /// The cluster that it belongs to, where it does.
    var membership: NodeMembership?

    package init() {}

    /// The PEM files of a TLS listener. Users may then log in by certificate, with its common name as their name.
    package struct TLS: Sendable {
      /// Who signs the certificates of clients.
      package var authorities: String
      package var certificate: String
      package var key: String
      /// Whether a client without a certificate is refused.
      package var requiresCertificate: Bool

      package init(authorities: String, certificate: String, key: String, requiresCertificate: Bool) {
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
        self.requiresCertificate = requiresCertificate
      }
    }
  }

  /// Its name in Erlang, by which the other members of a cluster call it.
  package nonisolated let name: String
  package nonisolated let amqpPort: UInt16
  package nonisolated let managementPort: UInt16
  /// The port for AMQP over TLS, where the options ask for it.
  package nonisolated let tlsPort: UInt16?
  package nonisolated let user: String
  package nonisolated let password: String
  /// The folder of its data and logs.
  package nonisolated var folder: String { files.path }
  package nonisolated let management: ManagementAPI

  private nonisolated let options: Options
  private let programs: Programs
  private nonisolated let files: NodeFolder
  private let environment: [String: String]
  private nonisolated let supervisor: Supervisor
  private var calls = 0

  /// Starts a node and returns when it answers both AMQP and the management API.
  package static func start(_ options: Options = .init()) async throws(BrokerError) -> PrivateNode {
    let programs = try Programs.find(in: options.programs)
    if let port = options.amqpPort, !Loopback.isFree(port) {
      throw BrokerError(.portTaken, "port \(port) of 127.0.0.1 is taken: name another, or none to have one chosen")
    }
    var lastError = BrokerError(.portTaken, "no free ports")
    // Between our choice of a port and the node's bind somebody else may take it: choose again.
    for _ in 0..<3 {
      let node = try PrivateNode(options, programs: programs)
      do {
        try await node.run()
        return node
      } catch {
        await node.stop()
        guard error.code == .portTaken else { throw error }
        lastError = error
      }
    }
    throw lastError
  }

  private init(_ options: Options, programs: Programs) throws(BrokerError) {
    self.options = options
    self.programs = programs
    files = try NodeFolder(options.folder)
    guard !files.isInUse else {
      throw BrokerError(.system, "the broker of \(files.path) runs already: stop it, or name another folder")
    }
    let free = try Loopback.freePorts(5)
    let ports = NodePorts(
      amqp: options.amqpPort ?? free[0], management: free[1], distribution: free[2],
      epmd: options.membership?.epmdPort ?? free[3], tls: options.tls == nil ? nil : free[4])
    let credentials =
      if let membership = options.membership { membership.credentials } else {
        try files.credentials(newUser: options.user)
      }
    try files.prepare(options, ports: ports, credentials: credentials)
    amqpPort = ports.amqp
    managementPort = ports.management
    tlsPort = ports.tls
    user = credentials.user
    password = credentials.password
    management = ManagementAPI(port: ports.management, user: credentials.user, password: credentials.password)
    name = options.membership?.name ?? "entente@localhost"
    environment = files.environment(ports: ports, schedulers: options.schedulers, name: name)
      .merging(options.variables) { $1 }
    supervisor = try Supervisor(
      files, programs: programs, environment: environment, hasOwnEpmd: options.membership?.index ?? 0 == 0)
  }

  /// The process of the node while it runs.
  package nonisolated var pid: pid_t? { files.nodePid }
  /// The process of its epmd.
  package nonisolated var epmdPid: pid_t? { files.epmdPid }
  /// The process that ends both when we end.
  package nonisolated var supervisorPid: pid_t { supervisor.pid }

  /// Bytes that the node may still write before its disk limit stops all publishers; nil where the system does not say.
  package nonisolated var diskRoom: Int? {
    var status = statvfs()
    guard statvfs(files.path, &status) == 0 else { return nil }
    return max(0, Int(status.f_bavail) * Int(status.f_frsize) - options.diskFreeLimit)
  }

  /// Whether the node's process runs.
  package nonisolated var isRunning: Bool { files.nodePid.map(ChildProcess.isRunning) ?? false }

  /// Ends node, epmd and supervisor, and removes a temporary folder.
  package func stop() async {
    supervisor.hangUp()
    await wait(.seconds(45)) { self.supervisor.hasEnded }
    management.close()
  }

  /// The same on the calling thread, for the very end of a program; gives up waiting after the deadline, by when the
  /// supervisor has been told all the same.
  package nonisolated func stopNow(within deadline: Duration) { supervisor.endNow(within: deadline) }

  /// Ends the node in order and keeps data and ports for `startAgain`.
  package func shutDown() async throws(BrokerError) {
    supervisor.stopNode()
    guard await wait(.seconds(45), until: { self.files.nodePid == nil }) else {
      throw BrokerError(.notReady, "the node did not end within 45 s; see \(files.brokerLog)")
    }
  }

  /// Ends the node's process at once, as a crash or a power cut would.
  package func kill() async {
    guard let pid = files.nodePid else { return }
    Glibc.kill(pid, SIGKILL)
    await wait(.seconds(10)) { !ChildProcess.isRunning(pid) }
  }

  /// Starts a node that was shut down or killed, with the same data on the same ports.
  package func startAgain() async throws(BrokerError) {
    if files.nodePid != nil { try await shutDown() }
    try await run()
  }

  /// Ends the node in order and starts it again.
  package func restart() async throws(BrokerError) {
    try await shutDown()
    try await run()
  }

  /// What `rabbitmqctl` prints for these arguments.
  package func runCtl(_ arguments: [String]) async throws(BrokerError) -> String {
    calls += 1
    let output = "\(files.path)/log/ctl.\(calls)"
    let process = try ChildProcess.spawn(programs.ctl, arguments, environment: environment, output: output)
    let (status, text) = try await result(of: process, output)
    guard status == 0 else {
      throw BrokerError(.refused, "rabbitmqctl \(arguments.first ?? "") ended with status \(status): \(text)")
    }
    return text
  }

  private func result(of process: ChildProcess, _ output: String) async throws(BrokerError) -> (Int32, String) {
    var status: Int32?
    while status == nil {
      status = process.exitStatus()
      if status == nil { try? await Task.sleep(for: .milliseconds(20)) }
    }
    let text = try Files.read(output)
    unlink(output)
    return (status ?? -1, text)
  }

  private func run() async throws(BrokerError) {
    unlink(files.brokerLog)
    supervisor.startNode()
    let end = ContinuousClock.now + options.startDeadline
    while ContinuousClock.now < end {
      if let pid = files.nodePid, !ChildProcess.isRunning(pid) { throw died() }
      if supervisor.hasEnded { throw BrokerError(.nodeDied, "the supervisor of the node ended by itself") }
      if await Loopback.answersAMQP(amqpPort), (try? await management.whoAmI()) != nil { return }
      try? await Task.sleep(for: .milliseconds(50))
    }
    throw BrokerError(
      .notReady, "the node did not answer within \(options.startDeadline); see \(lastWords())")
  }

  private func died() -> BrokerError {
    let words = lastWords()
    let isPort = words.contains("eaddrinuse") || words.contains("address already in use")
    return BrokerError(isPort ? .portTaken : .nodeDied, "the node ended while it started: \(words)")
  }

  /// The lines in which the node tells why it ended.
  private func lastWords() -> String {
    let log = Files.lastLines(of: files.brokerLog, 200)
    let errors = log.filter { $0.contains("[error]") }.suffix(8)
    let lines = Files.lastLines(of: files.outputLog, 8) + (errors.isEmpty ? Array(log.suffix(4)) : Array(errors))
    return lines.isEmpty ? "it wrote no log" : lines.joined(separator: "\n")
  }

  /// Looks until the condition holds; false when the time is over.
  @discardableResult
  private func wait(_ deadline: Duration, until condition: @Sendable () -> Bool) async -> Bool {
    let end = ContinuousClock.now + deadline
    while !condition() {
      guard ContinuousClock.now < end else { return false }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return true
  }
}
