import Contract
import STIX
import Sharing

/// How the cost of a decision grows: with the objects, with the grants that apply, and not with those that do not.
enum Growth {
  static func report() {
    for variety in Terms.Variety.allCases {
      print("\nmicroseconds for a message to 21 recipients, and nanoseconds for each object and recipient of it,")
      print("by objects of the bundle (200 agencies, 500 grants; \(variety.rawValue))")
      let configuration = Terms.configuration(variety)
      for objects in [1, 10, 100, 1000, 10_000, 100_000] {
        let spent = cost(objects, rounds: max(2, min(2000, 20_000 / objects)), configuration)
        row("\(objects) objects", spent * 1e6, spent / Double(objects) / 21 * 1e9)
      }
    }
    print("\nmicroseconds for each object that is changed for one recipient, its texts searched for what is replaced")
    for objects in [10, 100, 1000, 10_000] { row("\(objects) objects", carryingOut(objects) / Double(objects) * 1e6) }
    print("\nmicroseconds for 100 objects and one recipient, by grants that apply (beside 500 that do not)")
    for applying in [1, 2, 4, 8, 16, 32, 64] {
      row("\(applying) grants", cost(100, rounds: 300, Terms.configuration(applying: applying, others: 500)) * 1e6)
    }
    print("\nthe same for the first message, for which the terms are summed up, by grants that apply")
    for applying in [1, 2, 4, 8, 16, 32, 64, 128, 256] { row("\(applying) grants", first(applying) * 1e6) }
    print("\nmicroseconds for 100 objects and one recipient with 8 grants that apply, by grants that do not")
    for others in [0, 500, 5000] {
      row("\(others) others", cost(100, rounds: 300, Terms.configuration(applying: 8, others: others)) * 1e6)
    }
  }

  /// CPU-seconds for a message, the median of several runs.
  private static func cost(_ objects: Int, rounds: Int, _ configuration: Configuration) -> Double {
    let runs = (0..<5).map { run -> Double in
      guard let messages = try? (0..<rounds).map({ try Messages.submission(objects, round: $0 + run * rounds) }) else {
        return 0
      }
      let start = CPU.seconds()
      for message in messages { _ = configuration.decide(message) }
      return (CPU.seconds() - start) / Double(rounds)
    }
    return SharingBenchmark.median(runs)
  }

  /// CPU-seconds for the first message under a configuration, the median of many.
  private static func first(_ applying: Int) -> Double {
    let runs = (0..<40).map { round -> Double in
      let configuration = Terms.configuration(applying: applying, others: 0)
      guard let message = try? Messages.submission(100, round: round) else { return 0 }
      let start = CPU.seconds()
      _ = configuration.decide(message)
      return CPU.seconds() - start
    }
    return SharingBenchmark.median(runs)
  }

  /// CPU-seconds to find every change of a message for one recipient, the median of several runs.
  private static func carryingOut(_ objects: Int) -> Double {
    guard let message = try? Messages.submission(objects, round: 0),
      let decision = Terms.configuration(.redaction).decide(message).first
    else { return 0 }
    let runs = (0..<5).map { _ -> Double in
      let start = CPU.seconds()
      let redactor = Redactor(
        decision, of: message.bundle,
        pseudonyms: Pseudonyms(key: [UInt8](repeating: 7, count: 32), recipient: decision.recipient), hub: "hub",
        acceptedAt: message.at, sourceNames: [])
      _ = redactor.changes()
      return CPU.seconds() - start
    }
    return SharingBenchmark.median(runs)
  }

  private static func row(_ name: String, _ values: Double...) {
    let cells = values.map { SharingBenchmark.pad(String(($0 * 10).rounded() / 10), 14) }.joined()
    print("  \(name)\(String(repeating: " ", count: max(1, 20 - name.count)))\(cells)")
  }
}
