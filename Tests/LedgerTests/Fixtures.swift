import Contract
import FoundationEssentials
import Glibc

@testable import Ledger

/// A ledger in a folder of its own.
final class Desk: Sendable {
  let folder: String
  let ledger: Ledger

  static let keys = LedgerKeys(identifier: "k1", hmacKey: Array(repeating: 7, count: 32), payload: masters("p1"))

  /// Master keys by name, the first in use; the name decides the bytes.
  static func masters(_ names: String...) -> PayloadKeys {
    let keys = names.map { name in
      PayloadKeys.MasterKey(identifier: name, bytes: (0..<32).map { UInt8($0) ^ (name.utf8.last ?? 0) })
    }
    guard let keys = try? PayloadKeys(reading: { keys }) else { preconditionFailure("no names") }
    return keys
  }

  init(_ change: (inout LedgerSettings) -> Void = { _ in }) throws {
    folder = try Self.newFolder()
    var settings = LedgerSettings(path: folder + "/ledger.sqlite", keys: Self.keys)
    change(&settings)
    ledger = try Ledger.open(settings)
  }

  var path: String { folder + "/ledger.sqlite" }

  static func newFolder() throws -> String { try temporaryFolder(root + "/desk") }

  /// The folder of all desks of this run: it goes when the process ends, since a desk may be let go while its ledger is
  /// still asked.
  private static let root: String = {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    guard let folder = try? temporaryFolder(base + "/entente-ledger") else { return base }
    atexit { Desk.remove(Desk.root) }
    return folder
  }()

  private static func temporaryFolder(_ prefix: String) throws -> String {
    var template = Array("\(prefix)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw LedgerError(errno: errno, "no folder for a test") }
    return template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  }

  /// The permission bits of a file.
  static func mode(of path: String) throws -> mode_t {
    var status = stat()
    guard stat(path, &status) == 0 else { throw LedgerError(errno: errno, path) }
    return status.st_mode & 0o777
  }

  static func size(of path: String) throws -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw LedgerError(errno: errno, path) }
    return Int(status.st_size)
  }

  static func remove(_ folder: String) {
    try? FileManager.default.removeItem(atPath: folder)
  }
}

let cisa = AgencyID("us-cisa")!
let enisa = AgencyID("eu-enisa")!
let cert = AgencyID("pl-cert-polska")!

/// The moments of tests.
func moment(_ offset: Int64 = 0) -> Instant { Instant(milliseconds: 1_795_500_000_000 + offset) }

extension Pair {
  static func to(_ recipient: AgencyID, _ outcome: DecisionOutcome = .deliver, lane: Lane = .threat) -> Pair {
    Pair(
      recipient: recipient, outcome: outcome, rule: outcome == .withhold ? "tlp" : "grant", arrangement: "eu-us-2026",
      reason: "The grant covers it.", objects: outcome == .withhold ? [] : [0, 1, 2, 5],
      decision: Array(#"{"keep":[0,1,2,5]}"#.utf8), deliveryID: "d1-\(recipient)", lane: lane, format: .stix)
  }
}

extension Intake {
  /// An accepted message with a receipt for each way it can end.
  static func message(
    _ id: String, body: String = "{}", type: String? = "stix/indicators", contentType: String? = "application/json",
    headers: String = "{}", traceparent: String? = nil, lane: Lane = .threat, redelivered: Bool = false,
    at: Instant = moment(), claim: Claim? = nil, pairs: [Pair]? = nil, failure: FailureRecord? = nil
  ) -> Intake {
    let accepted = Accepted(
      format: .stix, version: "2.1", kind: .indicators, tlp: "TLP:GREEN", exercise: false, configuration: 1,
      acceptedAt: at, pairs: pairs ?? [.to(enisa, lane: lane), .to(cert, .withhold, lane: lane)])
    return Intake(
      sender: cisa, messageID: id, publishedLane: lane, lane: lane, type: type, contentType: contentType,
      headers: Array(headers.utf8), traceparent: traceparent, body: .bytes(Array(body.utf8)), redelivered: redelivered,
      receivedAt: at, verdict: failure.map { .failed($0) } ?? .accepted(accepted),
      receipts: ReceiptLines(
        accepted: Array("accepted".utf8), duplicate: Array("duplicate".utf8), messageIDReused: Array("reused".utf8),
        failed: Array("failed".utf8)), claim: claim)
  }
}

extension FailureRecord {
  static let malformed = FailureRecord(
    stage: "validate", cause: "schema", permanent: true, detail: "'pattern' is missing.", location: "/objects/0",
    fingerprint: "schema/required/pattern")
  static let inboxFull = FailureRecord(
    stage: "send", cause: "inbox-full", permanent: false, detail: "The inbox is full.", fingerprint: "inbox-full")
  static let refused = FailureRecord(
    stage: "write", cause: "adapter", permanent: true, detail: "The adapter refused.", fingerprint: "adapter/refused")
}

extension Ledger {
  /// The receipt lines that wait for the sender of the tests.
  func waitingReceipts() async throws -> [String] {
    try await pendingReceipts(agency: cisa, limit: 1000).map { String(decoding: $0.line, as: UTF8.self) }
  }

  /// Records a message; fails the test where it is not accepted.
  func accept(_ intake: Intake) async throws -> (message: Int64, deliveries: [Int64], closed: [Int64]) {
    switch try await record(intake) {
    case .accepted(let message, let deliveries, let closed): return (message, deliveries, closed)
    case let other: throw LedgerError(.invalid, "not accepted: \(other)")
    }
  }

  /// Records a failed message; gives its dead letter.
  func refuse(_ intake: Intake) async throws -> Int64 {
    switch try await record(intake) {
    case .failed(let letter): return letter
    case let other: throw LedgerError(.invalid, "not failed: \(other)")
    }
  }
}
