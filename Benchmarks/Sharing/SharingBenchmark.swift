import Contract
import Glibc
import STIX
import Sharing

/// `make bench NAME=sharing`: how many decisions on an object for a recipient a CPU-second gives.
///
/// 200 agencies, 500 grants over 50 arrangements; the sender has grants to 21 of them. Bundles of 1, 100 and 10,000
/// objects of nine types with five labels, most of them referring to others. What is measured is the decision on a
/// message that was parsed already; markings and references are read in it, as they are in the hub. A configuration
/// sums its terms up when the first message of a form comes; that is done before. Rounds alternate
/// between us and jsonschema-rs, which validates the objects of the largest bundle; each figure is the rounds' median.
///
/// Arguments: the Python of the peer and its script; or `loop OBJECTS SECONDS VARIETY` to run one case for a profiler.
@main
struct SharingBenchmark {
  static let rounds = 7
  static let sizes = [1, 100, 10_000]

  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count > 3, arguments[1] == "loop" {
      let place = arguments.count > 4 ? Int(arguments[4]) ?? 0 : 0
      return try loop(
        Int(arguments[2]) ?? 100, seconds: Double(arguments[3]) ?? 10, Terms.Variety.allCases[place % 3])
    }
    let cases = try Terms.Variety.allCases.flatMap { variety in
      try sizes.map { try Case(objects: $0, variety) }
    }
    let peer = arguments.count > 2 ? Peer(python: arguments[1], script: arguments[2]) : nil
    try peer?.prepare(Messages.bundle(10_000, round: 0))
    for each in cases { _ = each.measure() }
    var ours = [[Double]](repeating: [], count: cases.count)
    var theirs: [Double] = []
    for _ in 0..<rounds {
      for (place, each) in cases.enumerated() { ours[place].append(each.measure()) }
      if let rate = peer?.measure() { theirs.append(rate) }
    }
    print("200 agencies, 500 grants; decisions on an object for a recipient per CPU-second, median of \(rounds) rounds")
    print("  terms                        objects  recipients  decisions/s   us/message    slowest    fastest")
    for (each, rates) in zip(cases, ours) {
      let cells = [each.objects, each.recipients, Int(median(rates))].map { pad(String($0), 11) }
      let cost = Double(each.objects * each.recipients) / median(rates) * 1e6
      let spread = [cost, rates.min() ?? 0, rates.max() ?? 0].map { pad(String(Int($0)), 11) }
      let name = each.variety.rawValue
      print("  \(name)\(String(repeating: " ", count: 27 - name.count))" + (cells + spread).joined())
    }
    Growth.report()
    print("")
    if !theirs.isEmpty { print("jsonschema-rs validates \(Int(median(theirs))) objects per CPU-second") }
    // Without the peer the must is the number alone.
    let must = min(300_000, theirs.isEmpty ? .infinity : 2.3 * median(theirs))
    for (each, rates) in zip(cases, ours) {
      let name = each.variety.rawValue.replacing(", ", with: "-").replacing(" ", with: "-") + "-\(each.objects)"
      let value = (median(rates) / 1e4).rounded() / 100
      print("ratio \(name)/1-million \(value) goal 1.0 (must \((must / 1e4).rounded() / 100))")
    }
  }

  /// One case over and over.
  private static func loop(_ objects: Int, seconds: Double, _ variety: Terms.Variety) throws {
    let each = try Case(objects: objects, variety)
    let end = CPU.seconds() + seconds
    var rates: [Double] = []
    while CPU.seconds() < end { rates.append(each.measure()) }
    print("\(Int(median(rates))) decisions per CPU-second")
  }

  static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  static func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// One size of bundles under one set of terms.
struct Case {
  let objects: Int
  let variety: Terms.Variety
  let recipients: Int
  private let configuration: Configuration

  init(objects: Int, _ variety: Terms.Variety) throws {
    self.objects = objects
    self.variety = variety
    configuration = Terms.configuration(variety)
    recipients = configuration.decide(try Messages.submission(objects, round: 0)).count
  }

  /// Decisions on an object for a recipient per CPU-second, each message decided once.
  func measure() -> Double {
    let count = max(2, 20_000 / objects)
    guard let messages = try? (0..<count).map({ try Messages.submission(objects, round: $0) }) else { return 0 }
    var decisions = 0
    let start = CPU.seconds()
    for message in messages { decisions += configuration.decide(message).count * objects }
    return Double(decisions) / (CPU.seconds() - start)
  }
}

enum CPU {
  static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
