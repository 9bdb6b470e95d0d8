package import JSON

/// The schemas that may refer to one another, by identifier. Nothing is ever fetched: what is not added is not there.
/// Used by one task at a time; the schemas that it gives are free of it.
package final class SchemaCatalogue {
  /// How strict the catalogue is.
  package struct Options: Sendable {
    /// What schemas without `$schema` are written in.
    package var draft: Draft
    /// Whether a keyword or format that the draft does not know is an error; else it is ignored, as the specification
    /// says.
    package var refusesUnknownKeywords: Bool
    /// Whether `format` is asserted; else it is an annotation.
    package var assertsFormats: Bool
    /// Whether `contentEncoding` (base64) and `contentMediaType` (application/json) are asserted, as draft 7 leaves
    /// open; else they are annotations.
    package var assertsContent: Bool

    package init(
      draft: Draft = .draft2020, refusesUnknownKeywords: Bool = true, assertsFormats: Bool = true,
      assertsContent: Bool = false
    ) {
      self.draft = draft
      self.refusesUnknownKeywords = refusesUnknownKeywords
      self.assertsFormats = assertsFormats
      self.assertsContent = assertsContent
    }
  }

  let options: Options
  private var resources: [String: SchemaResource] = [:]
  private var roots: [RootKey: SchemaResource] = [:]
  var patterns: [String: Pattern] = [:]
  /// The members of large objects that references led through, by name. Their documents stay with the resources.
  private var names: [RootKey: [String: Int]] = [:]
  /// What was compiled since the last schema was added.
  private var compiled: [String: JSONSchema] = [:]

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

  /// Adds a schema document under a name of the caller's, and under its `$id` where it has one. The meta-schema of a
  /// dialect of its own is added first.
  package func add(_ document: JSONDocument, as id: String) throws(SchemaError) {
    compiled = [:]
    let (base, _) = URIReference.split(id)
    let dialect = document.root["$schema"]?.string
    let resource = SchemaResource(
      document: document, index: document.root.index, pointer: .root, base: base, dialect: dialect,
      draft: draft(dialect))
    roots[RootKey(document: .init(document), index: resource.index)] = resource
    try scan(resource.root)
    // Where the document names itself otherwise, its own name is the base.
    resources[base] = root(of: document, at: resource.index) ?? resource
  }

  /// The schema of that identifier, which may end in `#` and a pointer or an anchor, ready to judge values. It is
  /// compiled once.
  package func schema(_ id: String) throws(SchemaError) -> JSONSchema {
    if let known = compiled[id] { return known }
    guard let place = try place(id, from: nil, "$ref") else {
      throw SchemaError(schema: id, pointer: .root, keyword: nil, message: "there is no such schema in the catalogue")
    }
    var loader = SchemaLoader(self)
    let root = try loader.load(place)
    let schema = JSONSchema(id: id, nodes: loader.nodes, root: root)
    compiled[id] = schema
    return schema
  }

  /// The resource whose root stands there.
  func root(of document: JSONDocument, at index: Int) -> SchemaResource? {
    roots[RootKey(document: .init(document), index: index)]
  }

  /// The resource of that name; the meta-schemas come into a catalogue when something first refers to them.
  func resource(_ base: String) -> SchemaResource? {
    if let known = resources[base] { return known }
    let kept = compiled
    defer { compiled = kept }
    for text in MetaSchemas.texts(for: base) {
      guard let document = try? JSONDocument(Array(text.utf8)) else { continue }
      try? add(document)
    }
    return resources[base]
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
      guard let value = part(of: place.value, token) else { return nil }
      let resource = root(of: value.document, at: value.index) ?? place.resource
      place = SchemaPlace(resource: resource, index: value.index, pointer: place.pointer.appending(token))
    }
    return place
  }

  /// What a token leads to. Names of large objects are looked up: a schema may refer to each of many definitions.
  private func part(of value: JSONValue, _ token: String) -> JSONValue? {
    guard value.isObject, value.count > Self.few else { return value.at(JSONPointer(tokens: [token])) }
    let key = RootKey(document: .init(value.document), index: value.index)
    if names[key] == nil {
      names[key] = Dictionary(value.members.map { ($0.key, $0.value.index) }) { first, _ in first }
    }
    return names[key]?[token].map { JSONValue(document: value.document, index: $0) }
  }

  private static var few: Int { 64 }

  /// Finds identifiers and anchors, wherever schemas stand.
  private func scan(_ start: SchemaPlace) throws(SchemaError) {
    var waiting = [start]
    while let next = waiting.popLast() {
      guard next.value.isObject else { continue }
      let place = try identified(next)
      let isReference = place.resource.draft == .draft7 && place.value["$ref"]?.string != nil
      let keywords = place.resource.draft.keywords
      for (key, member) in place.value.members {
        guard let keyword = keywords[key], !isReference || keyword.isKeptBesideReference(key) else { continue }
        let here = SchemaPlace(resource: place.resource, index: member.index, pointer: place.pointer.appending(key))
        let holdsList = keyword.shape == .schemas || keyword.shape == .schemaOrSchemas && member.isArray
        let holdsTable = keyword.shape == .schemasByName || keyword.shape == .schemasOrNames
        if holdsList {
          for (number, element) in member.elements.enumerated() {
            waiting.append(
              .init(resource: here.resource, index: element.index, pointer: here.pointer.appending(number)))
          }
        } else if holdsTable {
          for (name, element) in member.members {
            waiting.append(.init(resource: here.resource, index: element.index, pointer: here.pointer.appending(name)))
          }
        } else if keyword.shape != .other {
          waiting.append(here)
        }
      }
    }
  }

  /// A place as its identifier and anchors make it, which are noted.
  private func identified(_ place: SchemaPlace) throws(SchemaError) -> SchemaPlace {
    var place = place
    let value = place.value
    let isReference = place.resource.draft == .draft7 && value["$ref"]?.string != nil
    if let id = value["$id"]?.string, !isReference {
      let dialect = value["$schema"]?.string ?? place.resource.dialect
      let draft = draft(dialect)
      let (base, fragment) = URIReference.split(URIReference.resolve(id, against: place.resource.base))
      let name = fragment ?? ""
      if !name.isEmpty, draft != .draft7 { throw place.error("$id", "an identifier has no fragment") }
      if name.isEmpty || !id.hasPrefix("#") {
        let resource = SchemaResource(
          document: value.document, index: value.index, pointer: place.pointer, base: base, dialect: dialect,
          draft: draft)
        if let other = resources[base], other.document !== value.document || other.index != value.index {
          throw place.error("$id", "another schema is called \(base) too")
        }
        resources[base] = resource
        roots[RootKey(document: .init(value.document), index: value.index)] = resource
        place = resource.root
      }
      // In draft 7 an identifier's fragment is what later became an anchor.
      if !name.isEmpty { place.resource.setAnchor(name, at: place) }
    }
    let draft = place.resource.draft
    if draft != .draft7, let name = value["$anchor"]?.string { place.resource.setAnchor(name, at: place) }
    if draft == .draft2020, let name = value["$dynamicAnchor"]?.string {
      place.resource.setAnchor(name, at: place)
      place.resource.dynamicAnchors.insert(name)
    }
    if draft == .draft2019, value["$recursiveAnchor"]?.bool == true, value.index == place.resource.index {
      place.resource.setAnchor("", at: place)
      place.resource.dynamicAnchors.insert("")
    }
    return place
  }
}

// MARK: - Dialects

extension SchemaCatalogue {
  /// The draft that a dialect is of, as far as can be said now.
  private func draft(_ dialect: String?) -> Draft {
    var dialect = dialect
    for _ in 0..<Self.longestChain {
      guard let uri = dialect else { break }
      let (base, _) = URIReference.split(uri)
      if let draft = Draft.allCases.first(where: { $0.metaSchema == base }) { return draft }
      guard let metaSchema = resource(base) else { break }
      dialect = metaSchema.dialect
    }
    return options.draft
  }

  /// Meta-schemas have meta-schemas, which have meta-schemas.
  private static var longestChain: Int { 8 }

  /// The dialect of a resource.
  func dialect(of resource: SchemaResource) throws(SchemaError) -> Dialect {
    try dialect(resource.dialect, of: resource.root, left: Self.longestChain)
  }

  private func dialect(_ uri: String?, of place: SchemaPlace, left: Int) throws(SchemaError) -> Dialect {
    guard let uri else { return Dialect(draft: options.draft, vocabularies: .standard) }
    let (base, _) = URIReference.split(uri)
    if let draft = Draft.allCases.first(where: { $0.metaSchema == base }) {
      return Dialect(draft: draft, vocabularies: .standard)
    }
    guard left > 0, let metaSchema = self.resource(base) else {
      throw place.error(
        "$schema",
        "the dialect \(uri) is not known; schemas are of draft 7, 2019-09 or 2020-12, or of a meta-schema "
          + "in the catalogue")
    }
    var dialect = try dialect(metaSchema.dialect, of: place, left: left - 1)
    guard dialect.draft != .draft7, let listed = metaSchema.root.value["$vocabulary"] else { return dialect }
    dialect.vocabularies = .core
    for (name, isRequired) in listed.members {
      if let known = Vocabularies(name, isRequired: isRequired.bool == true) {
        dialect.vocabularies.formUnion(known)
      } else if isRequired.bool == true {
        throw place.error("$schema", "the dialect \(uri) requires the vocabulary \(name), which is not known")
      }
    }
    return dialect
  }
}
