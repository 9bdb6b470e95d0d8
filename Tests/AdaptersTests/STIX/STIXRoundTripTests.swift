import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// What becomes of STIX that never was in MISP, on its way through an event and back.
@Suite struct STIXRoundTripTests {
  private struct Trip {
    var bundle: STIXBundle
    var event: JSONDocument
    var losses: [Loss]
  }

  private func trip(_ bundle: STIXBundle) throws -> Trip {
    let written = try MISPAdapter().write(bundle, terms: Given.terms())
    return Trip(bundle: bundle, event: try JSONDocument(written.output), losses: written.losses)
  }

  @Test(arguments: Array(1...150)) func `what a bundle says stands in the event, or is a loss by name`(
    _ seed: Int
  ) throws {
    var random = RandomBundle(seed)
    let bundle = try STIXBundle(reading: try Given.document(random.text()))
    #expect(STIXFormat().errors(bundle.document) == [])
    let trip = try trip(bundle)
    let said = Set(Leaves.strings(of: trip.event.root).map(\.text)).joined(separator: "\n")
    let lost = Set(trip.losses.map(\.location))
    for object in bundle.objects where !object.isDefinition {
      for (place, text) in Leaves.strings(of: object.value) {
        guard let name = place.tokens.first, Self.telling.contains(name) else { continue }
        let here = bundle.location(of: object.index, JSONPointer(tokens: [name]))
        let isLost = lost.contains(here) || lost.contains(bundle.location(of: object.index, .root))
        // One or the other, and not both.
        let isSaid = said.contains(text)
        #expect(isLost || isSaid, "\(object.id) \(place): \(text)")
      }
    }
  }

  private static let telling: Set<String> = [
    "name", "description", "content", "value", "explanation", "path", "labels", "hashes", "objective", "tool_version",
    "country",
  ]

  @Test(arguments: Array(1...150)) func `what came back from an event loses nothing more, and says the same again`(
    _ seed: Int
  ) throws {
    var random = RandomBundle(seed)
    let first = try trip(try STIXBundle(reading: try Given.document(random.text())))
    let read = try MISPAdapter().read(first.event, origin: Given.origin())
    #expect(read.residue.map(\.description).filter { $0 != "/Event/attribute_count" } == [])
    #expect(STIXFormat().errors(read.output.document) == [])
    let second = try trip(read.output)
    #expect(SaidAgain.differences(first.event.root, second.event.root) == [])
    #expect(second.losses.filter { $0.severity != .information } == [])
    let again = try MISPAdapter().read(second.event, origin: Given.origin()).output
    #expect(Set(again.objects.map(\.id)) == Set(read.output.objects.map(\.id)))
    for object in read.output.objects {
      guard let twin = again.object(id: object.id) else { continue }
      #expect(SaidAgain.inequality(object.value, twin.value) == nil)
    }
  }
}
