import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// What holds for every adapter, over every example that there is.
@Suite struct PropertyTests {
  /// Documents that can be read: golden inputs, and the corpora where they are at hand.
  private func readable() throws -> [(name: String, format: FormatID, text: [UInt8])] {
    var documents: [(String, FormatID, [UInt8])] = []
    for golden in GoldenFolder.cases("nis2") {
      documents.append((golden.name, .nis2, try golden.required("input.json").text))
    }
    for golden in GoldenFolder.cases("misp") {
      documents.append((golden.name, .stix, try golden.required("input.json").text))
    }
    for (name, text) in Corpora.stix() { documents.append((name, .stix, text)) }
    return documents
  }

  private func isTwoPointOne(_ text: [UInt8]) -> Bool {
    (try? FormatCatalogue.identify(text, contentType: nil, hint: nil))?.version == "2.1"
  }

  @Test func `reading twice gives equal bytes, and the canonical is valid STIX`() throws {
    for (name, format, text) in try readable() where format == .nis2 || isTwoPointOne(text) {
      let adapter = try #require(AdapterCatalogue.adapter(for: format))
      let first = try adapter.read(try JSONDocument(text), origin: Given.origin())
      let second = try adapter.read(try JSONDocument(text), origin: Given.origin())
      #expect(first.output.document.text == second.output.document.text, "\(name)")
      #expect(first.residue == second.residue)
      #expect(first.output.objects.allSatisfy { first.output.object(id: $0.id) != nil })
      // These cases hold what no rule allows, for the writer to stand.
      if ["pattern-that-no-type-says", "objects-without-a-place"].contains(name) { continue }
      let errors = STIXFormat().findings(first.output.document).filter { $0.severity == .error }
      #expect(errors == [], "\(name)")
    }
  }

  @Test(arguments: [TLP.clear, .amber, .red])
  func `what is written as MISP passes our own validation, twice the same`(_ tlp: TLP) throws {
    for (name, format, text) in try readable() where format == .nis2 || isTwoPointOne(text) {
      let reader = try #require(AdapterCatalogue.adapter(for: format))
      let canonical = try reader.read(try JSONDocument(text), origin: Given.origin()).output
      let terms = Given.terms(tlp, obligations: [.init("onward", "none"), .init("pap", "PAP:RED")])
      let first = try MISPAdapter().write(canonical, terms: terms)
      let again = try STIXBundle(reading: try JSONDocument(canonical.document.text))
      #expect(first.output == (try MISPAdapter().write(again, terms: terms)).output, "\(name)")
      let message = try FormatCatalogue.identify(first.output, contentType: "application/misp+json", hint: "misp")
      // A pattern may compare with any text, and what it compares with becomes a value.
      #expect(FormatCatalogue.findings(in: message).filter { $0.rule != "misp-value-form" } == [], "\(name)")
    }
  }

  /// Every object is either found again in the event by its UUID or text, or named by a loss.
  @Test func `nothing is lost without a word`() throws {
    for (name, format, text) in try readable() where format == .stix && isTwoPointOne(text) {
      let bundle = try STIXBundle(reading: try JSONDocument(text))
      let translation = try MISPAdapter().write(bundle, terms: Given.terms())
      let named = Set(translation.losses.compactMap { loss in loss.location.tokens.dropFirst().first })
      let event = String(decoding: translation.output, as: UTF8.self)
      for object in bundle.objects where !object.isDefinition && !named.contains(String(object.index)) {
        let uuid = try #require(STIXID(object.id)?.uuid.lowercased())
        let isWoven = ["relationship", "observed-data", "identity", "report", "sighting"].contains(object.type)
        #expect(isWoven || event.contains(uuid), "\(name): \(object.id)")
      }
    }
  }

  @Test(.disabled(if: Corpora.isAbsent, "the corpora are not at hand"))
  func `the STIX corpora are read without residue and written back object for object, byte for byte`() throws {
    for (name, text) in Corpora.stix() where isTwoPointOne(text) {
      let translation = try STIXAdapter().read(try JSONDocument(text), origin: Given.origin())
      let written = try STIXAdapter().write(translation.output, terms: Given.terms())
      #expect(written.losses.isEmpty && translation.losses.isEmpty)
      let objects = try JSONDocument(written.output).root["objects"]
      #expect(objects?.elements.map(\.description) == translation.output.objects.map(\.value.description), "\(name)")
    }
  }
}
