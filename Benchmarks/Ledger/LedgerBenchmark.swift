import Contract
import Glibc
import Ledger

/// Measures a ledger as it grows: what one more message costs, proofs, and a great many dead letters.
///
///     LedgerBenchmark FOLDER ENTRIES LETTERS
@main
struct LedgerBenchmark {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let entries = Int64(arguments[2]), let letters = Int(arguments[3]) else {
      print("usage: make soak NAME=ledger [COUNT=10000000] [LETTERS=1000000]")
      exit(64)
    }
    try await Growth(folder: arguments[1]).run(to: entries)
    if letters > 0 { try await DeadLetterScale(folder: arguments[1]).run(letters) }
  }

  /// Seconds of the wall, for what somebody waits for.
  static func timed<Value>(_ what: String, _ body: () async throws -> Value) async throws -> Value {
    let begun = ContinuousClock.now
    let value = try await body()
    print("  \(what): \(milliseconds(ContinuousClock.now - begun)) ms")
    return value
  }

  static func milliseconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let tenths = seconds * 10_000 + attoseconds / 100_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// Seconds of processor time that this process has used.
  static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The memory that is ours alone and in use, in MiB.
  static func residentMebibytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var (size, resident, shared) = (0, 0, 0)
    withUnsafeMutablePointer(to: &size) { first in
      withUnsafeMutablePointer(to: &resident) { second in
        withUnsafeMutablePointer(to: &shared) { third in
          _ = withVaList([first, second, third]) { vfscanf(file, "%ld %ld %ld", $0) }
        }
      }
    }
    return (resident - shared) / 256
  }
}

/// What both parts write.
enum Sample {
  static let sender = AgencyID("us-cisa")!
  static let recipients = [AgencyID("eu-enisa")!, AgencyID("pl-cert-polska")!]
  static let body = Array(
    (#"{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":["#
      + String(repeating: " ", count: 900) + "]}").utf8)

  static func open(_ name: String, in folder: String) throws -> Ledger {
    let key = [UInt8](repeating: 7, count: 32)
    let payload = try PayloadKeys { [PayloadKeys.MasterKey(identifier: "p", bytes: key)] }
    return try Ledger.open(
      LedgerSettings(
        path: "\(folder)/\(name).sqlite", keys: LedgerKeys(identifier: "k", hmacKey: key, payload: payload)))
  }

  static func message(_ id: String, at: Instant, failure: FailureRecord? = nil) -> Intake {
    let pairs = recipients.map { recipient in
      Pair(
        recipient: recipient, outcome: .deliver, rule: "grant", arrangement: "eu-us", reason: "The grant covers it.",
        objects: [0], decision: Array(#"{"keep":[0]}"#.utf8), deliveryID: "\(id)-\(recipient)", lane: .threat,
        format: .stix)
    }
    let accepted = Accepted(
      format: .stix, version: "2.1", kind: .indicators, tlp: "TLP:GREEN", exercise: false, configuration: 1,
      acceptedAt: at, pairs: pairs)
    return Intake(
      sender: sender, messageID: id, publishedLane: .threat, lane: .threat, type: "stix/indicators",
      contentType: "application/json", headers: Array("{}".utf8), traceparent: nil, body: .bytes(body),
      redelivered: false, receivedAt: at, verdict: failure.map { .failed($0) } ?? .accepted(accepted),
      receipts: ReceiptLines(
        accepted: nil, duplicate: nil, messageIDReused: nil, failed: nil), claim: nil)
  }
}
