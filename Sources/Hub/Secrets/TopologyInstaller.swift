package import Broker
package import Contract
package import Sharing

/// Brings broker and secrets folder to what a configuration asks for: makes the keys and the users' passwords where
/// there are none yet, then applies the topology.
package struct TopologyInstaller: Sendable {
  private let configuration: Configuration
  private let applier: TopologyApplier

  /// - Parameters:
  ///   - management: as a user of the broker with the tag `administrator`.
  ///   - diskRoom: what a private node says it may still write; nil asks the broker, which needs some seconds to know.
  package init(configuration: Configuration, management: ManagementAPI, diskRoom: Int? = nil) {
    self.configuration = configuration
    applier = TopologyApplier(management: management, diskRoom: diskRoom)
  }

  /// What ``apply()`` would do now; changes nothing, neither on the broker nor in the secrets folder.
  package func plan() async throws(HubError) -> TopologyPlan {
    let secrets = try? SecretsFolder(path: configuration.settings.secretsFolder, create: false)
    return try await applier.plan(
      try topology(try await applier.brokerMajor()) { (user) throws(HubError) in try secrets?.password(of: user) })
  }

  /// Makes what is missing and returns what was done on the broker.
  @discardableResult
  package func apply() async throws(HubError) -> TopologyPlan {
    let secrets = try SecretsFolder(path: configuration.settings.secretsFolder, create: true)
    return try await applier.apply(
      try topology(try await applier.brokerMajor()) { (user) throws(HubError) in
        try secrets.passwordMakingOne(of: user)
      })
  }

  /// Takes an agency's permissions away and closes its connections, whatever the configuration says.
  package func lockOut(_ agency: AgencyID) async throws(HubError) {
    try await applier.lockOut(user: configuration.settings.broker.vhostPrefix + agency.slug)
  }

  /// Messages that the broker holds back from dead-lettering: each is an alarm.
  package func alarms() async throws(HubError) -> [TopologyAlarm] {
    try await applier.alarms(try topology(3) { _ in nil })
  }

  private func topology(
    _ brokerMajor: Int, _ password: (String) throws(HubError) -> String?
  ) throws(HubError) -> Topology {
    let broker = configuration.settings.broker
    var passwords: [AgencyID: String] = [:]
    for agency in configuration.agencies.keys.sorted() {
      passwords[agency] = try password(broker.vhostPrefix + agency.slug)
    }
    return try Topology(
      configuration, hubPassword: try password(broker.vhostPrefix + broker.hubUser), passwords: passwords,
      brokerMajor: brokerMajor)
  }
}
