import AMQP
import Broker
import Foundation
import Hub
import Sharing

/// What is measured on: a broker of its own, and the folder of a hub with three senders, of which one passes to one
/// recipient, one to three, and one to ten.
struct Ground: Sendable {
  static let fanOuts = [1, 3, 10]

  let folder: String
  let node: PrivateNode
  private let secrets: SecretsFolder

  static func sender(_ fanOut: Int) -> String { "source-\(fanOut)" }
  static let recipients = (1...10).map { "agency-\($0)" }
  /// Passes to the next two alone.
  static let other = "source-other"
  /// Takes MISP.
  static let translated = "agency-misp"
  /// Gets what is TLP:CLEAR, which is every other object.
  static let reduced = "agency-clear"

  static func prepare() async throws -> Ground {
    var template = Array((NSTemporaryDirectory() + "/entente-bench-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw Trouble("no folder can be made for temporary files") }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for name in ["agencies", "arrangements", "ledger"] { mkdir("\(folder)/\(name)", 0o700) }
    var options = PrivateNode.Options()
    options.folder = folder + "/broker"
    options.memoryLimit = 4_000_000_000
    // Broker and hub share a disk: where it is made slower, it is so for both.
    let own = ProcessInfo.processInfo.environment
    options.variables = own.filter { own["SLOW_SYNC"] != nil && ["LD_PRELOAD", "SLOW_SYNC"].contains($0.key) }
    let node = try await PrivateNode.start(options)
    try write(to: folder, node)
    let configuration = try Configuration.load(folder: folder)
    let secrets = try SecretsFolder(path: configuration.settings.secretsFolder, create: true)
    try secrets.keep(password: node.password, of: node.user)
    try await TopologyInstaller(configuration: configuration, management: node.management, diskRoom: node.diskRoom)
      .apply()
    return Ground(folder: folder, node: node, secrets: secrets)
  }

  func end() async {
    await node.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// How an agency's own system reaches its virtual host.
  func broker(of agency: String) throws -> AMQPConfiguration {
    AMQPConfiguration(
      port: node.amqpPort, vhost: agency, username: agency, password: try secrets.password(of: agency) ?? "",
      heartbeatSeconds: 60)
  }

  /// The broker's own administrator, in the default virtual host.
  var administrator: AMQPConfiguration {
    AMQPConfiguration(port: node.amqpPort, username: node.user, password: node.password)
  }

  // MARK: - The configuration

  private static func write(to folder: String, _ node: PrivateNode) throws {
    try put(
      """
      name: bench
      broker:
        port: \(node.amqpPort)
        management:
          port: \(node.managementPort)
        users:
          administrator: \(node.user)
      ledger: ledger/bench.sqlite
      secrets-folder: secrets
      limits:
        intake-bytes: 200000000
        inbox-bytes: 200000000
        receipts-bytes: 200000000

      """, "\(folder)/hub.yaml")
    let parties = fanOuts.map(sender) + [other] + recipients + [translated, reduced]
    for agency in parties {
      try put(
        """
        id: \(agency)
        name: \(agency)
        jurisdiction: EU
        sends: [stix, misp, nis2]
        accepts:
          - format: nis2
            kinds: [early-warning]
          - format: \(agency == translated ? "misp" : "stix")
        maximum-tlp: TLP:RED

        """, "\(folder)/agencies/\(agency).yaml")
    }
    var grants = ""
    for fanOut in fanOuts {
      grants += grant("\(sender(fanOut))-all", sender(fanOut), recipients.prefix(fanOut))
    }
    grants += grant("translated", other, [translated]) + grant("reduced", other, [reduced], tlp: "TLP:CLEAR")
    try put(
      """
      id: bench
      title: Terms of a measurement
      version: 1
      parties: [\(parties.joined(separator: ", "))]
      status: trial
      effective-from: 2020-01-01
      legal-bases:
        - id: basis
          title: A basis
      purposes: [detection]
      unmarked: withhold
      grants:
      \(grants)
      """, "\(folder)/arrangements/bench.yaml")
  }

  private static func grant(
    _ id: String, _ from: String, _ to: some Collection<String>,
    tlp: String = "TLP:AMBER"
  ) -> String {
    """
      - id: \(id)
        from: \(from)
        to: [\(to.joined(separator: ", "))]
        kinds: [event, indicators, bundle, early-warning]
        object-types: [all]
        maximum-tlp: \(tlp)

    """
  }

  private static func put(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
  }
}

/// Why nothing can be measured, in a sentence.
struct Trouble: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
