package import JSON

/// The schemas that may refer to one another, by identifier. Nothing is ever fetched: what is not added is not there.
/// Used by one task at a time; the schemas that it gives are free of it.
package final class SchemaCatalogue {
  /// How strict the catalogue is.
  package struct Options: Sendable {
    /// Whether a keyword that 2020-12 does not know is an error; else it is ignored, as the specification says.
    package var refusesUnknownKeywords: Bool
    /// Whether `format` is asserted; else it is an annotation.
    package var assertsFormats: Bool

    package init(refusesUnknownKeywords: Bool = true, assertsFormats: Bool = true) {
      self.refusesUnknownKeywords = refusesUnknownKeywords
      self.assertsFormats = assertsFormats
    }
  }

  let options: Options
  private var resources: [String: SchemaResource] = [:]
  private var roots: [RootKey: SchemaResource] = [:]
  var patterns: [String: Pattern] = [:]

  private struct RootKey: Hashable {
    var document: ObjectIdentifier
    var index: Int
  }

  package init(options: Options = .init()) {
    self.options = options
  }

  /// Adds a schema document, and each `$id` within it, under its `$id`.
  package func add(_ document: JSONDocument) throws(SchemaError) {
    guard let id = document.root["$id"]?.string else {
      throw SchemaError(schema: "", pointer: .root, keyword: "$id", message: "the schema has no \"$id\" to be known by")
    }
    try add(document, as: id)
  }

  /// Adds a schema document under a name of the caller's, and under its `$id` where it has one.
  package func add(_ document: JSONDocument, as id: String) throws(SchemaError) {
    let (base, _) = URIReference.split(id)
    let resource = SchemaResource(document: document, index: document.root.index, pointer: .root, base: base)
    if document.root["$id"] == nil { roots[RootKey(document: .init(document), index: resource.index)] = resource }
    try scan(resource.root)
    // Where the document names itself otherwise, its own name is the base.
    resources[base] = root(of: document, at: resource.index) ?? resource
  }

  /// The schema of that identifier, which may end in `#` and a pointer or an anchor, ready to judge values.
  package func schema(_ id: String) throws(SchemaError) -> JSONSchema {
    guard let place = try place(id, from: nil, "$ref") else {
      throw SchemaError(schema: id, pointer: .root, keyword: nil, message: "there is no such schema in the catalogue")
    }
    var loader = SchemaLoader(self)
    let root = try loader.load(place)
    return JSONSchema(id: id, nodes: loader.nodes, root: root)
  }

  /// The resource whose root stands there.
  func root(of document: JSONDocument, at index: Int) -> SchemaResource? {
    roots[RootKey(document: .init(document), index: index)]
  }

  /// The resource of that name; the meta-schemas come into a catalogue when something first refers to them.
  func resource(_ base: String) -> SchemaResource? {
    if let known = resources[base] { return known }
    guard base.hasPrefix(MetaSchemas.site), resources[MetaSchemas.root] == nil else { return nil }
    addMetaSchemas()
    return resources[base]
  }

  private func addMetaSchemas() {
    for text in MetaSchemas.texts {
      guard let document = try? JSONDocument(Array(text.utf8)) else { continue }
      try? add(document)
    }
  }
}

// MARK: - References

extension SchemaCatalogue {
  /// Where an absolute reference leads; nil when its resource is not in the catalogue.
  func place(_ uri: String, from origin: SchemaPlace?, _ keyword: String) throws(SchemaError) -> SchemaPlace? {
    let (base, fragment) = URIReference.split(uri)
    guard let resource = self.resource(base) else { return nil }
    guard let fragment, !fragment.isEmpty else { return resource.root }
    func nowhere(_ message: String) -> SchemaError {
      origin?.error(keyword, message)
        ?? SchemaError(schema: base, pointer: .root, keyword: nil, message: message)
    }
    guard let decoded = URIReference.decoded(fragment) else {
      throw nowhere("the fragment of \"\(uri)\" has a wrong percent escape")
    }
    guard decoded.hasPrefix("/") else {
      guard let anchor = resource.anchor(decoded) else {
        throw nowhere("\"\(uri)\" leads nowhere: \(base) has no anchor \"\(decoded)\"")
      }
      return anchor
    }
    guard let pointer = try? JSONPointer(decoded), let place = walk(resource.root, pointer) else {
      throw nowhere("\"\(uri)\" leads nowhere: \(base) has nothing at \(decoded)")
    }
    return place
  }

  private func walk(_ start: SchemaPlace, _ pointer: JSONPointer) -> SchemaPlace? {
    var place = start
    for token in pointer.tokens {
      guard let value = place.value.at(JSONPointer(tokens: [token])) else { return nil }
      let resource = root(of: value.document, at: value.index) ?? place.resource
      place = SchemaPlace(resource: resource, index: value.index, pointer: place.pointer.appending(token))
    }
    return place
  }

  /// Finds identifiers and anchors, wherever schemas stand.
  private func scan(_ place: SchemaPlace) throws(SchemaError) {
    var place = place
    let value = place.value
    guard value.isObject else { return }
    if let id = value["$id"]?.string {
      let (base, fragment) = URIReference.split(URIReference.resolve(id, against: place.resource.base))
      guard fragment ?? "" == "" else { throw place.error("$id", "an identifier has no fragment") }
      let resource = SchemaResource(document: value.document, index: value.index, pointer: place.pointer, base: base)
      if let other = resources[base], other.document !== value.document || other.index != value.index {
        throw place.error("$id", "another schema is called \(base) too")
      }
      resources[base] = resource
      roots[RootKey(document: .init(value.document), index: value.index)] = resource
      place = resource.root
    }
    for keyword in ["$anchor", "$dynamicAnchor"] {
      guard let name = value[keyword]?.string else { continue }
      place.resource.setAnchor(name, at: place)
      if keyword == "$dynamicAnchor" { place.resource.dynamicAnchors.insert(name) }
    }
    for (key, member) in value.members {
      guard let shape = Keyword.all[key]?.shape, shape != .other else { continue }
      let here = SchemaPlace(resource: place.resource, index: member.index, pointer: place.pointer.appending(key))
      if shape == .schema { try scan(here) }
      if shape == .schemas {
        for (number, element) in member.elements.enumerated() {
          try scan(.init(resource: here.resource, index: element.index, pointer: here.pointer.appending(number)))
        }
      }
      if shape == .schemasByName {
        for (name, element) in member.members {
          try scan(.init(resource: here.resource, index: element.index, pointer: here.pointer.appending(name)))
        }
      }
    }
  }

  /// The vocabularies of a resource's dialect.
  func vocabularies(of resource: SchemaResource) throws(SchemaError) -> Vocabularies {
    let value = resource.root.value
    guard let dialect = value["$schema"]?.string else { return .standard }
    let (base, _) = URIReference.split(dialect)
    if base == MetaSchemas.root { return .standard }
    guard let metaSchema = self.resource(base), metaSchema.base != resource.base else {
      throw resource.root.error("$schema", "the dialect \(dialect) is not known; schemas are of 2020-12")
    }
    guard let listed = metaSchema.root.value["$vocabulary"] else { return try vocabularies(of: metaSchema) }
    var vocabularies: Vocabularies = .core
    for (name, isRequired) in listed.members {
      if let known = Vocabularies.known[name] {
        vocabularies.formUnion(known)
      } else if isRequired.bool == true {
        throw resource.root.error(
          "$schema", "the dialect \(dialect) requires the vocabulary \(name), which is not known")
      }
    }
    return vocabularies
  }
}
