package import JSON

/// One object of a bundle: a view of its text, with what the bundle's table knows of it.
package struct STIXObject: Sendable {
  /// Its place in `STIXBundle.objects`.
  package let index: Int
  package let value: JSONValue
  /// The id as it is written.
  package let id: String
  package let type: String
  private let table: ScanTable
  private let origins: [JSONPointer]?
  private let isInBundle: Bool

  init(index: Int, entry: ScanTable.Entry, table: ScanTable, sources: [JSONPointer]?, isInBundle: Bool) {
    self.index = index
    value = entry.value
    id = entry.id
    type = entry.type
    self.table = table
    origins = sources
    self.isInBundle = isInBundle
  }

  /// Its own markings, granular ones and the bundle's, folded together. The first call for a bundle walks over it.
  package var markings: ObjectMarkings { table.markings(index) }

  /// Every mention of another object, in the order of the text. The first call for a bundle walks over it.
  package var references: [STIXReference] { table.references(index) }

  /// Where in the sender's document it came from.
  package var sources: [JSONPointer] { origins ?? [pointer] }

  /// Where it stands in the bundle's own document.
  package var pointer: JSONPointer {
    isInBundle ? JSONPointer(tokens: ["objects", String(index)]) : .root
  }

  /// What its markings come to, TLP 1's AMBER read as AMBER+STRICT.
  package var marking: MarkingReading { markings.reading() }

  package var kind: ObjectKind { ObjectKind(type: type) }

  /// Whether it only explains other objects: markings and extensions travel with what uses them.
  package var isDefinition: Bool { type == "marking-definition" || type == "extension-definition" }
}
