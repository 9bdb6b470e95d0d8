import Broker
import BrokerTestSupport
import FoundationEssentials
import Glibc
import Testing

@Suite(.serialized) struct PrivateNodeTests {
  @Test func `without RabbitMQ the error says how to install it`() async {
    let error = await #expect(throws: BrokerError.self) {
      var options = SharedBroker.testOptions
      options.programs = "/nowhere"
      _ = try await PrivateNode.start(options)
    }
    #expect(error?.code == .notInstalled)
    #expect(error?.message.contains("apt-get install") == true)
  }

  @Test func `a port that somebody holds is named`() async throws {
    let other = try await SharedBroker.shared()
    let error = await #expect(throws: BrokerError.self) {
      var options = SharedBroker.testOptions
      options.amqpPort = other.port
      _ = try await PrivateNode.start(options)
    }
    #expect(error?.code == .portTaken)
    #expect(error?.message.contains("\(other.port)") == true)
  }

  @Test func `a folder that cannot be made is named`() async {
    let error = await #expect(throws: BrokerError.self) {
      var options = SharedBroker.testOptions
      options.folder = "/proc/self/broker"
      _ = try await PrivateNode.start(options)
    }
    #expect(error?.code == .system)
    #expect(error?.message.contains("/proc/self/broker") == true)
  }

  @Test func `a folder on which a node runs is refused`() async throws {
    let other = try await SharedBroker.shared()
    let error = await #expect(throws: BrokerError.self) {
      var options = SharedBroker.testOptions
      options.folder = other.node.folder
      _ = try await PrivateNode.start(options)
    }
    #expect(error?.message.contains("runs already") == true)
  }

  @Test func `a node that ends while it starts is quoted`() async throws {
    let folder = "/tmp/entente-test-\(UInt64.random(in: 0 ... .max))"
    defer { removeFolder(folder) }
    try FileManager.default.createDirectory(atPath: folder + "/data", withIntermediateDirectories: true)
    // A file where the node wants its folder.
    try Data().write(to: URL(filePath: folder + "/data/entente@localhost"))
    let error = await #expect(throws: BrokerError.self) {
      var options = SharedBroker.testOptions
      options.folder = folder
      _ = try await PrivateNode.start(options)
    }
    #expect(error?.code == .nodeDied)
    #expect(error?.message.contains("\(folder)/data/entente@localhost") == true)
  }

  @Test func `a killed node starts again with its data on its ports`() async throws {
    try await withNode { node in
      let port = node.amqpPort
      try await node.management.putVhost("kept")
      await node.kill()
      #expect(!node.isRunning)
      let error = await #expect(throws: BrokerError.self) { try await node.management.whoAmI() }
      #expect(error?.code == .unreachable)

      try await node.startAgain()
      #expect(node.amqpPort == port)
      #expect(try await node.management.vhostNames().contains("kept"))
    }
  }

  @Test func `rabbitmqctl speaks to the node, and an alarm shows at once`() async throws {
    try await withNode { node in
      let error = await #expect(throws: BrokerError.self) { try await node.runCtl(["nonsense"]) }
      #expect(error?.code == .refused)

      #expect(try await node.management.alarms().isEmpty)
      _ = try await node.runCtl(["set_vm_memory_high_watermark", "0.00001"])
      try await eventually("the alarm is in force") {
        try await node.management.alarms() == [BrokerAlarm(node: "entente@localhost", resource: "memory")]
      }
    }
  }

  @Test func `a stopped node leaves neither process nor folder`() async throws {
    let node = try await PrivateNode.start(SharedBroker.testOptions)
    let processes = [node.pid, node.epmdPid, node.supervisorPid].compactMap(\.self)
    #expect(processes.count == 3)
    #expect(processes.allSatisfy(isAlive))
    await node.stop()
    #expect(!processes.contains(where: isAlive))
    #expect(access(node.folder, F_OK) != 0)
  }

  @Test func `data in a folder of our choice outlives the node, with its password`() async throws {
    var options = SharedBroker.testOptions
    let folder = "/tmp/entente-test-\(UInt64.random(in: 0 ... .max))"
    options.folder = folder
    let first = try await PrivateNode.start(options)
    try await first.management.putVhost("kept")
    await first.stop()
    #expect(access(folder, F_OK) == 0)

    let second = try await PrivateNode.start(options)
    #expect(second.password == first.password)
    #expect(try await second.management.vhostNames().contains("kept"))
    await second.stop()
    removeFolder(folder)
  }

  private func withNode(_ body: (PrivateNode) async throws -> Void) async throws {
    let node = try await PrivateNode.start(SharedBroker.testOptions)
    do {
      try await body(node)
    } catch {
      await node.stop()
      throw error
    }
    await node.stop()
  }
}
