import AMQP
package import Contract
package import Ledger
package import Logging
package import Sharing
import Synchronization

/// What all parts of one running hub share.
package final class HubContext: Sendable {
  /// Names this process in claims and heartbeats.
  package let owner: String
  package let ledger: Ledger
  package let keys: HubKeys
  package let clock: any HubClock
  package let logger: Logger
  package let observe: StepObserver
  /// Messages that were accepted a moment ago, so that their delivery need not read them again.
  let recent: RecentMessages
  /// Wakes the deliveries to an agency.
  let bells: Bells
  /// Deliveries that wait in memory for their outlet.
  let handedOver = HandedOver()
  /// Bounds the bodies that all intakes hold at a time; beyond it their sockets are not read.
  private let bodies = AMQPByteBudget(bytes: 256 << 20)
  private let hubPassword: String
  private let active: Mutex<ActiveConfiguration>

  package init(
    owner: String, configuration: ActiveConfiguration, ledger: Ledger, keys: HubKeys, hubPassword: String,
    clock: any HubClock, logger: Logger, observe: @escaping StepObserver
  ) {
    self.owner = owner
    self.ledger = ledger
    self.keys = keys
    self.clock = clock
    self.logger = logger
    self.observe = observe
    self.hubPassword = hubPassword
    recent = RecentMessages(maximumBytes: 512 << 20)
    bells = Bells()
    active = Mutex(configuration)
  }

  /// The configuration in force, with its version in the ledger.
  package var current: ActiveConfiguration { active.withLock { $0 } }

  /// How to reach an agency's virtual host as the hub.
  package func link(to agency: AgencyID, purpose: String) -> AgencyLink {
    let settings = current.configuration.settings
    var connection = AMQPConfiguration(
      host: settings.broker.host, port: UInt16(clamping: settings.broker.port),
      vhost: settings.broker.vhostPrefix + agency.slug,
      username: settings.broker.vhostPrefix + settings.broker.hubUser, password: hubPassword,
      connectionName: "entente \(purpose) \(agency)", maximumBodyBytes: settings.limits.messageBytes)
    // Connections that deliver consume nothing, so the budget of bodies held is that of all intakes together.
    connection.byteBudget = bodies
    return AgencyLink(configuration: connection, logger: logger)
  }
}

/// A configuration and the number under which the ledger knows it.
package struct ActiveConfiguration: Sendable {
  package let version: Int64
  package let configuration: Configuration

  package init(version: Int64, configuration: Configuration) {
    self.version = version
    self.configuration = configuration
  }
}
