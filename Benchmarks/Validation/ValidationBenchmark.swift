import CSimdJSON
import Formats
import Glibc
import JSON
import STIX

/// How fast STIX objects are judged one by one, beside jsonschema-rs and the validator of OASIS, in CPU time.
///
/// Rounds alternate between us and them, so that what else the machine does hits both. Each ratio is the median of the
/// rounds' ratios. Arguments: the bundle, the Python of the peers and their script; or
/// `bombs` for these alone.
@main
struct ValidationBenchmark {
  static let rounds = 7

  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.dropFirst().first == "bombs" { return Bombs.report() }
    let bundle = arguments.count > 1 ? arguments[1] : "../shared/corpora/stix/attack-ics-18.1.json"
    guard access(bundle, R_OK) == 0 else {
      print("skipped: there is no bundle at \(bundle)")
      return
    }
    let work = try Work(bundle: bundle)
    let peers = arguments.count > 3 ? Peers(python: arguments[2], script: arguments[3], bundle: bundle) : nil
    print("\(work.objects.count) objects of \(work.bytes / work.objects.count) bytes, \(rounds) rounds, CPU time")

    var ours: [Figures] = []
    var theirs: [PeerFigures] = []
    work.warmUp()
    for round in 1...rounds {
      ours.append(work.measure())
      if let figures = peers?.measure() { theirs.append(figures) }
      print("round \(round): \(ours[round - 1].line) \(theirs.last?.line ?? "")")
    }
    report(ours, theirs, work)
    Bombs.report()
  }

  private static func report(_ ours: [Figures], _ theirs: [PeerFigures], _ work: Work) {
    print("\nwhere the time of an object goes, in nanoseconds (median)")
    let count = Double(work.objects.count)
    func part(_ name: String, _ seconds: (Figures) -> Double) {
      print("  \(name): \(Int(median(ours.map(seconds)) / count * 1e9))")
    }
    part("simdjson alone") { $0.parse }
    part("parse, views and duplicate keys") { $0.document }
    part("schema") { $0.schema }
    part("MUST rules") { $0.rules }
    part("all errors of a text") { $0.errors }
    part("all errors and warnings of a text") { $0.findings }
    print(
      "objects per CPU-second: schema \(work.rate(median(ours.map(\.schema)))), all \(work.rate(median(ours.map(\.errors))))"
    )
    if !theirs.isEmpty {
      print(
        "peers: jsonschema-rs validate \(work.rate(median(theirs.map(\.validate)))), "
          + "parse and validate \(work.rate(median(theirs.map(\.parseAndValidate)))); with the schemas of OASIS "
          + "\(work.rate(median(theirs.map(\.validateOASIS)))) and "
          + "\(work.rate(median(theirs.map(\.parseAndValidateOASIS)))); stix2-validator "
          + "\(Int(median(theirs.map(\.validator))))")
      print("")
      ratio("schema-alone/jsonschema-rs", zip(ours, theirs).map { $1.validate / $0.schema }, "3.0 (must 1.5)")
      ratio(
        "schema-alone/jsonschema-rs-with-schemas-of-OASIS", zip(ours, theirs).map { $1.validateOASIS / $0.schema },
        "3.0 (must 1.5)")
      ratio(
        "all/jsonschema-rs-parse-and-validate", zip(ours, theirs).map { $1.parseAndValidate / $0.errors },
        "2.0 (must 0.8)")
      ratio(
        "all/jsonschema-rs-parse-and-validate-with-schemas-of-OASIS",
        zip(ours, theirs).map { $1.parseAndValidateOASIS / $0.errors }, "2.0 (must 0.8)")
      ratio(
        "all/stix2-validator", zip(ours, theirs).map { count / $0.errors / $1.validator }, "more than 1")
    }
    ratio("bundle-GB-per-second/1", ours.map { Double(work.bundle.count) / $0.bundle / 1e9 }, "3.0")
  }

  private static func ratio(_ what: String, _ values: [Double], _ goal: String) {
    print("ratio \(what) \(rounded(median(values))) goal \(goal)")
  }

  static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

/// Seconds of CPU for all objects, by what was done.
struct Figures {
  var parse = 0.0
  var document = 0.0
  var schema = 0.0
  var rules = 0.0
  var errors = 0.0
  var findings = 0.0
  /// For the whole bundle, parsed once to a view, without the check for duplicate keys.
  var bundle = 0.0

  var line: String {
    let parts = [("parse", parse), ("document", document), ("schema", schema), ("rules", rules), ("all", errors)]
    return parts.map { "\($0.0) \(Int($0.1 * 1e6)) us" }.joined(separator: ", ")
  }
}
