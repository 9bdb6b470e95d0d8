import Adapters
import Contract
import FoundationEssentials
import Glibc
import JSON
import Partners

/// How many documents of each format a CPU-second takes, beside the peers of each.
///
/// Rounds alternate between us and them, so that what else the machine does hits both; each ratio is the median of the
/// rounds' ratios. Arguments: a folder with documents of CSAF, the top folder of the repository, and the Python that has
/// the peers with the script beside this file; without these two it is measured alone.
@main
struct FormatsBenchmark {
  static let rounds = 5

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 2 else { fatalError("name a folder with CSAF documents, and the repository") }
    let work = try Work(csaf: arguments[1], repository: arguments[2])
    let peers = arguments.count > 4 ? try Peers(python: arguments[3], script: arguments[4], work) : nil
    _ = work.measure()
    _ = peers?.measure()
    var ours: [Work.Figures] = []
    var theirs: [[Double]] = []
    print("\(work.csaf.count) documents of CSAF, one of IODEF in XML, one event of IntelMQ, a batch of \(Work.batch)")
    for round in 1...rounds {
      ours.append(work.measure())
      if let figures = peers?.measure() { theirs.append(figures) }
      print("round \(round): \(ours[round - 1]) \(theirs.last.map { "| peers \($0.map { Int($0) })" } ?? "")")
    }
    print("CSAF, all mandatory tests, already parsed: \(rate(ours.map(\.csaf))) a CPU-second")
    print("IODEF in XML, read and judged: \(rate(ours.map(\.iodef)))")
    print("IntelMQ events judged and passed on: \(rate(ours.map(\.passed)))")
    print("IntelMQ events read, judged and written, one by one: \(rate(ours.map(\.event)))")
    print("IntelMQ events read, judged and written, in batches: \(rate(ours.map(\.events)))")
    print(
      "events to STIX by the built-in adapter: \(rate(ours.map(\.builtIn))), by a mapping: \(rate(ours.map(\.mapped)))")
    ratio("built-in/mapping", ours.map { $0.builtIn / $0.mapped }, "at most 2")
    guard !theirs.isEmpty else { return }
    ratio("CSAF/jsonschema-rs (schema only)", zip(ours, theirs).map { $0.csaf / $1[0] }, "goal 1 (must 0.25)")
    ratio("IODEF/lxml with XSD", zip(ours, theirs).map { $0.iodef / $1[1] }, "goal 1")
    ratio("IntelMQ events judged and passed on", zip(ours, theirs).map { $0.passed / $1[2] }, "goal 20")
    ratio("IntelMQ/its message class and one bot", zip(ours, theirs).map { $0.event / $1[2] }, "goal 20 (must 10)")
    ratio("IntelMQ in batches/the same", zip(ours, theirs).map { $0.events / $1[2] }, "beside it")
  }

  private static func rate(_ values: [Double]) -> Int { Int(median(values)) }

  private static func ratio(_ what: String, _ values: [Double], _ goal: String) {
    print("ratio \(what) \((median(values) * 100).rounded() / 100) \(goal)")
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// The peers, in a process of their own, one round at a time.
final class Peers {
  private let command: String
  private let folder: String

  init(python: String, script: String, _ work: Work) throws {
    folder = FileManager.default.temporaryDirectory.path + "/entente-bench-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (index, document) in work.csaf.enumerated() {
      try Data(document.text).write(to: URL(filePath: "\(folder)/csaf-\(index).json"))
    }
    for (name, bytes) in [
      ("iodef.xml", work.iodef), ("event.json", work.event), ("iodef.xsd", work.xsd), ("csaf.json", work.schema),
    ] {
      try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
    }
    command = "'\(python)' '\(script)' '\(folder)'"
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Nil when they cannot be run.
  func measure() -> [Double]? {
    guard let pipe = popen(command, "r") else { return nil }
    var text: [UInt8] = []
    while case let byte = fgetc(pipe), byte != EOF { text.append(UInt8(truncatingIfNeeded: byte)) }
    guard pclose(pipe) == 0 else { return nil }
    let numbers = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    return numbers.count == 3 ? numbers : nil
  }
}
