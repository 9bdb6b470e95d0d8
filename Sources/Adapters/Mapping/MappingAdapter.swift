package import Contract
import Formats
package import JSON
package import Partners
package import STIX

/// Reads and writes a partner's format by its mapping.
package struct MappingAdapter: Adapter {
  package let mapping: Mapping

  package init(_ mapping: Mapping) { self.mapping = mapping }

  package var format: FormatID { mapping.format }
  package var abilities: Set<AdapterAbility> { mapping.isWritten ? [.read, .write] : [.read] }

  /// The canonical bundle of a partner's text.
  package func read(_ text: [UInt8], origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    try read(try Self.open(text, mapping), origin: origin)
  }

  /// The canonical bundle of a partner's text, as its format opened it; what no path of the mapping reads is residue.
  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    let reading = MappingReading(mapping, document, origin)
    let bundle = try reading.read()
    if let error = STIXFormat().errors(bundle.document).first {
      throw AdapterFailure(.unreadable, "what the mapping makes is no valid STIX: \(error.message)", at: error.location)
    }
    return Translation(bundle, residue: reading.residue)
  }

  /// A partner's text that says what the bundle says. It is read again: what it does not say after all is a loss.
  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    var writing = MappingWriting(mapping, bundle, terms)
    var written = try writing.write()
    // A text has no place for obligations: they stand in the header of the delivery.
    guard let sender = AgencyID("anyone") else { return written }
    do throws(AdapterFailure) {
      let origin = Origin(sender: sender, messageID: "1", acceptedAt: terms.acceptedAt)
      written.losses += writing.losses(for: try read(written.output, origin: origin).output)
    } catch {
      throw AdapterFailure(.cannotWrite, "what would be written could not be read back: \(error.message)")
    }
    return written
  }

  /// A record is written anew from what may be shared, and never cut.
  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    throw AdapterFailure(.cannotPrune, "\(format) is written anew, and not reduced")
  }

  static func open(_ text: [UInt8], _ mapping: Mapping) throws(AdapterFailure) -> JSONDocument {
    do throws(FormatFailure) {
      return try MappingText.document(text, mapping)
    } catch {
      throw AdapterFailure(.unreadable, error.message)
    }
  }

  package var naturalLosses: [NaturalLoss] {
    [
      NativeLosses.markings(MappingLosses.markings),
      NaturalLoss(.meaning, "objects that the mapping does not make", why: MappingLosses.noPlace),
      NaturalLoss(.meaning, "properties that no path says", why: MappingLosses.part),
    ]
  }
}

/// What the examples of a mapping come to.
package struct MappingTrial: Sendable {
  package struct Outcome: Sendable, Equatable {
    package var name: String
    /// Where the example stands in the mapping.
    package var place: JSONPointer
    /// What is not as it says; empty where all is.
    package var faults: [String]
  }

  package let outcomes: [Outcome]

  package init(_ mapping: Mapping) {
    outcomes = mapping.examples.map { example in
      Outcome(name: example.name, place: example.place, faults: Self.faults(example, MappingAdapter(mapping)))
    }
  }

  private static func faults(_ example: MappingExample, _ adapter: MappingAdapter) -> [String] {
    guard let sender = AgencyID("example") else { return [] }
    let time = Instant(milliseconds: 1_767_225_600_000)
    do throws(AdapterFailure) {
      let origin = Origin(sender: sender, messageID: example.name, acceptedAt: time)
      let read = try adapter.read(example.input, origin: origin)
      var faults = differences(example, read.output)
      if !read.residue.isEmpty { faults.append("not read: \(read.residue.map(\.description).joined(separator: ", "))") }
      guard example.comesBack, faults.isEmpty else { return faults }
      // Nobody said that everybody may have what has no label.
      let tlp = read.output.objects.compactMap(\.markings.strictest).max() ?? .amberStrict
      let written = try adapter.write(
        read.output, terms: OutgoingTerms(tlp: tlp, sender: sender, acceptedAt: time))
      let before = try MappingAdapter.open(example.input, adapter.mapping).root
      let after = try MappingAdapter.open(written.output, adapter.mapping).root
      if before != after { faults.append("written back it is \(String(decoding: written.output, as: UTF8.self))") }
      return faults
    } catch {
      return [error.description]
    }
  }

  /// Each object that is named must be there; no two names count for one object.
  private static func differences(_ example: MappingExample, _ bundle: STIXBundle) -> [String] {
    var free = bundle.objects.filter { !$0.isDefinition }
    var faults: [String] = []
    for wanted in example.gives {
      guard let document = try? JSONDocument(wanted.bytes) else { continue }
      if let place = free.firstIndex(where: { holds($0.value, document.root, bundle, $0) }) {
        free.remove(at: place)
      } else {
        faults.append("there is no object with \(document.root.description)")
      }
    }
    let left = free.map(\.type)
    if !left.isEmpty { faults.append("there are more objects than the example says: \(left.joined(separator: ", "))") }
    return faults
  }

  /// `tlp` in an example is the label of the object.
  private static func holds(_ value: JSONValue, _ wanted: JSONValue, _ bundle: STIXBundle, _ object: STIXObject) -> Bool
  {
    wanted.members.allSatisfy { name, member in
      if name == "tlp" { return object.markings.strictest == member.string.flatMap { TLP(label: $0) } }
      guard let said = value[name] else { return false }
      return said == member
    }
  }
}
