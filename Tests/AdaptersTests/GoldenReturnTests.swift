import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// The golden cases of formats that are read, on their way back.
@Suite struct GoldenReturnTests {
  static let cases = ["misp-read", "nis2", "cra", "circia"].flatMap { folder in
    GoldenFolder.cases(folder).map { ReadCase(format: folder == "misp-read" ? "misp" : folder, golden: $0) }
  }

  /// Without its residue a document comes back as it was; of collections, which are several events, one is written.
  @Test(arguments: cases) func `a document that was read is written as it was, but for its residue`(
    _ each: ReadCase
  ) throws {
    let adapter = try #require(FormatID(each.format).flatMap { AdapterCatalogue.adapter(for: $0) })
    let input = try each.golden.required("input.json")
    let read = try adapter.read(input, origin: Given.origin())
    let keep = Array(read.output.objects.indices)
    let pruned = try JSONDocument(
      try adapter.prune(input, bundle: read.output, keeping: keep, replacing: [:]).output)
    guard each.format != "misp" || input.root["Event"] != nil else { return }
    let strictest = read.output.labels.compactMap(\.strictest).max()
    let label = input.root["tlp"]?.string.flatMap { TLP(label: $0) } ?? read.output.frameLabel ?? strictest
    let written = try adapter.write(read.output, terms: Given.terms(label ?? .amber))
    let output = try JSONDocument(written.output)
    let differences = SaidAgain.differences(pruned.root, output.root).filter { !Self.isDefault($0) }
    #expect(differences == Self.expected[each.golden.name] ?? [], "\(written.losses)")
  }

  /// What the format asks for and the document left open.
  private static func isDefault(_ difference: String) -> Bool {
    [
      #"/Event/threat_level_id is new: "4""#, #"/Event/analysis is new: "0""#, "/Event/distribution is new: ",
      "/Event/Tag is new: ", #"/tlp is new: "TLP:AMBER""#,
    ].contains { difference.hasPrefix($0) }
  }

  /// What comes back in other words, by case.
  private static let expected: [String: [String]] = [
    // What a label that nobody knows says is carried as a statement, below the label of the delivery.
    "04-label-that-nobody-knows": [
      #"/Event/Tag: ["{\"name\":\"TLP:EX:CHR\"}", "{\"name\":\"entente:statement=\\\"tlp:ex:chr\\\"\"}", "{\"name\":\"tlp:amber\"}"]"#
    ],
    // The stricter of event and part holds: a wider label on a part says nothing.
    "07-stricter-part-of-a-wider-event": [#"/Event/Attribute/1/Tag is gone: [{"name":"tlp:clear"}]"#],
    "14-report-note-and-opinion": [
      #"/Event/Note/0/created: "2026-11-20 07:00:00" became "2026-11-20T07:00:00.000+00:00""#
    ],
    "18-everything-that-hangs-on-parts": [
      #"/Event/Attribute/0/Galaxy/0/GalaxyCluster/0/tag_name is new: "misp-galaxy:tool=\"Hammer\"""#,
      #"/Event/Attribute/0/Opinion/0/opinion: 0 became "0""#,
      #"/Event/Object/0/Galaxy/0/GalaxyCluster/0/tag_name is new: "misp-galaxy:tool=\"Hammer\"""#,
      #"/Event/Object/0/Opinion/0/opinion: 100 became "100""#,
    ],
  ]
}

extension STIXBundle {
  /// The label of the event as a whole, where it came from one.
  fileprivate var frameLabel: TLP? { objects.first(where: \.isFrame).flatMap { labels[$0.index].strictest } }
}
