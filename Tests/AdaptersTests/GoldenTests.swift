import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

@Suite struct GoldenTests {
  static let read = [
    "misp-read", "nis2", "cra", "circia", "csaf", "kev", "intelmq", "n6", "iodef-json", "iodef-json-fields",
    "stix20",
  ].flatMap { folder in
    let format = ["misp-read": "misp", "iodef-json-fields": "iodef-json"][folder] ?? folder
    return GoldenFolder.cases(folder).map { ReadCase(format: format, golden: $0) }
  }

  @Test(arguments: read) func `a document becomes the canonical of its golden case`(_ each: ReadCase) throws {
    let format = try #require(FormatID(each.format))
    let adapter = try #require(AdapterCatalogue.adapter(for: format))
    let input = try each.golden.required("input.json")
    // STIX 2.0 is none of the catalogue's formats: it is taken only from agencies that name it.
    let errors = ExchangeFormats.builtIn.format(format)?.findings(input).filter { $0.severity == .error }
    #expect(errors == [])
    let translation = try adapter.read(input, origin: Given.origin())
    let expected = try each.golden.required("canonical.json")
    #expect(translation.output.document.root == expected.root, "\(translation.output.document.root)")
    #expect(translation.losses == (try each.golden.losses()))
    #expect(translation.residue == (try each.golden.residue()))
  }

  @Test(arguments: GoldenFolder.cases("iodef-json-fields")) func `every part of IODEF comes back as it was`(
    _ golden: GoldenCase
  ) throws {
    let input = try golden.required("input.json")
    let read = try IODEFJSONAdapter().read(input, origin: Given.origin())
    let written = try IODEFJSONAdapter().write(read.output, terms: Given.terms())
    #expect(try JSONDocument(written.output).root == input.root)
    #expect(written.losses == [])
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

  @Test(arguments: [
    "stix", "misp-read", "misp", "nis2", "cra", "circia", "csaf", "kev", "intelmq", "n6", "iodef", "iodef-json",
    "stix20",
  ])
  func `there are twelve golden cases of a format, and more`(_ folder: String) {
    #expect(GoldenFolder.cases(folder).count >= 12)
  }
}

struct ReadCase: Sendable, CustomTestStringConvertible {
  let format: String
  let golden: GoldenCase

  var testDescription: String { "\(format): \(golden.name)" }
}
