import Broker
import BrokerTestSupport
import Contract
import Foundation
import Synchronization

/// Does what the plan says, and counts it.
final class Faults: Sendable {
  private let plan: FirePlan
  private let ground: FireGround
  private let hub: HubControl
  private let load: Load
  private let witness: Witness
  private let seed: UInt64
  private let begin = ContinuousClock.now
  private let done = Mutex<[String: Int]>([:])
  private let failed = Mutex<[String]>([])

  init(
    _ plan: FirePlan, on ground: FireGround, hub: HubControl, load: Load, witness: Witness, seed: UInt64
  ) {
    self.plan = plan
    self.ground = ground
    self.hub = hub
    self.load = load
    self.witness = witness
    self.seed = seed
  }

  /// How often each fault was brought about.
  var counts: [String: Int] { done.withLock { $0 } }
  /// Faults that could not be brought about as planned.
  var failures: [String] { failed.withLock { $0 } }

  func count(_ name: String) { done.withLock { $0[name, default: 0] += 1 } }

  /// Goes through the plan; kinds of faults side by side.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      for (kind, moments) in plan.moments {
        group.addTask {
          for (number, moment) in moments.enumerated() {
            // On a slow machine faults come late, and not in a row: something has to happen between them.
            if number > 0 { try? await Task.sleep(for: kind.gap) }
            try? await Task.sleep(until: self.begin + .seconds(moment.at))
            guard !Task.isCancelled else { return }
            do {
              try await self.bring(moment.fault, number)
              self.count(moment.fault.name)
            } catch {
              self.failed.withLock { $0.append("\(kind.rawValue), \(moment.fault.name): \(error)") }
            }
          }
        }
      }
    }
  }

  private func bring(_ fault: FirePlan.Fault, _ number: Int) async throws {
    switch fault {
    case .killHub(let pause, let clock): try await hub.killed(pause: pause, clock: clock)
    case .poison: try await poison(number)
    case .killBroker(let pause): try await killBroker(pause)
    case .memoryAlarm(let seconds):
      try await alarm(["set_vm_memory_high_watermark", "absolute"], "1000000", "2000000000", seconds)
    case .diskAlarm(let seconds): try await alarm(["set_disk_free_limit"], "100000000000000", "200000000", seconds)
    case .cutConnections:
      ground.hubProxy.cut()
      ground.agencyProxy.cut()
    case .stallConnections(let seconds): await slow(.stall, seconds)
    case .byteByByte(let seconds): await slow(.byteByByte, seconds)
    case .fileSizeLimit(let seconds): await hub.withFileLimit(65_536, seconds)
    case .pageLimit(let seconds): try await hub.withPageLimit(seconds)
    case .diskFull(let seconds): try await fillDisk(seconds)
    }
  }

  /// A message that ends each hub that takes it up, until a hub gives it to the operators.
  private func poison(_ number: Int) async throws {
    let message = KnownMessage(number: 90_000_000 + number, sort: .poison, sender: Parties.ares, seed: seed)
    try await hub.poisoned(by: message.messageID) {
      await load.add(message)
      try await eventually("the poison is given to the operators", within: .seconds(600)) {
        witness.receipts(of: message.messageID, to: message.sender).contains { $0.causes.contains("poison") }
      }
    }
  }

  private func killBroker(_ pause: Double) async throws {
    await ground.node.kill()
    try? await Task.sleep(for: .seconds(pause))
    for attempt in 1...5 {
      do {
        return try await ground.node.startAgain()
      } catch {
        if attempt == 5 { throw error }
      }
    }
  }

  private func alarm(_ command: [String], _ raised: String, _ cleared: String, _ seconds: Double) async throws {
    _ = try await ground.node.runCtl(command + [raised])
    try? await Task.sleep(for: .seconds(seconds))
    _ = try await ground.node.runCtl(command + [cleared])
  }

  private func slow(_ mode: Proxy.Mode, _ seconds: Double) async {
    ground.hubProxy.set(mode)
    ground.agencyProxy.set(mode)
    try? await Task.sleep(for: .seconds(seconds))
    ground.hubProxy.set(.forward)
    ground.agencyProxy.set(.forward)
  }

  /// Takes all room on the ledger's disk, and gives it back.
  private func fillDisk(_ seconds: Double) async throws {
    let path = ground.ledgerFolder + "/ballast"
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw FireTrouble("the ballast cannot be made") }
    defer {
      close(file)
      unlink(path)
    }
    let end = ContinuousClock.now + .seconds(seconds)
    var size = 0
    var step = 64 << 20
    // The hub writes meanwhile, and gives room back at checkpoints: filled again and again.
    while ContinuousClock.now < end {
      if posix_fallocate(file, off_t(size), off_t(step)) == 0 {
        size += step
      } else if step > 4096 {
        step /= 2
      } else {
        try? await Task.sleep(for: .milliseconds(50))
        step = 1 << 20
      }
    }
  }
}
