import Contract
import Glibc
import Ledger
package import Logging
import ServiceLifecycle
import Sharing

/// A running hub: for each agency an intake and an outlet, and for the hub as a whole the operators' acts.
///
/// Nothing in it assumes that it is the only one on its ledger and broker. It ends in order when its service group shuts
/// down: it takes nothing more, finishes what is under way, and gives back what it had claimed.
package final class Hub: Service {
  private static let beatMilliseconds: Int64 = 1000
  /// By how much clocks of hubs on one ledger may differ.
  private static let clockToleranceMilliseconds: Int64 = 60_000
  /// How often the log's head is signed, in milliseconds.
  private static let headMilliseconds: Int64 = 600_000
  /// How often a hub looks for what its retention ends for, in milliseconds.
  private static let expiryMilliseconds: Int64 = 5000

  private let home: HubHome
  private let clock: any HubClock
  private let logger: Logger
  private let observe: StepObserver
  private let onTaking: TakingObserver
  private let silenceMilliseconds: Int64

  /// - Parameter silenceMilliseconds: how long a hub may show no sign of life before its claims are taken from it.
  package init(
    _ home: HubHome, clock: any HubClock = SystemClock(), logger: Logger, silenceMilliseconds: Int64 = 10_000,
    observe: @escaping StepObserver = { _ in }, onTaking: @escaping TakingObserver = { _ in }
  ) {
    self.home = home
    self.silenceMilliseconds = silenceMilliseconds
    self.clock = clock
    self.logger = logger
    self.observe = observe
    self.onTaking = onTaking
  }

  /// Runs until the service group shuts down or the task is cancelled.
  package func run() async throws {
    home.configuration.prepareFormats()
    guard let context = try await begin() else { return }
    logger.info(
      "the hub is running",
      metadata: [
        "hub": "\(context.owner)", "configuration": "\(context.current.version)",
        "agencies": "\(home.configuration.agencies.count)",
      ])
    try await cancelWhenGracefulShutdown { try await self.work(context) }
    do {
      try await context.ledger.retire(hub: context.owner, at: clock.now())
    } catch {
      // What it held is free when its silence has lasted long enough.
      logger.error("the hub could not give back what it held", metadata: ["reason": "\(error)"])
    }
    await signHead(context)
    logger.info("the hub has stopped", metadata: ["hub": "\(context.owner)"])
  }

  /// Signs on with the ledger, as often as it takes: a disk that is full now will have room again. Nil where the task is
  /// cancelled before.
  private func begin() async throws -> HubContext? {
    while !Task.isCancelled, !Task.isShuttingDownGracefully {
      do {
        let context = try await makeContext()
        context.takeUp(Switches(try await context.ledger.switches()))
        try await context.ledger.beat(hub: context.owner, configuration: context.current.version, at: clock.now())
        return context
      } catch let error as LedgerError where error.isTransient {
        logger.error("the ledger takes nothing: the hub waits to begin", metadata: ["reason": "\(error)"])
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) }
      }
    }
    return nil
  }

  private func work(_ context: HubContext) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await HubLead(home: self.home, context: context).run() }
      group.addTask {
        try await Self.persistently("replay", context) {
          await context.untilReleased()
          try await ReplayWorker(context: context).run()
        }
      }
      group.addTask { try await Self.persistently("holds", context) { try await HoldKeeper(context: context).run() } }
      group.addTask { try await Self.persistently("heartbeat", context) { try await self.beat(context) } }
      group.addTask { try await Self.persistently("retention", context) { try await Self.expire(context) } }
      try await group.waitForAll()
    }
  }

  /// Goes on after a failure of the ledger, until the task is cancelled.
  private static func persistently(
    _ name: String, _ context: HubContext, _ body: () async throws -> Void
  ) async throws {
    while !Task.isCancelled {
      do {
        try await body()
      } catch {
        guard !Task.isCancelled else { return }
        context.logger.error(
          "a part of the hub failed and begins again", metadata: ["part": "\(name)", "reason": "\(error)"])
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  /// Says each second that this hub lives, frees what hubs hold that no longer do, and signs the log's head from time to
  /// time, so that a later change of the log can be told.
  private func beat(_ context: HubContext) async throws {
    var nextHead = Instant(milliseconds: 0)
    while !Task.isCancelled {
      let now = context.clock.now()
      try await context.ledger.beat(hub: context.owner, configuration: context.current.version, at: now)
      try await context.ledger.noteHeard(context.takeHeard())
      try await takeBack(context, at: now)
      if now >= nextHead {
        await signHead(context)
        nextHead = now.adding(milliseconds: Self.headMilliseconds)
      }
      let alive = try await context.ledger.liveHubs(since: now.adding(milliseconds: -silenceMilliseconds)).map(\.id)
      for owner in try await context.ledger.claimOwners().subtracting(alive) {
        let count = try await context.ledger.releaseClaims(of: owner, at: now)
        context.logger.notice(
          "freed the claims of a hub that died", metadata: ["hub": "\(owner)", "count": "\(count)"])
      }
      try await Task.sleep(for: .milliseconds(Self.beatMilliseconds))
    }
  }

  /// After a clock was wrong, whoever's: nothing shall wait for a time that was never meant.
  private func takeBack(_ context: HubContext, at now: Instant) async throws {
    let retry = Int64(context.current.configuration.settings.retry.longestMilliseconds)
    let horizon = now.adding(milliseconds: max(retry, Outlet.leaseMilliseconds) + Self.clockToleranceMilliseconds)
    let count = try await context.ledger.takeBack(beyond: horizon, at: now)
    if count > 0 {
      context.logger.warning("a clock was wrong: what was due too late is due now", metadata: ["count": "\(count)"])
    }
  }

  /// Erases what its retention ends for; one hub at a time.
  private static func expire(_ context: HubContext) async throws {
    while !Task.isCancelled {
      try await Task.sleep(for: .milliseconds(expiryMilliseconds))
      await context.untilReleased()
      try context.ledger.takeUpPayloadKeys()
      let now = context.clock.now()
      guard
        try await context.ledger.lease(
          "retention", owner: context.owner, now: now, leaseMilliseconds: 4 * expiryMilliseconds)
      else { continue }
      let count = try await context.ledger.expire(at: now)
      if count > 0 {
        context.logger.info("payloads were erased at the end of their time", metadata: ["count": "\(count)"])
      }
    }
  }

  /// A head that cannot be signed now is an error in the log, and stops nothing: `entente audit verify` says why.
  private func signHead(_ context: HubContext) async {
    do {
      _ = try await context.ledger.signHead(by: context.keys.headSigner, at: context.clock.now())
    } catch {
      context.logger.error("the log's head could not be signed", metadata: ["reason": "\(error)"])
    }
  }

  private func makeContext() async throws -> HubContext {
    let settings = home.configuration.settings
    let user = settings.broker.vhostPrefix + settings.broker.hubUser
    guard let password = try home.secrets.password(of: user) else {
      throw HubError(
        .secrets,
        "There is no password of the broker's user \(user) in \(home.secrets.path): run `entente topology apply`, "
          + "which makes the user and keeps its password there.")
    }
    let version = try await home.ledger.configurationVersion(
      for: home.configuration.digest, files: ConfigurationFiles(folder: home.folder).encoded(), at: clock.now())
    return HubContext(
      owner: "\(settings.name)/\(getpid())-\(UInt32.random(in: .min ... .max))",
      configuration: ActiveConfiguration(version: version, configuration: home.configuration), ledger: home.ledger,
      keys: home.keys, hubPassword: password, clock: clock, logger: logger, observe: observe,
      onTaking: onTaking)
  }
}
