package import Contract
package import Sharing

/// What the broker shall have for an exchange: derived from its agencies and settings alone, the wire contract in the
/// broker's words (`Docs/architecture.md`, "The wire contract").
///
/// Each agency has a virtual host and a user, both named `<prefix><slug>`. The user writes to `outbox`, reads its
/// inboxes and receipts, and configures nothing. The hub's user reads the intake queues and writes through the default
/// exchange. The only argument of a queue is its type, which can never change; all bounds are policies, which can.
package struct Topology: Sendable {
  /// What shall be, with its content in the form of the broker's definitions.
  package let items: [TopologyItem: [String: TopologyValue]]
  /// What shall not be: the permissions of agencies that are suspended.
  let absent: Set<TopologyItem>
  /// Passwords of users, as far as they are known.
  let passwords: [String: String]
  let hubUser: String
  /// The user that applies the topology; the broker lets it into each virtual host that it makes.
  let administrator: String
  /// The most that all queues together may hold.
  package let boundBytes: Int

  /// The virtual hosts, sorted.
  package var vhosts: [String] {
    items.keys.compactMap { if case .vhost(let name) = $0 { name } else { nil } }.sorted()
  }

  /// - Parameters:
  ///   - agencies: each agency, and whether it is suspended: then its user may do nothing.
  ///   - passwords: those of the agencies' users. One that is missing is not compared, and `apply` asks for it.
  ///   - brokerMajor: the broker's major version: from 4 on it has a limit of its own where it is told of none.
  /// - Throws: `.configuration` where an agency's user would be the hub's or the administrator's.
  package init(
    prefix: String, agencies: [AgencyID: Bool], hubUser: String, administrator: String, limits: HubSettings.Limits,
    hubPassword: String?, passwords: [AgencyID: String], brokerMajor: Int = 3
  ) throws(HubError) {
    var items: [TopologyItem: [String: TopologyValue]] = [:]
    var absent: Set<TopologyItem> = []
    var known: [String: String] = [:]
    let hub = prefix + hubUser
    items[.user(hub)] = Self.user
    known[hub] = hubPassword
    for (agency, isSuspended) in agencies {
      let name = prefix + agency.slug
      guard name != hub, name != administrator else {
        throw HubError(
          .configuration,
          "The agency \(agency) has the name of a user of the hub (\(name)): give that user another "
            + "name in hub.yaml, under broker.users.")
      }
      known[name] = passwords[agency]
      items[.user(name)] = Self.user
      items.merge(Self.vhost(name, hub: hub, limits: limits, brokerMajor: brokerMajor)) { first, _ in first }
      if isSuspended {
        absent.insert(.permissions(user: name, vhost: name))
      } else {
        items[.permissions(user: name, vhost: name)] = Self.permissions(
          write: "^\(ExchangeNames.outbox)$", read: #"^(inbox\.(incident|threat)|receipts)$"#)
      }
    }
    self.items = items
    self.absent = absent
    self.passwords = known
    self.hubUser = hub
    self.administrator = administrator
    boundBytes =
      agencies.count
      * (Lane.allCases.count * (limits.intakeBytes + limits.inboxBytes) + limits.deadBytes + limits.receiptsBytes)
  }

  /// The topology of a configuration.
  package init(
    _ configuration: Configuration, hubPassword: String?, passwords: [AgencyID: String], brokerMajor: Int = 3
  ) throws(HubError) {
    let broker = configuration.settings.broker
    try self.init(
      prefix: broker.vhostPrefix, agencies: configuration.agencies.mapValues(\.isSuspended), hubUser: broker.hubUser,
      administrator: broker.administratorUser, limits: configuration.settings.limits, hubPassword: hubPassword,
      passwords: passwords, brokerMajor: brokerMajor)
  }
}

extension Topology {
  /// How long a receipt waits for its agency.
  private static let receiptMilliseconds: Int64 = 30 * 24 * 60 * 60 * 1000

  private static let user: [String: TopologyValue] = ["tags": .list([])]

  private static func permissions(write: String, read: String) -> [String: TopologyValue] {
    ["configure": .text("^$"), "write": .text(write), "read": .text(read)]
  }

  private static func exchange(_ type: String) -> [String: TopologyValue] {
    [
      "type": .text(type), "durable": .flag(true), "auto_delete": .flag(false), "internal": .flag(false),
      "arguments": .table([:]),
    ]
  }

  private static let queue: [String: TopologyValue] = [
    "durable": .flag(true), "auto_delete": .flag(false), "arguments": .table(["x-queue-type": .text("quorum")]),
  ]

  /// A policy for one queue or exchange.
  private static func policy(
    of name: String, applyTo: String = "queues", _ definition: [String: TopologyValue]
  ) -> [String: TopologyValue] {
    let pattern = "^" + name.replacing(".", with: #"\."#) + "$"
    return [
      "pattern": .text(pattern), "apply-to": .text(applyTo), "priority": .integer(10), "definition": .table(definition),
    ]
  }

  private static func full(_ bytes: Int, _ overflow: String) -> [String: TopologyValue] {
    ["max-length-bytes": .integer(Int64(bytes)), "overflow": .text(overflow)]
  }

  /// Queues that drop nothing however often it is handed out. RabbitMQ 4 drops after 20 times what has no limit set, and
  /// not every 4.x takes a negative limit from a policy as none; 3.x would take one for 0. Hence a number that nobody
  /// reaches, and only from 4 on.
  private static func patience(_ brokerMajor: Int) -> [String: TopologyValue] {
    brokerMajor >= 4 ? ["delivery-limit": .integer(1_000_000_000)] : [:]
  }

  private static func vhost(
    _ vhost: String, hub: String, limits: HubSettings.Limits, brokerMajor: Int
  ) -> [TopologyItem: [String: TopologyValue]] {
    let unlimited = patience(brokerMajor)
    let outbox = ExchangeNames.outbox
    let dead = QueueNames.intakeDead
    var items: [TopologyItem: [String: TopologyValue]] = [
      .vhost(vhost): [:],
      .permissions(user: hub, vhost: vhost): permissions(
        write: #"^amq\.default$"#, read: #"^intake\.(incident|threat|dead)$"#),
      .exchange(outbox, vhost: vhost): exchange("topic"),
      .exchange(ExchangeNames.unrouted, vhost: vhost): exchange("fanout"),
      .exchange(ExchangeNames.dead, vhost: vhost): exchange("fanout"),
      .policy("entente-\(outbox)", vhost: vhost): policy(
        of: outbox, applyTo: "exchanges", ["alternate-exchange": .text(ExchangeNames.unrouted)]),
      .queue(dead, vhost: vhost): queue,
      .policy("entente-\(dead)", vhost: vhost): policy(
        of: dead, full(limits.deadBytes, "reject-publish").merging(unlimited) { $1 }),
      .queue(QueueNames.receipts, vhost: vhost): queue,
      .policy("entente-\(QueueNames.receipts)", vhost: vhost): policy(
        of: QueueNames.receipts,
        full(limits.receiptsBytes, "drop-head").merging(["message-ttl": .integer(receiptMilliseconds)]) { $1 }
          .merging(unlimited) { $1 }),
    ]
    func bind(_ source: String, _ queue: String, _ key: String) {
      items[.binding(.init(source: source, destination: queue, key: key), vhost: vhost)] = ["arguments": .table([:])]
    }
    bind(ExchangeNames.unrouted, dead, "")
    bind(ExchangeNames.dead, dead, "")
    for lane in Lane.allCases {
      let intake = QueueNames.intake(lane)
      items[.queue(intake, vhost: vhost)] = queue
      // At-least-once holds with reject-publish only, and without a key of its own the broker would dead-letter along
      // the sender's CC header.
      let lost: [String: TopologyValue] = [
        "delivery-limit": .integer(Int64(limits.deliveryLimit)), "dead-letter-exchange": .text(ExchangeNames.dead),
        "dead-letter-routing-key": .text(intake), "dead-letter-strategy": .text("at-least-once"),
      ]
      items[.policy("entente-\(intake)", vhost: vhost)] = policy(
        of: intake, full(limits.intakeBytes, "reject-publish").merging(lost) { $1 })
      // Zero words or more after the lane: `incident` and `incident.x.y` alike.
      bind(outbox, intake, "\(lane.rawValue).#")
      let inbox = QueueNames.inbox(lane)
      items[.queue(inbox, vhost: vhost)] = queue
      items[.policy("entente-\(inbox)", vhost: vhost)] = policy(
        of: inbox, full(limits.inboxBytes, "reject-publish").merging(unlimited) { $1 })
    }
    return items
  }
}
