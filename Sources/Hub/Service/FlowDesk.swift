package import Contract
import JSON
import Ledger
import Sharing

/// What an operator does with the flow of a running exchange: pause, resume, suspend, and a new configuration.
package struct FlowDesk: Sendable {
  private let home: HubHome
  private let `operator`: String
  private let clock: any HubClock

  package init(_ home: HubHome, operator: String, clock: any HubClock = SystemClock()) {
    self.home = home
    self.operator = `operator`
    self.clock = clock
  }

  /// Stops something within a second; what is under way is finished. False where it is stopped already.
  package func pause(_ target: Switches.Target, reason: String) async throws -> Bool {
    try check(target)
    return try await home.ledger.set(
      switch: Switches.pause(target), value: note(target.name, reason), act: "pause", operator: `operator`,
      at: clock.now())
  }

  /// Lets it flow again. False where it was not stopped.
  package func resume(_ target: Switches.Target, reason: String) async throws -> Bool {
    try await home.ledger.clear(
      switch: Switches.pause(target), arguments: note(target.name, reason), act: "resume", operator: `operator`,
      at: clock.now())
  }

  /// How many deliveries wait behind something: what a drain waits for.
  package func waiting(behind target: Switches.Target) async throws -> Int {
    try await home.ledger.pendingCount(
      sender: { if case .agency(let agency) = target { agency } else { nil } }(),
      recipient: { if case .recipient(let agency) = target { agency } else { nil } }(),
      lane: { if case .lane(let lane) = target { lane } else { nil } }())
  }

  /// Nothing is taken from an agency and nothing goes to it, within a second; what was decided for it is withheld.
  /// False where it is suspended already.
  package func suspend(_ agency: AgencyID, reason: String) async throws -> Bool {
    try check(.agency(agency))
    return try await home.ledger.set(
      switch: Switches.suspend(agency), value: note(agency.slug, reason), act: "suspend", operator: `operator`,
      at: clock.now())
  }

  /// Ends such a suspension; one in the agency's file stays.
  package func lift(_ agency: AgencyID, reason: String) async throws -> Bool {
    try await home.ledger.clear(
      switch: Switches.suspend(agency), arguments: note(agency.slug, reason), act: "suspension-lifted",
      operator: `operator`, at: clock.now())
  }

  /// Proposes the folder as it is now as the newest version; nil where it is the one in force.
  ///
  /// It was checked whole when the folder was read: one fault, and nothing is proposed.
  package func reload(reason: String) async throws -> Int64? {
    // The bytes that are proposed are the bytes that were checked.
    let files = ConfigurationFiles(folder: home.folder)
    let configuration = try files.configuration(folder: home.folder)
    if let newest = try await home.ledger.newestConfiguration() {
      if newest.digest == configuration.digest { return nil }
      let before = try? ConfigurationFiles(encoded: newest.files).configuration(folder: home.folder)
      if let fault = before?.settings.cannotBecome(configuration.settings) {
        throw HubError(.configuration, "Nothing was proposed: \(fault).")
      }
    }
    let version = try await home.ledger.configurationVersion(
      for: configuration.digest, files: files.encoded(), at: clock.now())
    _ = try await home.ledger.recordAct(
      "reload", arguments: note("version \(version)", reason), operator: `operator`, result: [], at: clock.now())
    return version
  }

  /// The hubs that live, and how many of them follow a version.
  package func following(_ version: Int64) async throws -> (hubs: Int, following: Int) {
    let hubs = try await home.ledger.liveHubs(since: clock.now().adding(milliseconds: -10_000))
    return (hubs.count, hubs.filter { $0.configuration == version }.count)
  }

  private func check(_ target: Switches.Target) throws(HubError) {
    switch target {
    case .intake, .lane: return
    case .agency(let agency), .recipient(let agency):
      guard home.configuration.agencies[agency] != nil else {
        throw HubError(.configuration, "There is no agency \(agency) in \(home.folder).")
      }
    }
  }

  private func note(_ what: String, _ reason: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.object {
      $0.member("what", what)
      $0.member("reason", reason)
    }
    return writer.bytes
  }
}
