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
  let onTaking: TakingObserver
  /// Messages that were accepted a moment ago, so that their delivery need not read them again.
  let recent: RecentMessages
  /// Wakes the deliveries to an agency.
  let bells: Bells
  /// Deliveries that wait in memory for their outlet.
  let handedOver = HandedOver()
  /// For what may have ended a hub before.
  let isolation = Isolation()
  /// Bounds the bodies that all intakes hold at a time; beyond it their sockets are not read.
  private let bodies: AMQPByteBudget
  private let hubPassword: String
  private let state: Mutex<State>

  private struct State {
    /// As the ledger has it.
    var base: ActiveConfiguration
    /// The same with what operators have suspended since.
    var current: ActiveConfiguration
    var switches = Switches()
    /// When agencies were heard since somebody asked last.
    var heard: [AgencyID: Instant] = [:]
    /// What the broker said to connections that it stopped, by agency.
    var blocked: [AgencyID: String] = [:]
  }

  package init(
    owner: String, configuration: ActiveConfiguration, ledger: Ledger, keys: HubKeys, hubPassword: String,
    clock: any HubClock, logger: Logger, observe: @escaping StepObserver,
    onTaking: @escaping TakingObserver = { _ in }
  ) {
    self.owner = owner
    self.ledger = ledger
    self.keys = keys
    self.clock = clock
    self.logger = logger
    self.observe = observe
    self.onTaking = onTaking
    self.hubPassword = hubPassword
    recent = RecentMessages(maximumBytes: 512 << 20)
    bells = Bells()
    bodies = AMQPByteBudget(bytes: configuration.configuration.settings.flow.memoryBytes)
    state = Mutex(State(base: configuration, current: configuration))
  }

  /// The configuration in force, with its version in the ledger.
  package var current: ActiveConfiguration { state.withLock { $0.current } }

  /// What operators have switched off.
  package var switches: Switches { state.withLock { $0.switches } }

  /// Decides by another configuration from now on; what is under way ends by the one that it began with.
  func takeUp(_ configuration: ActiveConfiguration) {
    state.withLock {
      $0.base = configuration
      $0.current = configuration.suspending($0.switches.suspended)
    }
  }

  func takeUp(_ switches: Switches) {
    state.withLock {
      guard $0.switches != switches else { return }
      $0.switches = switches
      $0.current = $0.base.suspending(switches.suspended)
    }
  }

  func noteHeard(_ agency: AgencyID) {
    let now = clock.now()
    state.withLock { $0.heard[agency] = now }
  }

  /// When agencies were heard since this was asked last.
  func takeHeard() -> [AgencyID: Instant] {
    state.withLock { state in
      defer { state.heard = [:] }
      return state.heard
    }
  }

  /// What the broker says to the connection that delivers to an agency; nil when it takes everything.
  func note(blocked reason: String?, to agency: AgencyID) { state.withLock { $0.blocked[agency] = reason } }

  /// What the broker says, where it stops any connection of this hub.
  var blocked: String? { state.withLock { state in state.blocked.min { $0.key < $1.key }?.value } }

  /// Returns when no quarantine holds the hub back any more, or the task is cancelled.
  func untilReleased() async {
    while switches.isQuarantined, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(250)) }
  }

  /// How to reach an agency's virtual host as the hub.
  package func link(to agency: AgencyID, purpose: String) -> AgencyLink {
    let settings = current.configuration.settings
    var connection = AMQPConfiguration(
      host: settings.broker.host, port: UInt16(clamping: settings.broker.port),
      vhost: settings.broker.vhostPrefix + agency.slug,
      username: settings.broker.vhostPrefix + settings.broker.hubUser, password: hubPassword,
      connectionName: "entente \(purpose) \(agency)", maximumBodyBytes: settings.limits.messageBytes)
    connection.tls = settings.broker.tls.map { AMQPTLS($0) }
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

  func suspending(_ agencies: Set<AgencyID>) -> ActiveConfiguration {
    ActiveConfiguration(version: version, configuration: configuration.suspending(agencies))
  }
}

extension AMQPTLS {
  /// TLS as the settings ask for it.
  package init(_ settings: HubSettings.TLS) {
    self.init(
      trust: settings.authorityFile.map { .file($0) } ?? .system, serverName: settings.serverName)
    if let certificate = settings.certificateFile, let key = settings.keyFile {
      identity = Identity(certificateChainFile: certificate, privateKeyFile: key)
    }
  }
}
