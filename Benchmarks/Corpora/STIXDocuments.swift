import Formats
import JSON

/// Real bundles, ATT&CK and the examples of OASIS: all objects are valid, where they are STIX 2.1.
struct STIXDocuments: Corpus {
  func judge(_ folder: String) throws -> [Tally] {
    let folder = "\(folder)/stix"
    var attack = Tally("ATT&CK, objects one by one")
    for name in Folder.names(folder) where name.hasPrefix("attack-") && name.hasSuffix(".json") {
      let bundle = try JSONDocument(Folder.read("\(folder)/\(name)"))
      for object in bundle.root["objects"]?.elements.map({ $0 }) ?? [] {
        let errors = STIXValidatorCases.findings(Array(object.source)).filter { $0.severity == .error }
        attack.count(object["id"]?.string ?? "", isRight: errors.isEmpty, errors.first?.description ?? "")
      }
    }
    var examples = Tally("STIX examples, documents")
    for path in Folder.paths("\(folder)/examples", ending: ".json") {
      let text = try Folder.read("\(folder)/examples/\(path)")
      guard let version = STIXFormat().recognises(try JSONDocument(text).root), version == "2.1" else { continue }
      let errors = STIXValidatorCases.findings(text).filter { $0.severity == .error }
      examples.count(path, isRight: errors.isEmpty, errors.first?.description ?? "")
    }
    return [attack, examples].filter { $0.cases > 0 }
  }
}
