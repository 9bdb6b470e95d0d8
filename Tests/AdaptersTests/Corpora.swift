import FoundationEssentials
import JSON

/// Real data that others made, kept beside the repository and not in it; where it is absent, its tests say so and
/// pass.
enum Corpora {
  /// The STIX 2.1 documents, each with the name of its file.
  static func stix() -> [(name: String, text: [UInt8])] {
    let folder = Files.top + "../shared/corpora/stix"
    let paths =
      ["\(folder)/attack-ics-18.1.json"] + Files.list("\(folder)/examples")
      + Files.list("\(folder)/examples/threat-reports")
    return paths.filter { $0.hasSuffix(".json") }.compactMap { path in Files.read(path).map { (path, $0) } }
  }

  static let isAbsent = stix().isEmpty
}
