/// A process of its own for the ledger's tests: it writes until it is killed, beside others, or into a full disk, and
/// says on its output what was acknowledged to it.
///
/// - `write PATH PREFIX COUNT`: records COUNT messages (0: without end) from 16 tasks, every eighth with a large payload,
///   and settles every second delivery; one line for each acknowledged step.
/// - `limit PATH BYTES`: records messages until files may grow no further, then lifts the limit and records one more.

import Contract
import Glibc
import Ledger
import Synchronization

final class Counter: Sendable {
  private let number = Mutex(0)

  func next() -> Int {
    number.withLock {
      $0 += 1
      return $0
    }
  }
}

enum Probe {
  static let sender = AgencyID("us-cisa")!
  static let recipient = AgencyID("eu-enisa")!

  static func open(_ path: String) throws -> Ledger {
    let payload = try PayloadKeys { [.init(identifier: "p1", bytes: (0..<32).map { UInt8($0) ^ UInt8(ascii: "1") })] }
    let keys = LedgerKeys(identifier: "k1", hmacKey: Array(repeating: 7, count: 32), payload: payload)
    return try Ledger.open(LedgerSettings(path: path, keys: keys))
  }

  /// One line in one system call: a killed process leaves no half line behind that was acknowledged.
  static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }

  static func intake(_ id: String, size: Int, owner: String) -> Intake {
    let at = Instant(milliseconds: 1_795_500_000_000)
    let pair = Pair(
      recipient: recipient, outcome: .deliver, rule: "grant", arrangement: "eu-us-2026", reason: "Granted.",
      objects: [0, 1], decision: Array("{}".utf8), deliveryID: "d-" + id, lane: .threat, format: .stix)
    let accepted = Accepted(
      format: .stix, version: "2.1", kind: .indicators, tlp: "TLP:GREEN", exercise: false, configuration: 1,
      acceptedAt: at, pairs: [pair])
    return Intake(
      sender: sender, messageID: id, publishedLane: .threat, lane: .threat,
      body: .bytes(Array(id.utf8) + Array(repeating: 0x20, count: size)), receivedAt: at, verdict: .accepted(accepted),
      receipts: ReceiptLines(accepted: Array(id.utf8)), claim: Claim(owner: owner, until: at))
  }

  static func write(_ path: String, prefix: String, count: Int) async throws {
    let ledger = try open(path)
    let counter = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<16 {
        group.addTask {
          while true {
            let number = counter.next()
            if count > 0, number > count { return }
            try await step(ledger, id: "\(prefix)-\(number)", number: number, owner: prefix)
          }
        }
      }
      try await group.waitForAll()
    }
    await ledger.close()
  }

  private static func step(_ ledger: Ledger, id: String, number: Int, owner: String) async throws {
    let outcome = try await ledger.record(intake(id, size: number % 8 == 0 ? 100_000 : 200, owner: owner))
    guard case .accepted(let message, let deliveries, _) = outcome else { return say("unexpected \(outcome)") }
    say("accepted \(id) \(message)")
    guard number % 2 == 0, let delivery = deliveries.first else { return }
    try await ledger.settle(
      Settlement(
        delivery: delivery, owner: owner, at: Instant(milliseconds: 1_795_500_000_001),
        result: .delivered(revision: 1, bodyMAC: [1, 2, 3], losses: nil)))
    say("delivered \(id) \(delivery)")
  }

  static func limit(_ path: String, bytes: Int) async throws {
    signal(SIGXFSZ, SIG_IGN)
    let ledger = try open(path)
    var limits = rlimit(rlim_cur: rlim_t(bytes), rlim_max: .max)
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limits)
    for number in 1... {
      do { try await step(ledger, id: "l-\(number)", number: 2 * number + 1, owner: "l") } catch let error
        as LedgerError
      {
        say("refused \(error.code.rawValue) \(error.isTransient)")
        break
      }
    }
    limits.rlim_cur = .max
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limits)
    try await step(ledger, id: "l-after", number: 1, owner: "l")
    await ledger.close()
  }
}

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "write" where arguments.count == 5:
  try await Probe.write(arguments[2], prefix: arguments[3], count: Int(arguments[4]) ?? 1)
case "limit" where arguments.count == 4:
  try await Probe.limit(arguments[2], bytes: Int(arguments[3]) ?? 0)
default:
  Probe.say("usage: LedgerProbe write PATH PREFIX COUNT | limit PATH BYTES")
  exit(2)
}
