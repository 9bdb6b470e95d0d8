import AMQP
import Broker
import Contract
import FoundationEssentials
import Glibc
import Hub
import Ledger
import Logging
import Sharing

/// What the story is played on: a copy of an example's folder, a private broker with its topology, a running hub.
struct DemoStage: Sendable {
  let folder: String
  let home: HubHome
  private let node: PrivateNode
  private let hub: Task<Void, any Error>

  var managementPort: UInt16 { node.managementPort }
  var administrator: String { node.user }

  /// Where the program lies that runs this.
  var programFolder: String {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return program.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
  }

  /// Sets everything up, saying what it does.
  static func set(example: String) async throws -> DemoStage {
    guard FileManager.default.fileExists(atPath: example + "/hub.yaml") else {
      throw Answer.unusable(
        "There is no example in \(example): run this from the top of the repository, or name one with --example.")
    }
    Terminal.say("Setting the stage")
    let folder = try copy(example)
    do {
      return try await set(in: folder)
    } catch {
      try? FileManager.default.removeItem(atPath: folder)
      throw error
    }
  }

  private static func set(in folder: String) async throws -> DemoStage {
    var options = PrivateNode.Options()
    options.folder = folder + "/broker"
    options.schedulers = 2
    options.statisticsInterval = .seconds(1)
    let node: PrivateNode
    do {
      node = try await PrivateNode.start(options)
    } catch {
      throw Answer.unusable(error.message.prefix(1).uppercased() + error.message.dropFirst() + ".")
    }
    tick("a RabbitMQ of its own, on 127.0.0.1 alone; no other broker is touched")
    do {
      try DemoSettings(node).write(to: folder)
      let configuration = try Configuration.load(folder: folder)
      try SecretsFolder(path: configuration.settings.secretsFolder, create: true)
        .keep(password: node.password, of: node.user)
      let plan = try await TopologyInstaller(
        configuration: configuration, management: node.management, diskRoom: node.diskRoom
      ).apply()
      let agencies = PlainText.count(configuration.agencies.count, "agency", "agencies")
      tick("\(agencies), each with a virtual host of its own: \(PlainText.count(plan.steps.count, "thing")) made there")
      let arrangements = PlainText.list(configuration.arrangements.map(\.id))
      tick("arrangements \(arrangements), on trial: in force without signatures")
      let home = try HubHome.open(folder: folder, configuration: configuration)
      var logger = HubLog.logger("hub")
      logger.logLevel = .error
      let hub = Hub(home, logger: logger)
      let running = Task { try await hub.run() }
      tick("a hub with an empty ledger")
      Terminal.say()
      return DemoStage(folder: folder, home: home, node: node, hub: running)
    } catch {
      await node.stop()
      throw error
    }
  }

  /// Ends hub and broker and removes the folder.
  func strike() async {
    hub.cancel()
    _ = await hub.result
    await home.ledger.close()
    await node.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// A connection with an agency's own user, as its system would have it.
  func agency(_ slug: String) async throws -> DemoAgency {
    let password = try home.secrets.password(of: slug) ?? ""
    let connection = try await AMQPConnection.connect(
      AMQPConfiguration(port: node.amqpPort, vhost: slug, username: slug, password: password))
    return DemoAgency(slug: slug, connection: connection)
  }

  /// The bytes of one of the example's messages.
  func message(_ name: String) throws -> [UInt8] {
    do {
      return try InputFile(name: "\(folder)/messages/\(name)").read(maximumBytes: 16 << 20)
    } catch {
      throw Answer.unusable(error.sentence)
    }
  }

  private static func tick(_ text: String) { Terminal.say("  ✓ \(text)") }

  /// A copy of the example that belongs to whoever runs this, whomever the example belongs to.
  private static func copy(_ example: String) throws -> String {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let folder = "\(parent)/entente-demo-\(getpid())"
    let files = FileManager.default
    do {
      try files.createDirectory(
        atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      for name in try files.subpathsOfDirectory(atPath: example).sorted() {
        if let data = files.contents(atPath: "\(example)/\(name)") {
          try data.write(to: URL(filePath: "\(folder)/\(name)"))
        } else {
          try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
      }
    } catch {
      try? files.removeItem(atPath: folder)
      throw Answer.unusable("The example \(example) cannot be copied to \(folder): see whether there is room.")
    }
    return folder
  }
}

/// The part of `hub.yaml` that names the broker: the private one in place of the example's.
private struct DemoSettings {
  private let text: String

  init(_ node: PrivateNode) {
    text = """
      broker:
        host: 127.0.0.1
        port: \(node.amqpPort)
        management:
          port: \(node.managementPort)
        users:
          administrator: \(node.user)

      """
  }

  func write(to folder: String) throws {
    let path = folder + "/hub.yaml"
    guard let data = FileManager.default.contents(atPath: path) else { return }
    var kept: [Substring] = []
    var isBroker = false
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
      if let first = line.first, first != " ", first != "#" { isBroker = line.hasPrefix("broker:") }
      if !isBroker { kept.append(line) }
    }
    let whole = kept.joined(separator: "\n") + "\n" + text
    try Data(whole.utf8).write(to: URL(filePath: path), options: .atomic)
  }
}
