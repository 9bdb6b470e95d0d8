import Adapters
import Contract
import Formats
import JSON
import STIX

/// Pairs of inputs and outputs of the converter misp-stix: a reference, and no oracle.
///
/// Right is a translation that succeeds, whose output our own rules find nothing wrong with, and whose every difference
/// in content from the reference falls under a rule with a name.
struct MISPPairs: Corpus {
  func judge(_ folder: String) throws -> [Tally] {
    let folder = "\(folder)/misp"
    guard Folder.exists(folder) else { return [] }
    var tallies: [Tally] = []
    var rules: [String: Int] = [:]
    for (name, title) in [
      ("misp_to_stix21", "misp-stix: MISP to STIX"), ("internal_stix21_to_misp", "misp-stix: its own STIX to MISP"),
      ("external_stix21_to_misp", "misp-stix: other STIX to MISP"),
    ] {
      var tally = Tally(title)
      for file in Folder.names("\(folder)/\(name)") where file.hasSuffix(".json") {
        let root = try JSONDocument(Folder.read("\(folder)/\(name)/\(file)")).root
        guard let input = root["input"], let output = root["output"] else { continue }
        let complaint =
          name == "misp_to_stix21" ? Self.read(input, output, &rules) : Self.write(input, output, &rules)
        tally.count(file, isRight: complaint == nil, complaint ?? "")
      }
      tallies.append(tally)
    }
    for (rule, count) in rules.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      print("    content of the pairs: \(count) \(rule)")
    }
    return tallies
  }

  private static func read(_ input: JSONValue, _ output: JSONValue, _ rules: inout [String: Int]) -> String? {
    do {
      let document = try JSONDocument(Array(input.source))
      guard let sender = AgencyID("misp-stix") else { return "no sender" }
      let origin = Origin(sender: sender, messageID: "1", acceptedAt: Instant(milliseconds: 1_603_642_920_000))
      let translation = try MISPAdapter().read(document, origin: origin)
      if let error = errors(STIXFormat().findings(translation.output.document)) { return error }
      let ours = MISPComparison.stix(translation.output.document.root)
      let said = MISPComparison.leaves(translation.output.document.root)
      return compare(ours, MISPComparison.stix(output), &rules) { MISPRules.reading($0, said) }
    } catch {
      return "\(error)"
    }
  }

  private static func write(_ input: JSONValue, _ output: JSONValue, _ rules: inout [String: Int]) -> String? {
    do {
      let document = try JSONDocument(Array(input.source))
      let bundle = try STIXBundle(reading: document)
      let terms = OutgoingTerms(tlp: .amber, sender: AgencyID("misp-stix"), acceptedAt: Instant(milliseconds: 0))
      let translation = try MISPAdapter().write(bundle, terms: terms)
      let written = try JSONDocument(translation.output)
      if let error = errors(MISPFormat().findings(written)) { return error }
      let lost = translation.losses.flatMap { loss in Self.texts(at: loss.location, in: bundle) }
      let said = MISPComparison.leaves(written.root)
      return compare(MISPComparison.misp(written.root), MISPComparison.misp(output), &rules) {
        MISPRules.writing($0, said, lost: lost)
      }
    } catch {
      return "\(error)"
    }
  }

  /// The texts of a place in a bundle, and of the observables that an object there refers to.
  private static func texts(at place: JSONPointer, in bundle: STIXBundle) -> [String] {
    guard let value = bundle.document.root.at(place) else { return [] }
    let targets = value["object_refs"]?.elements.compactMap { $0.string.flatMap { bundle.object(id: $0) } } ?? []
    return [value.description] + MISPComparison.leaves(value) + targets.flatMap { MISPComparison.leaves($0.value) }
  }

  private static func errors(_ findings: [Finding]) -> String? {
    findings.first { $0.severity == .error }.map { "\($0)" }
  }

  /// Names every difference; the text of one that no rule explains.
  private static func compare(
    _ ours: Set<MISPComparison.Fact>, _ theirs: Set<MISPComparison.Fact>, _ rules: inout [String: Int],
    _ rule: (MISPComparison.Fact) -> String?
  ) -> String? {
    var unexplained: [String] = []
    rules["same", default: 0] += ours.intersection(theirs).count
    rules["ours carries more", default: 0] += ours.subtracting(theirs).count
    for fact in theirs.subtracting(ours) {
      if let rule = rule(fact) {
        rules[rule, default: 0] += 1
      } else {
        unexplained.append(fact.description)
      }
    }
    return unexplained.isEmpty ? nil : "without a rule: " + unexplained.sorted().prefix(4).joined(separator: "; ")
  }
}
