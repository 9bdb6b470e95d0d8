package import JSON

/// One object of a bundle: a view of its text, with what the bundle's table knows of it.
package struct STIXObject: Sendable {
  /// Its place in `STIXBundle.objects`.
  package let index: Int
  package let value: JSONValue
  /// The id as it is written.
  package let id: String
  package let type: String
  /// Its own markings, granular ones and the bundle's, folded together.
  package let markings: ObjectMarkings
  package let references: [STIXReference]
  /// Where in the sender's document it came from.
  package let sources: [JSONPointer]

  /// What its markings come to, TLP 1's AMBER read as AMBER+STRICT.
  package var marking: MarkingReading { markings.reading() }

  package var kind: ObjectKind { ObjectKind(type: type) }

  /// Whether it only explains other objects: markings and extensions travel with what uses them.
  package var isDefinition: Bool { type == "marking-definition" || type == "extension-definition" }
}
