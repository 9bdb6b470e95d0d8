import JSON

/// Reads a schema and all that it refers to into nodes, each reference resolved.
///
/// A `$dynamicRef` is resolved here too: the dynamic scope of a node is known by the way that leads to it, so a schema
/// reached through different scopes becomes a node in each. What the first resource on the way binds, stays bound.
struct SchemaLoader {
  let catalogue: SchemaCatalogue
  private(set) var nodes: [SchemaNode] = []
  private var numbers: [Key: Int] = [:]
  private var waiting: [(number: Int, place: SchemaPlace, scope: Int)] = []
  /// For each scope, the resource that binds each dynamic anchor.
  private var scopes: [[String: SchemaResource]] = [[:]]
  private var scopeNumbers: [[String: String]: Int] = [[:]: 0]
  private var dialects: [String?: Dialect] = [:]
  /// More nodes than this are a schema out of hand.
  private static let mostNodes = 200_000
  /// More dynamic scopes than this too: each remembers all the resources that it came through.
  private static let mostScopes = 5_000
  private static let deepest = 500

  private struct Key: Hashable {
    var document: ObjectIdentifier
    var index: Int
    var scope: Int
  }

  init(_ catalogue: SchemaCatalogue) { self.catalogue = catalogue }

  /// Reads the schema at a place; gives the number of its node.
  mutating func load(_ place: SchemaPlace) throws(SchemaError) -> Int {
    let root = try node(place, scope: 0)
    while let (number, place, scope) = waiting.popLast() {
      try fill(nodes[number], place, scope)
    }
    try refuseCircles()
    return root
  }

  /// The number of the node for a place, which is read later if it is new.
  mutating func node(_ place: SchemaPlace, scope outer: Int) throws(SchemaError) -> Int {
    let scope = try enter(place, outer)
    let key = Key(document: .init(place.resource.document), index: place.index, scope: scope)
    if let known = numbers[key] { return known }
    guard nodes.count < Self.mostNodes else { throw place.error(nil, "the schema unfolds to too many parts") }
    let number = nodes.count
    numbers[key] = number
    nodes.append(SchemaNode(base: place.resource.base, pointer: place.pointer, draft: place.resource.draft))
    waiting.append((number, place, scope))
    return number
  }

  private mutating func enter(_ place: SchemaPlace, _ scope: Int) throws(SchemaError) -> Int {
    var bound = scopes[scope]
    for name in place.resource.dynamicAnchors where bound[name] == nil { bound[name] = place.resource }
    guard bound.count > scopes[scope].count else { return scope }
    let names = bound.mapValues(\.base)
    if let known = scopeNumbers[names] { return known }
    guard scopes.count < Self.mostScopes else { throw place.error(nil, "the schema unfolds to too many parts") }
    scopes.append(bound)
    scopeNumbers[names] = scopes.count - 1
    return scopes.count - 1
  }

  /// The node of a subschema below a place.
  mutating func child(_ place: SchemaPlace, _ value: JSONValue, _ path: [String], _ scope: Int) throws(SchemaError)
    -> Int
  {
    let resource = catalogue.root(of: value.document, at: value.index) ?? place.resource
    let pointer = path.reduce(place.pointer) { $0.appending($1) }
    return try node(SchemaPlace(resource: resource, index: value.index, pointer: pointer), scope: scope)
  }

  /// The node that a `$ref` or `$dynamicRef` leads to.
  mutating func reference(
    _ place: SchemaPlace, _ value: JSONValue, _ keyword: String, _ scope: Int
  ) throws(SchemaError) -> Int {
    guard let text = value.string else { throw place.error(keyword, "\"\(keyword)\" is a string") }
    let uri = URIReference.resolve(text, against: place.resource.base)
    guard var target = try catalogue.place(uri, from: place, keyword) else {
      throw place.error(
        keyword, "\"\(text)\" leads nowhere: no schema in the catalogue is called \(URIReference.split(uri).0)")
    }
    if let name = dynamicName(keyword, uri), target.resource.dynamicAnchors.contains(name),
      let bound = scopes[scope][name], let anchor = bound.anchor(name)
    {
      target = anchor
    }
    return try node(target, scope: scope)
  }

  /// The name that a reference looks for in the dynamic scope; nil when it does not look there.
  private func dynamicName(_ keyword: String, _ uri: String) -> String? {
    switch keyword {
    case "$dynamicRef": URIReference.split(uri).fragment
    case "$recursiveRef": ""
    default: nil
    }
  }

  mutating func dialect(_ place: SchemaPlace) throws(SchemaError) -> Dialect {
    let resource = place.resource
    if let known = dialects[resource.dialect], known.draft == resource.draft { return known }
    let found = try catalogue.dialect(of: resource)
    guard found.draft == resource.draft else {
      throw place.error("$schema", "the meta-schema \(resource.dialect ?? "") must be added before what refers to it")
    }
    dialects[resource.dialect] = found
    return found
  }

  /// A schema that leads back to itself without going deeper into the value would never come to an end.
  private func refuseCircles() throws(SchemaError) {
    enum Colour { case white, grey, black }
    var colours = [Colour](repeating: .white, count: nodes.count)
    for start in nodes.indices where colours[start] == .white {
      var path: [(node: Int, rest: [Int])] = [(start, nodes[start].inPlace)]
      colours[start] = .grey
      while let (node, rest) = path.last {
        guard let next = rest.last else {
          colours[node] = .black
          path.removeLast()
          continue
        }
        path[path.count - 1].rest.removeLast()
        switch colours[next] {
        case .black: continue
        case .grey:
          throw SchemaError(
            schema: nodes[next].base, pointer: nodes[next].pointer, keyword: "$ref",
            message: "the schema leads back to itself without going deeper into the value")
        case .white:
          guard path.count < Self.deepest else {
            throw SchemaError(
              schema: nodes[next].base, pointer: nodes[next].pointer, keyword: nil,
              message: "more than \(Self.deepest) schemas judge the same value inside one another")
          }
          colours[next] = .grey
          path.append((next, nodes[next].inPlace))
        }
      }
    }
  }
}
