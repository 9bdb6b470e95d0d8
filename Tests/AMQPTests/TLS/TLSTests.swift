@testable import Broker
import BrokerTestSupport
import Glibc
import Testing

@testable import AMQP

/// TLS with a broker of its own: one listener asks for a certificate and takes those without too.
@Suite(.timeLimit(.minutes(10))) struct TLSTests {
  @Test func `peers are verified before anything is said, and clients by certificate or password`() async throws {
    let authority = try await TestAuthority()
    defer { authority.remove() }
    let server = try await authority.sign("server", names: "DNS:localhost,IP:127.0.0.1")
    var options = SharedBroker.testOptions
    options.tls = .init(
      authorities: authority.file, certificate: server.file, key: server.key, requiresCertificate: false)
    let node = try await PrivateNode.start(options)
    do {
      try await checks(node, authority)
    } catch {
      await node.stop()
      throw error
    }
    await node.stop()
  }

  private func checks(_ node: PrivateNode, _ authority: TestAuthority) async throws {
    let port = try #require(node.tlsPort)
    let other = try await TestAuthority(name: "another authority")
    defer { other.remove() }
    let client = try await authority.sign("by-certificate")
    let stranger = try await authority.sign("nobody-known")
    try await node.management.putUser("by-certificate", password: "not used")
    try await node.management.putPermissions("by-certificate", in: "/")

    func configuration(
      host: String = "127.0.0.1", trust: AMQPTLS.Trust? = nil, serverName: String? = nil,
      identity: AMQPTLS.Identity? = nil, version: AMQPTLS.Version = .tls12,
      authentication: AMQPAuthentication = .plain
    ) -> AMQPConfiguration {
      AMQPConfiguration(
        host: host, port: port, username: node.user, password: node.password, connectTimeoutSeconds: 20,
        tls: AMQPTLS(
          trust: trust ?? .file(authority.file), identity: identity, serverName: serverName, minimumVersion: version),
        authentication: authentication)
    }
    func refusal(_ configuration: AMQPConfiguration) async -> AMQPError? {
      await #expect(throws: AMQPError.self) { _ = try await AMQPConnection.connect(configuration) }
    }

    // Not who it should be.
    let wrongAuthority = await refusal(configuration(trust: .file(other.file)))
    #expect(wrongAuthority?.code == .tls && wrongAuthority?.isTransient == false)
    #expect(wrongAuthority?.message.contains("certificate") == true, "\(wrongAuthority?.message ?? "")")
    let wrongName = await refusal(configuration(serverName: "broker.example"))
    #expect(wrongName?.message.contains("hostname mismatch") == true, "\(wrongName?.message ?? "")")
    let wrongAddress = await refusal(configuration(serverName: "127.0.0.2"))
    #expect(wrongAddress?.message.contains("IP address mismatch") == true, "\(wrongAddress?.message ?? "")")
    let system = await refusal(configuration(trust: .system))
    #expect(system?.code == .tls)

    // Who we are.
    let noCertificate = await refusal(configuration(authentication: .external))
    #expect(noCertificate?.code == .configuration, "\(noCertificate?.message ?? "")")
    let unknown = await refusal(configuration(identity: stranger.identity, authentication: .external))
    #expect(unknown?.replyCode == 403)

    // Each way to get in carries messages larger than a record.
    let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
    for (index, good) in [
      configuration(), configuration(host: "localhost"), configuration(version: .tls13),
      configuration(identity: client.identity, authentication: .external),
    ].enumerated() {
      let connection = try await AMQPConnection.connect(good)
      let queue = "tls-\(index)"
      _ = try await connection.openChannel().declareQueue(queue, type: .classic)
      let publisher = try await connection.openPublisher()
      let batch = (0..<20).map {
        AMQPPublisher.Publish(
          AMQPMessage(text: "", id: "\($0)").with(body), exchange: "", routingKey: queue)
      }
      #expect(try await publisher.publish(batch: batch) == Array(repeating: .confirmed, count: 20))
      let consumer = try await connection.openConsumer(queue: queue, prefetch: 5)
      let taken = try await consumer.take(20)
      #expect(taken.allSatisfy { $0.body == body })
      _ = try await connection.openChannel().deleteQueue(queue)
      await connection.close()
    }

    try await checkStalled(configuration())

    // The plain port speaks no TLS, and the other way round; of two hosts the good one is found.
    var plain = configuration()
    plain.port = node.amqpPort
    let notTLS = await refusal(plain)
    #expect(notTLS?.code == .tls || notTLS?.code == .connectionClosed, "\(notTLS?.message ?? "")")
    var open = configuration()
    open.tls = nil
    open.connectTimeoutSeconds = 5
    #expect(await refusal(open) != nil)
    plain.alternatives = [AMQPEndpoint(host: "127.0.0.1", port: port), AMQPEndpoint(host: "127.0.0.1", port: 1)]
    for _ in 0..<5 { (try await AMQPConnection.connect(plain)).abort() }
  }

  /// Records gather and go together; what of them the socket did not take when the way stood still goes on where it
  /// stopped.
  private func checkStalled(_ configuration: AMQPConfiguration) async throws {
    let proxy = Proxy(to: configuration.port)
    defer { proxy.stop() }
    var configuration = configuration
    configuration.port = proxy.port
    let connection = try await AMQPConnection.connect(configuration)
    let channel = try await connection.openChannel()
    _ = try await channel.declareQueue("stalled", type: .classic)
    let publisher = try await connection.openPublisher()
    let bodies = (0..<24).map { number in (0..<(1 << 20) + number).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
    }
    proxy.set(.stall)
    async let results = publisher.publish(
      batch: bodies.indices.map { number in
        .init(AMQPMessage(text: "", id: "\(number)").with(bodies[number]), exchange: "", routingKey: "stalled")
      })
    for _ in 0..<3 {
      try await Task.sleep(for: .milliseconds(200))
      proxy.set(.forward)
      try await Task.sleep(for: .milliseconds(10))
      proxy.set(.stall)
    }
    proxy.set(.forward)
    #expect(try await results == Array(repeating: .confirmed, count: bodies.count))
    let taken = try await connection.openConsumer(queue: "stalled", prefetch: 4).take(bodies.count)
    #expect(taken.map(\.body) == bodies)
    _ = try await connection.openChannel().deleteQueue("stalled")
    await connection.close()
  }

  @Test func `an expired certificate, and one of no use to us, are refused without a word`() async throws {
    let authority = try await TestAuthority()
    defer { authority.remove() }
    let expired = try await authority.sign("server", names: "IP:127.0.0.1", expired: true)
    let server = try await TLSServer.start(expired)
    defer { server.stop() }
    let error = await #expect(throws: AMQPError.self) {
      _ = try await AMQPConnection.connect(
        AMQPConfiguration(
          port: server.port, username: "agency", password: "secret", tls: AMQPTLS(trust: .file(authority.file))))
    }
    #expect(error?.code == .tls)
    #expect(error?.message.contains("expired") == true, "\(error?.message ?? "")")
  }

  @Test func `a file that cannot be used is named before anything is sent`() async throws {
    let authority = try await TestAuthority()
    defer { authority.remove() }
    let client = try await authority.sign("client")
    let otherKey = try await authority.sign("other").key
    let cases: [(AMQPTLS, String)] = [
      (AMQPTLS(trust: .file("/nonexistent/ca.pem")), "/nonexistent/ca.pem"),
      (AMQPTLS(trust: .pem(Array("no certificate".utf8))), "given"),
      (
        AMQPTLS(
          trust: .file(authority.file), identity: .init(certificateChainFile: client.file, privateKeyFile: otherKey)),
        otherKey
      ),
    ]
    for (tls, name) in cases {
      let error = await #expect(throws: AMQPError.self) {
        _ = try await AMQPConnection.connect(AMQPConfiguration(port: 1, username: "a", password: "b", tls: tls))
      }
      #expect(error?.code == .tls)
      #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
    }
  }

  @Test func `a peer that says nothing, nonsense or goodbye instead of TLS`() async {
    let scripts: [(@Sendable (Peer.Talk) throws -> Void, AMQPError.Code)] = [
      ({ $0.awaitEnd() }, .timeout),
      (
        {
          try $0.send(Array("AMQP".utf8) + [0, 0, 9, 1]); $0.awaitEnd()
        }, .tls
      ),
      ({ _ = try $0.read(20) }, .tls),
    ]
    for (script, code) in scripts {
      let peer = Peer(script)
      // Only silence is told by the clock.
      var configuration = peer.configuration(connectTimeout: code == .timeout ? 1 : 60)
      configuration.tls = AMQPTLS()
      let attempt = configuration
      let error = await #expect(throws: AMQPError.self) { _ = try await AMQPConnection.connect(attempt) }
      #expect(error?.code == code, "\(error?.message ?? "")")
    }
  }
}

/// OpenSSL's own server, for certificates and ciphers that no broker would be started with.
final class TLSServer: Sendable {
  let port: UInt16
  private let pid: pid_t

  /// `options` are those of s_server(1).
  static func start(_ certificate: TestAuthority.Certificate, options: [String] = []) async throws -> TLSServer {
    let server = TLSServer(certificate, options)
    try await eventually("the server listens") { !Loopback.isFree(server.port) }
    return server
  }

  private init(_ certificate: TestAuthority.Certificate, _ options: [String]) {
    let free = try? Loopback.freePorts(1)
    port = free?.first ?? 0
    let process = try? ChildProcess.spawn(
      "/usr/bin/openssl",
      ["s_server", "-accept", "127.0.0.1:\(port)", "-cert", certificate.file, "-key", certificate.key, "-quiet"]
        + options,
      environment: ["PATH": "/usr/bin:/bin"])
    pid = process?.pid ?? 0
  }

  func stop() {
    guard pid > 0 else { return }
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }
}

extension AMQPMessage {
  func with(_ body: [UInt8]) -> AMQPMessage { AMQPMessage(properties: properties, body: body) }
}

extension TestAuthority.Certificate {
  var identity: AMQPTLS.Identity { .init(certificateChainFile: file, privateKeyFile: key) }
}
