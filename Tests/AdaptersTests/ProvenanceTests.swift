import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// Where the values of a written document came from.
@Suite struct ProvenanceTests {
  private func provenance(_ text: String, _ from: FormatID, _ target: FormatID) throws -> (JSONDocument, Provenance) {
    let document = try Given.document(text)
    let reader = try #require(AdapterCatalogue.adapter(for: from))
    let writer = try #require(AdapterCatalogue.adapter(for: target))
    let canonical = try reader.read(document, origin: Given.origin()).output
    let output = try JSONDocument(try writer.write(canonical, terms: Given.terms()).output)
    return (
      output,
      Provenance(of: output, by: writer, from: canonical, of: document, by: reader, origin: try Given.origin())
    )
  }

  @Test func `an address of a report is followed into an event`() throws {
    let (_, provenance) = try provenance(RegulatoryTests.notification, .nis2, .misp)
    let value = try #require(provenance.entries.first { $0.output.description == "/Event/Attribute/0/value" })
    // MISP says an address as one end of a connection.
    #expect(value.basis == .follows)
    #expect(value.canonical.contains { $0.tokens.last == "pattern" })
    #expect(value.source.contains { $0.description == "/indicators/0/value" })
  }

  @Test func `answers that have the same name under another law are found by their text`() throws {
    let (_, provenance) = try provenance(RegulatoryTests.notification, .nis2, .circia)
    let name = try #require(provenance.entries.first { $0.output.description == "/reported_entity/legal_name" })
    #expect(name.basis == .text && name.source.map(\.description) == ["/reporting_entity/name"])
    let type = try #require(provenance.entries.first { $0.output.description == "/report_type" })
    #expect(type.basis == .added && type.canonical == [] && type.source == [])
  }

  @Test(arguments: 1...20) func `every value of an output is explained once, by places that are there`(
    _ seed: Int
  ) throws {
    var event = RandomEvent(seed)
    let text = event.text()
    let (output, provenance) = try provenance(text, .misp, .misp)
    let document = try Given.document(text)
    let canonical = try MISPAdapter().read(document, origin: Given.origin()).output.document
    #expect(provenance.entries.map(\.output) == Leaf.all(of: output.root).map(\.place))
    for entry in provenance.entries {
      for place in entry.canonical { #expect(canonical.root.at(place) != nil) }
      for place in entry.source { #expect(document.root.at(place) != nil) }
      #expect(entry.canonical.isEmpty == (entry.basis == .added))
    }
    let values = provenance.entries.filter { $0.output.tokens.last == "value" && $0.output.tokens[1] == "Attribute" }
    #expect(values.allSatisfy { $0.basis == .says })
  }
}
