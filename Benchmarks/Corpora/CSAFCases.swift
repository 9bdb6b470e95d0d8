import Formats
import JSON

/// The test files of the CSAF specification: each breaks the test that it is named after, or keeps to it.
struct CSAFCases: Corpus {
  /// What the files differ in from what they are tests of.
  private static let disagreements: [String: String] = [:]

  func judge(_ folder: String) throws -> [Tally] {
    var tallies: [Tally] = []
    for set in Folder.names("\(folder)/csaf") {
      let place = "\(folder)/csaf/\(set)"
      guard Folder.exists("\(place)/testcases.json") else { continue }
      var mandatory = Tally("CSAF, mandatory tests (\(set))", disagreements: Self.disagreements)
      var recommended = Tally("CSAF, recommended tests (\(set))", disagreements: Self.disagreements)
      let cases = try JSONDocument(Folder.read("\(place)/testcases.json")).root["tests"]
      for test in cases?.elements.map({ $0 }) ?? [] {
        let id: String = test["id"]?.string ?? ""
        for list in ["failures", "valid"] {
          for file in test[list]?.elements.map({ $0 }) ?? [] {
            guard let name = file["name"]?.string else { continue }
            let document = try JSONDocument(Folder.read("\(place)/\(name)"))
            let findings = CSAFFormat().findings(document)
            if id.hasPrefix("6.1.") {
              let errors = findings.filter { $0.severity == .error }
              let expected = file["valid"]?.bool ?? true
              let words = errors.first?.description ?? "no error"
              mandatory.count("\(id) \(name)", isRight: errors.isEmpty == expected, words)
            } else if id.hasPrefix("6.2.") {
              let told = findings.contains { $0.rule == "csaf-\(id)" }
              recommended.count("\(id) \(name)", isRight: told == (list == "failures"))
            }
          }
        }
      }
      tallies += [mandatory, recommended]
    }
    return tallies.filter { $0.cases > 0 }
  }
}
