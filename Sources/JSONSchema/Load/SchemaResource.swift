import JSON

/// A schema with an identifier of its own: a document, or a part of one with `$id`.
final class SchemaResource {
  let document: JSONDocument
  /// The tape word of its root, and the place of that in the document.
  let index: Int
  let pointer: JSONPointer
  /// Its identifier, absolute, without fragment.
  let base: String
  /// What its `$schema` says, or that of the resource around it; nil for the catalogue's own draft.
  let dialect: String?
  /// The draft by whose keywords it was searched for identifiers.
  let draft: Draft
  /// The names set by `$anchor` and `$dynamicAnchor`: no places, which would hold on to this resource for ever.
  private var anchors: [String: (index: Int, pointer: JSONPointer)] = [:]
  /// The names that `$dynamicRef` may bind anew; the empty name is that of `$recursiveAnchor`.
  var dynamicAnchors: Set<String> = []

  init(document: JSONDocument, index: Int, pointer: JSONPointer, base: String, dialect: String?, draft: Draft) {
    self.document = document
    self.index = index
    self.pointer = pointer
    self.base = base
    self.dialect = dialect
    self.draft = draft
  }

  func setAnchor(_ name: String, at place: SchemaPlace) { anchors[name] = (place.index, place.pointer) }

  func anchor(_ name: String) -> SchemaPlace? {
    anchors[name].map { SchemaPlace(resource: self, index: $0.index, pointer: $0.pointer) }
  }

  var root: SchemaPlace { SchemaPlace(resource: self, index: index, pointer: pointer) }
}

/// A schema or keyword inside a resource.
struct SchemaPlace {
  let resource: SchemaResource
  let index: Int
  /// From the root of the document.
  let pointer: JSONPointer

  var value: JSONValue { JSONValue(document: resource.document, index: index) }

  func error(_ keyword: String? = nil, _ message: String) -> SchemaError {
    SchemaError(schema: resource.base, pointer: pointer, keyword: keyword, message: message)
  }
}
