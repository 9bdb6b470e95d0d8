import Contract
import Glibc
import Ledger
import Sharing

/// What keeps a hub from taking anything in: found each second, told by name, over when it is over.
struct Guards: Sendable {
  /// Once stopped, intake comes back with so much more room, so that it does not flutter.
  private static let comeback = 1.25

  /// The alarms of this moment, by name, each in a sentence.
  private(set) var alarms: [String: String] = [:]

  var takesIn: Bool { alarms.isEmpty }

  /// - Parameters:
  ///   - free: bytes that are free on the ledger's disk; nil where that is not known.
  ///   - room: how much the ledger's own limit leaves.
  ///   - blocked: what the broker said when it stopped publishers.
  mutating func look(free: Int?, room: LedgerRoom?, blocked: String?, flow: HubSettings.Flow) {
    var found: [String: String] = [:]
    if let free, Double(free) < needed(flow.reserveBytes, "disk") {
      found["disk"] =
        "The ledger's disk has \(free / 1_000_000) MB left: intake waits, so that failures and receipts have room."
    }
    if let room, let maximum = room.maximumBytes {
      let reserve = min(flow.reserveBytes, maximum / 4)
      if Double(maximum - room.usedBytes) < needed(reserve, "ledger") {
        found["ledger"] =
          "The ledger has \(room.usedBytes / 1_000_000) of \(maximum / 1_000_000) MB (flow.ledger-bytes): intake waits, "
          + "so that failures and receipts have room."
      }
    }
    if let blocked {
      found["broker"] = "The broker takes nothing (\(blocked)): intake waits until it does."
    }
    alarms = found
  }

  private func needed(_ reserve: Int, _ name: String) -> Double {
    Double(reserve) * (alarms[name] == nil ? 1 : Self.comeback)
  }

  /// The bytes free on the disk of a path; nil where the system does not say.
  static func freeBytes(at path: String) -> Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }
}
