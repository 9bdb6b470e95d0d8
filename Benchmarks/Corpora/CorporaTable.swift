import Glibc

/// Holds the parts that judge data to data made by others, and prints a table: corpus, cases, right, wrong.
///
/// The data lies beside the repository, in `../shared/corpora`, or in the folder given as argument; without it there is
/// nothing to do. Ends with 1 when a case is wrong that is not on a list of disagreements with their reasons.
@main
struct CorporaTable {
  static let corpora: [any Corpus] = [
    JSONTorture(),
    JSONSchemaSuite(),
    STIXValidatorCases(),
    STIXPatterns(),
    STIXDocuments(),
    MISPPairs(),
    CSAFCases(),
    KEVCatalogue(),
  ]

  static func main() throws {
    let folder = CommandLine.arguments.dropFirst().first ?? "../shared/corpora"
    guard Folder.exists(folder) else {
      print("skipped: there are no corpora at \(folder)")
      return
    }
    var isRight = true
    print(row("corpus", "cases", "right", "wrong", "listed"))
    for corpus in corpora {
      for tally in try corpus.judge(folder) {
        print(row(tally.name, tally.cases, tally.right, tally.wrong.count, tally.listed.count))
        isRight = isRight && tally.wrong.isEmpty && tally.stale.isEmpty
        explain(tally)
      }
    }
    if !isRight { exit(1) }
  }

  private static func explain(_ tally: Tally) {
    for line in tally.wrong.prefix(20) { print("    wrong: \(line)") }
    if tally.wrong.count > 20 { print("    and \(tally.wrong.count - 20) more") }
    for name in tally.stale { print("    listed as a disagreement, and it is none: \(name)") }
    for (reason, cases) in tally.reasons { print("    listed: \(cases.joined(separator: ", ")): \(reason)") }
  }

  private static func row(_ name: String, _ numbers: Any...) -> String {
    let cells = numbers.map { number in
      let text = "\(number)"
      return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }
    return name + String(repeating: " ", count: max(1, 48 - name.count)) + cells.joined()
  }
}

/// Data of one kind, with the verdict that each case should get.
protocol Corpus: Sendable {
  /// Judges all cases below the folder of corpora; none when it has not this corpus.
  func judge(_ folder: String) throws -> [Tally]
}

/// How many cases of a corpus were judged as expected.
struct Tally {
  let name: String
  /// Cases that are judged otherwise on purpose, with the reason.
  let disagreements: [String: String]
  private(set) var cases = 0
  private(set) var right = 0
  /// Cases with another verdict than expected, not listed.
  private(set) var wrong: [String] = []
  /// Those that are listed.
  private(set) var listed: [String] = []
  /// Listed cases that have the expected verdict after all.
  private(set) var stale: [String] = []

  init(_ name: String, disagreements: [String: String] = [:]) {
    self.name = name
    self.disagreements = disagreements
  }

  mutating func count(_ name: String, isRight: Bool, _ detail: @autoclosure () -> String = "") {
    cases += 1
    let isListed = disagreements[name] != nil
    switch (isRight, isListed) {
    case (true, true):
      right += 1
      stale.append(name)
    case (true, false): right += 1
    case (false, true): listed.append(name)
    case (false, false):
      let detail = detail()
      wrong.append(detail.isEmpty ? name : "\(name): \(detail)")
    }
  }

  /// The reasons of the disagreements that were met, with their cases.
  var reasons: [(reason: String, cases: [String])] {
    var groups: [String: [String]] = [:]
    for name in listed { groups[disagreements[name] ?? "", default: []].append(name) }
    return groups.sorted { $0.value[0] < $1.value[0] }.map { ($0.key, $0.value) }
  }
}
