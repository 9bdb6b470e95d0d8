import AMQP
import Broker
import BrokerTestSupport
import Contract
import Foundation
import Hub
import Sharing

/// What a fire is set on: a broker of its own, the folder of a hub, and the ways that both hub and agencies take to the
/// broker.
final class FireGround: Sendable {
  let folder: String
  let node: PrivateNode
  /// Between the hub and the broker.
  let hubProxy: Proxy
  /// Between the agencies and the broker.
  let agencyProxy: Proxy
  let passwords: [AgencyID: String]
  /// The configuration as it is written at first.
  let terms: FireTerms
  /// Whether the ledger lies on a disk of its own that can be filled.
  let hasOwnDisk: Bool

  /// An inbox holds so many bytes; what is left unread fills it soon.
  static let inboxBytes = 131_072

  var ledgerFolder: String { folder + "/ledger" }

  private init(
    folder: String, node: PrivateNode, hubProxy: Proxy, agencyProxy: Proxy, passwords: [AgencyID: String],
    terms: FireTerms, hasOwnDisk: Bool
  ) {
    self.folder = folder
    self.node = node
    self.hubProxy = hubProxy
    self.agencyProxy = agencyProxy
    self.passwords = passwords
    self.terms = terms
    self.hasOwnDisk = hasOwnDisk
  }

  /// Starts the broker, writes the configuration and applies the topology.
  static func prepare(mounts: Bool) async throws -> FireGround {
    var template = Array("/tmp/entente-fire-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FireTrouble("no folder can be made in /tmp") }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for name in ["agencies", "arrangements", "ledger"] { mkdir("\(folder)/\(name)", 0o700) }
    let hasOwnDisk = mounts && mount("tmpfs", folder + "/ledger", "tmpfs", 0, "size=2g,mode=700") == 0
    var options = SharedBroker.testOptions
    options.folder = folder + "/broker"
    let node = try await PrivateNode.start(options)
    let hubProxy = Proxy(to: node.amqpPort)
    let agencyProxy = Proxy(to: node.amqpPort)
    let terms = FireTerms(port: hubProxy.port, managementPort: node.managementPort, administrator: node.user)
    try terms.write(to: folder)
    let configuration = try Configuration.load(folder: folder)
    let secrets = try SecretsFolder(path: configuration.settings.secretsFolder, create: true)
    try secrets.keep(password: node.password, of: node.user)
    try await TopologyInstaller(configuration: configuration, management: node.management, diskRoom: node.diskRoom)
      .apply()
    var passwords: [AgencyID: String] = [:]
    for agency in Parties.all { passwords[agency] = try secrets.password(of: agency.slug) }
    return FireGround(
      folder: folder, node: node, hubProxy: hubProxy, agencyProxy: agencyProxy, passwords: passwords,
      terms: terms, hasOwnDisk: hasOwnDisk)
  }

  /// How an agency's own system reaches its virtual host.
  func broker(of agency: AgencyID) -> AMQPConfiguration {
    AMQPConfiguration(
      port: agencyProxy.port, vhost: agency.slug, username: agency.slug, password: passwords[agency] ?? "",
      heartbeatSeconds: 3, connectTimeoutSeconds: 5)
  }

  /// Ends the broker; removes the folder unless it is to stay.
  func end(keeps: Bool) async {
    hubProxy.stop()
    agencyProxy.stop()
    await node.stop()
    guard !keeps else { return }
    if hasOwnDisk { umount2(ledgerFolder, 2) }
    try? FileManager.default.removeItem(atPath: folder)
  }
}

/// Why a fire cannot burn, or what nobody expected, in a sentence.
struct FireTrouble: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// The configuration of a fire.
struct FireTerms: Sendable {
  let port: UInt16
  let managementPort: UInt16
  let administrator: String
  /// The ledger's own limit, while there is one.
  var ledgerBytes: Int?
  /// Whether Boreas may send MISP events.
  var boreasSendsMISP = false

  func write(to folder: String) throws {
    try writeSettings(to: folder)
    for agency in Parties.all { try write(agency, to: folder) }
    try put(arrangement, folder + "/arrangements/fire.yaml")
  }

  func writeSettings(to folder: String) throws {
    let limit = ledgerBytes.map { "  ledger-bytes: \($0)\n" } ?? ""
    try put(
      """
      name: fire
      broker:
        port: \(port)
        management:
          port: \(managementPort)
        users:
          administrator: \(administrator)
      ledger: ledger/fire.sqlite
      secrets-folder: secrets
      limits:
        message-bytes: 65536
        intake-bytes: 33554432
        inbox-bytes: \(FireGround.inboxBytes)
        dead-bytes: 8388608
        receipts-bytes: 33554432
      retry:
        first-milliseconds: 100
        longest-milliseconds: 2000
      flow:
        reserve-bytes: 8388608
      \(limit)
      """, folder + "/hub.yaml")
  }

  func write(_ agency: AgencyID, to folder: String) throws {
    let sends =
      switch agency {
      case Parties.boreas where boreasSendsMISP: "stix, misp"
      case Parties.ceres: "stix, nis2"
      default: "stix"
      }
    try put(
      """
      id: \(agency)
      name: Agency \(agency)
      jurisdiction: EU
      sends: [\(sends)]
      accepts:
        - format: \(agency == Parties.eos ? "misp" : "stix")
      maximum-tlp: TLP:RED

      """, "\(folder)/agencies/\(agency).yaml")
  }

  private var arrangement: String {
    let parties = (Parties.senders + Parties.recipients).map(\.slug).joined(separator: ", ")
    var text = """
      id: fire
      title: Terms of a fire
      version: 1
      parties: [\(parties)]
      status: trial
      effective-from: 2020-01-01
      legal-bases:
        - id: basis
          title: A basis
      purposes: [detection]
      unmarked: withhold
      grants:

      """
    func grant(_ id: String, _ from: AgencyID, _ to: [AgencyID], _ tlp: String, _ more: String = "") {
      text += """
          - id: \(id)
            from: \(from)
            to: [\(to.map(\.slug).joined(separator: ", "))]
            kinds: [event, indicators, malware, bundle]
            object-types: [all]
            maximum-tlp: \(tlp)
        \(more.isEmpty ? "" : "    \(more)\n")
        """
    }
    for sender in Parties.senders {
      grant("\(sender)-wide", sender, [Parties.dike, Parties.eos, Parties.faun], "TLP:AMBER")
      grant("\(sender)-green", sender, [Parties.hera], "TLP:GREEN")
      grant("\(sender)-asked", sender, [Parties.gaia], "TLP:AMBER", "needs-approval: true")
    }
    text += """
        - id: warnings
          from: ceres
          to: [dike]
          kinds: [early-warning]
          object-types: [all]
          maximum-tlp: TLP:AMBER

      """
    return text
  }

  private func put(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
  }
}
