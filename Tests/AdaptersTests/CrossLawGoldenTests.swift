import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// A report under one law as one under another: `output.json` and `losses.json`, or `refusal.json`, each by the two laws
/// and the crosswalk between them.
@Suite struct CrossLawGoldenTests {
  static let cases = ["circia-from-nis2", "nis2-from-circia"].flatMap { folder in
    GoldenFolder.cases(folder).map { ReadCase(format: folder, golden: $0) }
  }

  @Test(arguments: cases) func `a report becomes one under the other law as its golden case says, or is refused`(
    _ each: ReadCase
  ) throws {
    let laws = try each.format.split(separator: "-from-").map { try #require(FormatID(String($0))) }
    let input = try each.golden.required("input.json")
    #expect(FormatCatalogue.format(laws[1])?.errors(input) == [])
    let reader = try #require(AdapterCatalogue.adapter(for: laws[1]))
    let writer = try #require(AdapterCatalogue.adapter(for: laws[0]))
    let bundle = try reader.read(input, origin: Given.origin()).output
    if let refusal = try each.golden.document("refusal.json")?.root {
      let error = try #require(throws: AdapterFailure.self) { try writer.write(bundle, terms: Given.terms()) }
      #expect(error.code.rawValue == refusal["code"]?.string)
      #expect(error.message.contains(refusal["says"]?.string ?? "?"))
      return
    }
    let translation = try writer.write(bundle, terms: Given.terms())
    let output = try JSONDocument(translation.output)
    #expect(FormatCatalogue.format(laws[0])?.errors(output) == [])
    #expect(output.root == (try each.golden.required("output.json")).root, "\(output.root)")
    #expect(translation.losses == (try each.golden.losses()), "\(translation.losses)")
  }
}
