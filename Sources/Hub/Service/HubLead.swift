import Contract
import Ledger
import Logging
package import Sharing

/// Follows the ledger while a hub runs: the newest configuration, what operators have switched, and what keeps intake
/// from going on. Each change reaches the parts of the hub within a second.
struct HubLead: Sendable {
  private static let lookMilliseconds = 500

  let home: HubHome
  let context: HubContext

  /// Runs until the task is cancelled, then ends all parts in order.
  func run() async {
    var crew = Crew(context: context)
    var guards = Guards()
    var refused: Int64?
    var hasLooked = false
    await startHearing()
    while !Task.isCancelled {
      do {
        try await followSwitches()
        try await followConfiguration(&refused)
        await watch(&guards)
        hasLooked = true
      } catch {
        context.logger.error("the ledger cannot be followed: all goes on as it was", metadata: ["reason": "\(error)"])
      }
      // Not before it is known what is switched off.
      if hasLooked {
        crew.follow(Roster(context.current.configuration, context.switches, takesIn: guards.takesIn))
      }
      try? await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
    }
    await crew.end()
  }

  private func followSwitches() async throws {
    let switches = Switches(try await context.ledger.switches())
    guard switches != context.switches else { return }
    context.takeUp(switches)
    context.logger.notice(
      "switched by an operator",
      metadata: [
        "paused": "\(switches.paused.map(\.name).sorted())", "suspended": "\(switches.suspended.map(\.slug).sorted())",
        "quarantine": "\(switches.isQuarantined)",
      ])
  }

  /// Takes up the newest version. One that cannot be used here changes nothing, and is told once.
  private func followConfiguration(_ refused: inout Int64?) async throws {
    guard let newest = try await context.ledger.newestConfigurationVersion(), newest != context.current.version,
      newest != refused, let row = try await context.ledger.configuration(newest)
    else { return }
    do {
      let configuration = try ConfigurationFiles(encoded: row.files).configuration(folder: home.folder)
      if let fault = home.configuration.settings.cannotBecome(configuration.settings) {
        throw HubError(.configuration, fault)
      }
      configuration.prepareFormats()
      context.takeUp(ActiveConfiguration(version: newest, configuration: configuration))
      context.logger.notice("another configuration is in force", metadata: ["configuration": "\(newest)"])
    } catch {
      refused = newest
      context.logger.error(
        "the newest configuration cannot be used by this hub, which goes on as it was",
        metadata: ["configuration": "\(newest)", "reason": "\(error)"])
    }
  }

  /// An agency that was never heard counts as silent from now on.
  private func startHearing() async {
    let now = context.clock.now()
    guard let known = try? await context.ledger.heard() else { return }
    let new = context.current.configuration.agencies.keys.filter { known[$0] == nil }
    try? await context.ledger.noteHeard(Dictionary(uniqueKeysWithValues: new.map { ($0, now) }))
  }

  private func watch(_ guards: inout Guards) async {
    let before = guards.alarms
    guards.look(
      free: Guards.freeBytes(at: home.configuration.settings.ledger), room: try? await context.ledger.room(),
      blocked: context.blocked, flow: context.current.configuration.settings.flow)
    guard guards.alarms != before else { return }
    for (name, text) in guards.alarms where before[name] == nil {
      context.logger.error("intake waits", metadata: ["alarm": "\(name)", "reason": "\(text)"])
    }
    if guards.alarms.isEmpty { context.logger.notice("intake goes on", metadata: [:]) }
    // Where there is no room at all for it, `status` finds the same by itself.
    try? await context.ledger.setAlarms(guards.alarms, hub: context.owner, at: context.clock.now())
  }
}

extension HubSettings {
  /// Why a running hub cannot go over to other settings; nil where it can.
  package func cannotBecome(_ other: HubSettings) -> String? {
    if ledger != other.ledger {
      return "the ledger's place cannot change while hubs run: stop all of them, move the file, then start them"
    }
    if secretsFolder != other.secretsFolder {
      return "the secrets folder cannot change while hubs run: stop all of them, move it, then start them"
    }
    if broker.vhostPrefix != other.broker.vhostPrefix || broker.hubUser != other.broker.hubUser {
      return "broker.vhost-prefix and broker.users.hub cannot change while hubs run: they name what hubs are connected "
        + "to; stop all of them, then start them with the new ones"
    }
    return nil
  }
}
