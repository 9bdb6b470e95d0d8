import BrokerTestSupport
import Contract
import Foundation
import Hub
import Ledger
import Logging

/// Sets fire to an exchange, and proves afterwards, from its agencies' side, that nothing was lost and nothing leaked:
/// `make fire`.
@main
struct Fire {
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == "--poisoned-hub", arguments.count == 3 {
      await PoisonedHub.run(folder: arguments[1], poison: arguments[2])
      return
    }
    guard let options = FireOptions(arguments) else {
      say(FireOptions.usage)
      exit(2)
    }
    do {
      exit(try await Fire(options: options).burn() ? 0 : 1)
    } catch {
      say("fire: it could not burn: \(error)")
      exit(2)
    }
  }

  let options: FireOptions

  /// The folder of the built programs, this one among them.
  private static var programs: String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
  }

  /// True where nothing was lost and nothing leaked.
  func burn() async throws -> Bool {
    let ground = try await FireGround.prepare(mounts: getuid() == 0 && options.seconds > 60)
    say("seed \(options.seed); \(ground.folder)")
    let movedClock = await MovedClock(folder: ground.folder)
    let plan = FirePlan(options, canMount: ground.hasOwnDisk, canMoveClock: movedClock != nil)
    if !ground.hasOwnDisk { say("not filled: the ledger's disk (a long fire as root has one of its own)") }
    let keeper = HubKeeper(folder: ground.folder, programs: Self.programs, movedClock: movedClock)
    endWhenTold(keeper, ground)
    let result: Bool
    do {
      result = try await burn(plan, on: ground, keeper)
    } catch {
      await keeper.kill()
      await ground.end(keeps: options.keeps)
      throw error
    }
    await ground.end(keeps: options.keeps || !result)
    return result
  }

  private func burn(_ plan: FirePlan, on ground: FireGround, _ keeper: HubKeeper) async throws -> Bool {
    let witness = Witness(seed: options.seed)
    let senders = Parties.senders.map {
      SenderSide($0, broker: ground.broker(of: $0), folder: ground.folder, witness: witness)
    }
    let load = Load(options, senders: senders, witness: witness)
    let hub = HubControl(keeper, on: ground)
    let faults = Faults(plan, on: ground, hub: hub, load: load, witness: witness, seed: options.seed)
    let operators = Operators(programs: Self.programs, on: ground, hub: hub, options: options, faults: faults)
    try await keeper.start()
    let agencies = Task {
      await withTaskGroup(of: Void.self) { group in
        for sender in senders { group.addTask { await sender.run() } }
        for agency in Parties.all where agency != Parties.faun {
          group.addTask { await recipient(agency, ground, witness).run() }
        }
      }
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await load.run() }
      group.addTask { await faults.run() }
      group.addTask { await operators.run() }
    }
    say("the fire is out after \(Int(options.seconds)) s of load; what it left is finished now")
    let aftermath = Aftermath(ground: ground, witness: witness, load: load, programs: Self.programs)
    try await aftermath.awaitReceipts()
    await operators.finish()
    try await aftermath.awaitDeliveries()
    let full = try await aftermath.fullInbox()
    // Its reader comes back, and what waited flows by itself.
    let late = Task { await recipient(Parties.faun, ground, witness).run() }
    try await aftermath.awaitEverything()
    let status = await keeper.stop(within: .seconds(25))
    agencies.cancel()
    late.cancel()
    var troubles = faults.failures + operators.failures
    if status != 0 { troubles.append("the hub did not stop in order: \(status.map { "status \($0)" } ?? "killed")") }
    troubles += await keeper.ownEnds.map { "a hub ended by itself: \($0)" }
    return try await aftermath.report(
      faults: faults.counts, full: full, approvals: operators.approvals, troubles: troubles, seed: options.seed)
  }

  private func recipient(_ agency: AgencyID, _ ground: FireGround, _ witness: Witness) -> RecipientSide {
    RecipientSide(agency: agency, broker: ground.broker(of: agency), witness: witness)
  }

  /// SIGINT and SIGTERM end hub and broker too.
  private func endWhenTold(_ keeper: HubKeeper, _ ground: FireGround) {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        Task {
          await keeper.kill()
          await ground.end(keeps: options.keeps)
          exit(130)
        }
      }
      source.activate()
      Self.sources.append(source)
    }
  }

  nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []
}

/// A hub in this program that a certain message ends.
enum PoisonedHub {
  static func run(folder: String, poison: String) async {
    signal(SIGXFSZ, SIG_IGN)
    do {
      var logger = Logger(label: "poisoned") { StreamLogHandler.standardError(label: $0) }
      logger.logLevel = .warning
      let hub = Hub(
        try HubHome.open(folder: folder), logger: logger,
        onTaking: { if $0 == poison { kill(getpid(), SIGKILL) } })
      try await hub.run()
    } catch {
      say("the poisoned hub ended: \(error)")
      exit(1)
    }
  }
}
