import Broker
import BrokerTestSupport
import JSON
import Testing

@Suite struct ManagementAPITests {
  @Test func `a wrong password is told as such`() async throws {
    let broker = try await SharedBroker.shared()
    let api = ManagementAPI(port: broker.node.managementPort, user: broker.node.user, password: "wrong")
    let error = await #expect(throws: BrokerError.self) { try await api.whoAmI() }
    #expect(error?.code == .unauthorized)
    #expect(error?.message.contains(broker.node.user) == true)
  }

  @Test func `where nobody listens the error names the address`() async {
    let api = ManagementAPI(port: 1, user: "a", password: "b")
    let error = await #expect(throws: BrokerError.self) { try await api.whoAmI() }
    #expect(error?.code == .unreachable)
    #expect(error?.message.contains("127.0.0.1:1 ") == true)
  }

  @Test func `a user without tags is kept out`() async throws {
    try await SharedBroker.withVhost { vhost in
      let port = try await SharedBroker.shared().node.managementPort
      let api = ManagementAPI(port: port, user: vhost.user, password: vhost.password)
      let error = await #expect(throws: BrokerError.self) { try await api.queues(in: vhost.name) }
      #expect(error?.code == .unauthorized)
    }
  }

  @Test func `what is not there is told as such`() async throws {
    try await SharedBroker.withVhost { vhost in
      let error = await #expect(throws: BrokerError.self) {
        try await vhost.management.queue("absent", in: vhost.name)
      }
      #expect(error?.code == .notFound)
    }
  }

  @Test func `a refusal carries the broker's reason`() async throws {
    try await SharedBroker.withVhost { vhost in
      try await vhost.management.putQueue("one", in: vhost.name)
      let error = await #expect(throws: BrokerError.self) {
        try await vhost.management.putQueue("one", in: vhost.name, type: "classic")
      }
      #expect(error?.code == .refused)
      #expect(error?.message.contains("inequivalent arg 'x-queue-type'") == true)
    }
  }

  @Test func `deleting what is absent is no error`() async throws {
    let api = try await SharedBroker.shared().management
    try await api.deleteVhost("absent")
    try await api.deleteUser("absent")
    try await api.closeConnections(of: "absent")
  }

  @Test func `names with slashes, percent signs and quotes travel unharmed`() async throws {
    try await SharedBroker.withPrefix { prefix in
      let vhost = prefix.text + #"a/b %2F "ü""#
      let user = prefix.text + "x/y"
      try await prefix.management.putVhost(vhost)
      try await prefix.management.putUser(user, password: #"p"\"#)
      try await prefix.management.putPermissions(user, in: vhost, configure: #"^a"\d$"#, write: "^$", read: "^$")
      #expect(try await prefix.management.vhostNames().contains(vhost))
      let permissions = try await prefix.management.get(["permissions", vhost, user])
      #expect(permissions["configure"]?.string == #"^a"\d$"#)
    }
  }

  @Test func `definitions are imported, read back, and found in a queue's policy`() async throws {
    try await SharedBroker.withVhost { vhost in
      let api = vhost.management
      let definitions = JSONWriter.object { writer in
        writer.member("queues") { writer in
          writer.array { writer in
            writer.object { writer in
              writer.member("name", "made")
              writer.member("durable", true)
              writer.member("auto_delete", false)
              writer.member("arguments") { $0.object { $0.member("x-queue-type", "quorum") } }
            }
          }
        }
      }
      try await api.importDefinitions(definitions, into: vhost.name)
      try await api.putPolicy("bound", in: vhost.name, pattern: "^made$") { $0.member("max-length", 10) }
      let read = try await api.definitions(of: vhost.name)
      #expect(read["queues"]?[0]?["name"]?.string == "made")
      #expect(read["policies"]?[0]?["definition"]?["max-length"]?.integer == 10)
      #expect(try await api.queue("made", in: vhost.name).type == "quorum")
      #expect(try await api.queues(in: vhost.name).map(\.name) == ["made"])

      try await api.deletePolicy("bound", in: vhost.name)
      try await api.putParameter("limits", of: "vhost-limits", in: vhost.name) { writer in
        writer.object { $0.member("max-queues", 3) }
      }
      try await api.deleteParameter("limits", of: "vhost-limits", in: vhost.name)
    }
  }

  @Test func `a test's virtual hosts and users are gone after it, even when it fails`() async throws {
    struct Failed: Error {}
    let broker = try await SharedBroker.shared()
    var text = ""
    await #expect(throws: Failed.self) {
      try await SharedBroker.withPrefix { prefix in
        text = prefix.text
        try await prefix.management.putVhost(prefix.text + "a")
        try await prefix.management.putUser(prefix.text + "a", password: "x")
        throw Failed()
      }
    }
    #expect(!text.isEmpty)
    #expect(try await !broker.management.vhostNames().contains { $0.hasPrefix(text) })
    #expect(try await !broker.management.userNames().contains { $0.hasPrefix(text) })
  }
}
