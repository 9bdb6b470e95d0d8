import Contract
import STIX
import Sharing

/// How the cost of a decision grows: with the objects, with the grants that apply, and not with those that do not.
enum Growth {
  static func report() {
    print("\nnanoseconds for an object and a recipient, by objects of the bundle (200 agencies, 500 grants)")
    let configuration = Terms.configuration(isTransfer: false)
    for objects in [100, 1000, 10_000, 100_000] {
      let spent = cost(objects, rounds: max(2, 20_000 / objects), configuration)
      row("\(objects) objects", spent / Double(objects) / 21 * 1e9)
    }
    print("\nmicroseconds for 100 objects and one recipient, by grants that apply (beside 500 that do not)")
    for applying in [1, 2, 4, 8, 16, 32, 64] {
      row("\(applying) grants", cost(100, rounds: 300, Terms.configuration(applying: applying, others: 500)) * 1e6)
    }
    print("\nthe same with 8 grants that apply, by grants that do not")
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

  private static func row(_ name: String, _ value: Double) {
    print("  \(name)\(SharingBenchmark.pad(String((value * 10).rounded() / 10), 30 - name.count))")
  }
}
