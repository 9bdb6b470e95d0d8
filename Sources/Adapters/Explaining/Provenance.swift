package import JSON
package import STIX

/// Where each value of a written document came from.
///
/// The document is read again: what its values then say is found in the canonical that it was written from, and from
/// there in the sender's document.
package struct Provenance: Sendable {
  /// How a value is known to come from a place.
  package enum Basis: String, Sendable {
    /// Read again, it says what stands there.
    case says
    /// Read again, what stands there follows from it.
    case follows
    /// The same text stands there.
    case text = "same-text"
    /// The format, the terms or the adapter put it there.
    case added
  }

  package struct Entry: Sendable, Equatable {
    /// Where the value stands in what was written.
    package var output: JSONPointer
    package var basis: Basis
    /// Where what it says stands in the canonical.
    package var canonical: [JSONPointer]
    /// Where that was read from in the sender's document.
    package var source: [JSONPointer]
  }

  package let entries: [Entry]

  /// - Parameters:
  ///   - output: what `writer` wrote of the canonical.
  ///   - document: what `reader` read the canonical from, under the same origin.
  package init(
    of output: JSONDocument, by writer: any Adapter, from canonical: STIXBundle, of document: JSONDocument,
    by reader: any Adapter, origin: Origin
  ) {
    var trace = ProvenanceTrace(canonical)
    if let again = try? writer.read(output, origin: origin).output {
      for object in again.objects where !object.isDefinition {
        guard let original = canonical.object(id: object.id) else { continue }
        for leaf in Leaf.all(of: object.value) {
          guard let said = original.value.at(leaf.place) else { continue }
          let source = writer.source(of: leaf.place, in: object, of: output)
          // What the format says in another form follows from what was said.
          trace.note(source, isSame: said == leaf.value, original.index, leaf.place)
        }
      }
    }
    entries = Leaf.all(of: output.root).map { leaf in
      let (basis, places) = trace.origin(of: leaf)
      var sources: [JSONPointer] = []
      for (object, place) in places {
        for source in reader.source(of: place, in: canonical.objects[object], of: document).places
        where !sources.contains(source) {
          sources.append(source)
        }
      }
      return Entry(
        output: leaf.place, basis: basis, canonical: places.map { canonical.location(of: $0.object, $0.place) },
        source: sources)
    }
  }
}

/// A value that holds no others, and its place.
struct Leaf {
  var place: JSONPointer
  var value: JSONValue

  static func all(of value: JSONValue, at place: JSONPointer = .root) -> [Leaf] {
    switch value.kind {
    case .object: value.members.flatMap { all(of: $0.value, at: place.appending($0.key)) }
    case .array: value.elements.enumerated().flatMap { all(of: $0.element, at: place.appending($0.offset)) }
    default: [Leaf(place: place, value: value)]
    }
  }
}

/// Collects which places of the canonical the values of a document come from.
private struct ProvenanceTrace {
  typealias Place = (object: Int, place: JSONPointer)

  private var own: [JSONPointer: [Place]] = [:]
  private var follows: [JSONPointer: [Place]] = [:]
  private var byText: [String: [Place]] = [:]

  init(_ canonical: STIXBundle) {
    for object in canonical.objects where !object.isDefinition {
      for leaf in Leaf.all(of: object.value) {
        guard let text = leaf.value.string, text.utf8.count > 2 else { continue }
        byText[text, default: []].append((object.index, leaf.place))
      }
    }
  }

  mutating func note(_ source: PropertySource, isSame: Bool, _ object: Int, _ place: JSONPointer) {
    guard source.isOwn || isSame else { return }
    for output in source.places {
      if source.isOwn, isSame {
        own[output, default: []].append((object, place))
      } else {
        follows[output, default: []].append((object, place))
      }
    }
  }

  /// Of what only has the same text, the place under the same name counts first.
  func origin(of leaf: Leaf) -> (Provenance.Basis, [Place]) {
    if let places = own[leaf.place] { return (.says, places) }
    if let places = follows[leaf.place] { return (.follows, places) }
    guard let text = leaf.value.string, let places = byText[text] else { return (.added, []) }
    let named = places.first { $0.place.tokens.last == leaf.place.tokens.last }
    return (.text, [named ?? places[0]])
  }
}
