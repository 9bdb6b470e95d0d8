import Broker
import BrokerTestSupport
import Contract
import JSON
import Ledger
import Logging
import Sharing
import Testing

@testable import Hub

/// A hub that reaches its broker by TLS, as `hub.yaml` says.
@Suite struct `By TLS to the broker` {
  @Test func `the hub's certificate and the broker's are checked, and messages go both ways`() async throws {
    let authority = try await TestAuthority()
    let other = try await TestAuthority(name: "another authority")
    defer {
      authority.remove()
      other.remove()
    }
    let server = try await authority.sign("server", names: "DNS:broker.test,IP:127.0.0.1")
    var options = SharedBroker.testOptions
    options.tls = .init(
      authorities: authority.file, certificate: server.file, key: server.key, requiresCertificate: true)
    let node = try await PrivateNode.start(options)
    do {
      try await checks(node, authority, other)
    } catch {
      await node.stop()
      throw error
    }
    await node.stop()
  }

  private func checks(_ node: PrivateNode, _ authority: TestAuthority, _ other: TestAuthority) async throws {
    let own = try await authority.sign("hub")
    func terms(_ authorityFile: String, _ more: String) throws -> TestTerms {
      var terms = TestTerms()
      terms.brokerPort = node.tlsPort
      terms.tls = "tls: {authority-file: \(authorityFile)\(more)}"
      return terms
    }
    let certificate = ", certificate-file: \(own.file), key-file: \(own.key)"
    // Neither a broker that is not who it should be, nor one that does not know us, gets or gives anything.
    for (file, more) in [
      (other.file, certificate), (authority.file, ""), (authority.file, certificate + ", server-name: elsewhere.test"),
    ] {
      try await TestExchange.with(terms(file, more), on: SharedBroker(node: node)) { exchange in
        try await exchange.publish(as: "alpha", TestMessage.bundle(1))
        let running = Task { try await Hub(exchange.home, clock: SystemClock(), logger: .quiet).run() }
        try await Task.sleep(for: .seconds(2))
        running.cancel()
        _ = try? await running.value
        #expect(try await exchange.ledger.audit().messages.isEmpty)
      }
    }
    for more in [certificate, certificate + ", server-name: broker.test"] {
      try await TestExchange.with(terms(authority.file, more), on: SharedBroker(node: node)) { exchange in
        try await exchange.withHub {
          try await exchange.publish(as: "alpha", TestMessage.bundle(1))
          #expect(try await exchange.receipts(1, of: "alpha")[0]["receipt"]?.string == "accepted")
          _ = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
          try await exchange.settle()
        }
        #expect(try await exchange.ledger.audit().isBalanced)
      }
    }
  }
}

extension Logger {
  fileprivate static var quiet: Logger { Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() } }
}
