import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

@Suite struct GoldenTests {
  @Test(arguments: GoldenFolder.cases("nis2")) func `a NIS2 report becomes the canonical of its golden case`(
    _ golden: GoldenCase
  ) throws {
    let translation = try NIS2Adapter().read(try golden.required("input.json"), origin: Given.origin())
    let expected = try golden.required("canonical.json")
    #expect(translation.output.document.root == expected.root, "\(translation.output.document.root)")
    #expect(translation.losses == (try golden.losses()))
    #expect(translation.residue == (try golden.residue()))
  }

  @Test(arguments: GoldenFolder.cases("misp")) func `a bundle becomes the MISP event of its golden case`(
    _ golden: GoldenCase
  ) throws {
    let bundle = try STIXBundle(reading: try golden.required("input.json"))
    let terms = try golden.document("terms.json")?.root
    let obligations = terms?["obligations"]?.members.map { OutgoingTerms.Obligation($0.key, $0.value.string ?? "") }
    let translation = try MISPAdapter().write(
      bundle,
      terms: OutgoingTerms(
        tlp: try #require(TLP(label: terms?["tlp"]?.string ?? "TLP:AMBER")), obligations: obligations ?? [],
        sender: terms?["sender"]?.string.flatMap(AgencyID.init), acceptedAt: Given.time))
    let expected = try golden.required("output.json")
    #expect(
      try JSONDocument(translation.output).root == expected.root,
      "\(String(decoding: translation.output, as: UTF8.self))")
    #expect(translation.losses == (try golden.losses()), "\(translation.losses)")
  }

  @Test func `there are golden cases`() {
    #expect(GoldenFolder.cases("nis2").count >= 4)
    #expect(GoldenFolder.cases("misp").count >= 8)
  }
}
