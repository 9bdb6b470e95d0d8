package import JSON

/// One object of a bundle: a view of its text, with what the bundle's table knows of it.
package struct STIXObject: Sendable {
  /// Its place in `STIXBundle.objects`.
  package let index: Int
  private let table: ScanTable

  init(index: Int, table: ScanTable) {
    self.index = index
    self.table = table
  }

  package var value: JSONValue { table.entries[index].value }

  /// The id as it is written.
  package var id: String { table.entries[index].id }

  package var type: String { table.entries[index].type }

  /// Its own markings, granular ones and the bundle's, folded together. The first call for a bundle walks over it.
  package var markings: ObjectMarkings { table.markings(index) }

  /// Every mention of another object, in the order of the text. The first call for a bundle walks over it.
  package var references: [STIXReference] { table.references(index) }

  /// Where in the sender's document it came from.
  package var sources: [JSONPointer] { table.sources?[index] ?? [pointer] }

  /// Where it stands in the bundle's own document.
  package var pointer: JSONPointer {
    table.isBundle ? JSONPointer(tokens: ["objects", String(index)]) : .root
  }

  /// What its markings come to, TLP 1's AMBER read as AMBER+STRICT.
  package var marking: MarkingReading { markings.reading() }

  package var kind: ObjectKind { table.entries[index].kind }

  /// Whether it only explains other objects: markings and extensions travel with what uses them.
  package var isDefinition: Bool { type == "marking-definition" || type == "extension-definition" }
}
