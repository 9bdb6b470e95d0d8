import Adapters
import Contract
import Foundation
import Hub
import JSON
import Ledger
import STIX
import Sharing

/// What each stage costs of CPU, one message after the other, without a broker.
struct Stages {
  let configuration: Configuration
  let keys: HubKeys
  let ledger: Ledger

  /// One row of the table: a message of this size, from this sender.
  struct Case {
    let name: String
    let sender: String
    let bytes: Int
    var isMISP = false
  }

  static let cases = [
    Case(name: "STIX 1 KiB, to 1", sender: Ground.sender(1), bytes: 1 << 10),
    Case(name: "STIX 1 KiB, to 3", sender: Ground.sender(3), bytes: 1 << 10),
    Case(name: "STIX 1 KiB, to 10", sender: Ground.sender(10), bytes: 1 << 10),
    Case(name: "STIX 4 KiB, to 10", sender: Ground.sender(10), bytes: 4 << 10),
    Case(name: "STIX 64 KiB, to 10", sender: Ground.sender(10), bytes: 64 << 10),
    Case(name: "STIX 1 MiB, to 10", sender: Ground.sender(10), bytes: 1 << 20),
    Case(name: "STIX 4 KiB, to MISP and halved", sender: Ground.other, bytes: 4 << 10),
    Case(name: "STIX 64 KiB, to MISP and halved", sender: Ground.other, bytes: 64 << 10),
    Case(name: "MISP 4 KiB, to 10 as STIX", sender: Ground.sender(10), bytes: 4 << 10, isMISP: true),
    Case(name: "MISP 64 KiB, to 10 as STIX", sender: Ground.sender(10), bytes: 64 << 10, isMISP: true),
  ]

  static let names = ["identify", "validate", "read", "decide", "record", "write", "judge", "seal"]

  /// CPU microseconds a message of each stage, deliveries to all recipients together.
  func measure(_ row: Case, count: Int, begin: Int) async throws -> [Double] {
    guard let sender = AgencyID(row.sender) else { throw Trouble("no agency \(row.sender)") }
    let intake = IntakePipeline(configuration: configuration, keys: keys)
    var spent = [Double](repeating: 0, count: Self.names.count)
    for number in begin..<begin + count {
      let body = row.isMISP ? Papers.misp(number, bytes: row.bytes) : Papers.stix(number, bytes: row.bytes)
      let message = IncomingMessage(
        sender: sender, messageID: "\(row.name) \(number)", lane: .threat, body: body, contentType: "application/json")
      let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
      var clock = CPUClock()
      let identified = try intake.identify(message)
      spent[0] += clock.lap()
      let valid = try intake.validate(identified)
      spent[1] += clock.lap()
      let read = try intake.read(valid, message, at: now)
      spent[2] += clock.lap()
      let judged = try intake.decide(read, message, at: now)
      spent[3] += clock.lap()
      clock = CPUClock(ofProcess: true)
      let claim = Claim(owner: "bench", until: now.adding(milliseconds: 600_000))
      let entry = IntakeRecord(keys: keys, configurationVersion: 1, claim: claim)
        .accepted(judged, message, at: now, configuration)
      guard case .accepted(_, let deliveries, _) = try await ledger.record(entry),
        case .accepted(let accepted) = entry.verdict
      else { throw Trouble("the ledger did not accept a message") }
      spent[4] += clock.lap()
      let outlet = DeliveryPipeline(configuration: configuration, keys: keys, now: now)
      let source = DeliverySource(message: message, read: judged.read, acceptedAt: now)
      for (index, pair) in accepted.pairs.enumerated() where pair.outcome.state == .pending {
        let delivery = PendingDelivery(
          number: deliveries[index], message: 1, pair: pair, decision: judged.decisions[index],
          claimedUntil: claim.until)
        clock = CPUClock()
        let written = try outlet.write(delivery, of: source)
        spent[5] += clock.lap()
        let narrowed = try outlet.judge(written, delivery, of: source)
        spent[6] += clock.lap()
        _ = try outlet.seal(narrowed, delivery, of: source)
        spent[7] += clock.lap()
      }
    }
    return spent.map { $0 / Double(count) * 1e6 }
  }
}

/// CPU time: of this thread, or of the whole process where other threads do the work.
struct CPUClock {
  private let kind: clockid_t
  private var last = 0.0

  init(ofProcess: Bool = false) {
    kind = ofProcess ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_THREAD_CPUTIME_ID
    last = now()
  }

  private func now() -> Double {
    var time = timespec()
    clock_gettime(kind, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Seconds since the last lap.
  mutating func lap() -> Double {
    let now = now()
    defer { last = now }
    return now - last
  }
}
