import Contract
import JSON
import Testing

@testable import Adapters

/// Every field that the schema of a format names stands in a golden case, or on the format's own list of what its
/// adapter leaves unread.
@Suite struct FieldCoverageTests {
  struct Source: Sendable, CustomTestStringConvertible {
    var golden: String
    var folder: String
    var file: String
    var unread: Set<String>

    var testDescription: String { golden }
  }

  static let sources = [
    Source(golden: "misp-read", folder: "misp/core", file: "message.json", unread: MISPFields.unread),
    Source(golden: "nis2", folder: "nis2/2026.1", file: "report.json", unread: []),
    Source(golden: "cra", folder: "cra/2026.1", file: "notification.json", unread: []),
    Source(golden: "circia", folder: "circia/2024.1", file: "report.json", unread: []),
    Source(golden: "csaf", folder: "csaf/2.0", file: "document.json", unread: []),
    Source(golden: "kev", folder: "kev/1", file: "catalogue.json", unread: []),
    Source(golden: "intelmq", folder: "intelmq/1", file: "event.json", unread: []),
    Source(golden: "n6", folder: "n6/1", file: "event.json", unread: []),
    Source(golden: "iodef-json-fields", folder: "iodef/2.0", file: "document.json", unread: []),
  ]

  /// A field counts where it stands in a case and is no residue there.
  private func walk(_ source: Source, _ cases: [GoldenCase]) throws -> SchemaWalk {
    var walk = SchemaWalk()
    let root = try walk.node(source.folder + "/" + source.file, "")
    try walk.collect(root)
    for golden in cases {
      walk.residue = Set(try golden.residue())
      try walk.mark(root, golden.required("input.json").root)
    }
    return walk
  }

  @Test(arguments: sources) func `each field is read in a golden case or on the list of what is not read`(
    _ source: Source
  ) throws {
    let other = source.golden.hasSuffix("-fields") ? GoldenFolder.cases(String(source.golden.dropLast(7))) : []
    let walk = try walk(source, GoldenFolder.cases(source.golden) + other)
    let missing = walk.fields.subtracting(walk.covered).subtracting(source.unread)
    #expect(missing == [], "\(walk.fields.count) fields")
    #expect(source.unread.subtracting(walk.fields) == [], "there are no such fields")
    #expect(source.unread.intersection(walk.covered) == [], "these are read")
  }

  @Test(arguments: sources) func `a field that no case has is missed`(_ source: Source) throws {
    let cases = GoldenFolder.cases(source.golden)
    let none = try walk(source, [])
    #expect(none.covered == [] && none.fields.count > source.unread.count)
    // Each field that only one case has is missed without that case.
    let all = try walk(source, cases).covered
    let needed = try cases.filter { golden in
      try walk(source, cases.filter { $0.name != golden.name }).covered != all
    }
    #expect(!needed.isEmpty)
  }
}

/// Walks schemas, and documents along them: a field is a property of a definition.
struct SchemaWalk {
  private(set) var fields: Set<String> = []
  private(set) var covered: Set<String> = []
  /// Places of the document at hand that are not read.
  var residue: Set<JSONPointer> = []
  private var files: [String: JSONDocument] = [:]
  private var seen: Set<String> = []

  /// A place in a schema file.
  struct Node {
    var file: String
    var name: String
    var value: JSONValue
  }

  mutating func node(_ file: String, _ pointer: String) throws -> Node {
    if files[file] == nil {
      let bytes = try #require(Files.read(Files.top + "Schemas/" + file), "\(file)")
      files[file] = try JSONDocument(bytes)
    }
    let document = try #require(files[file])
    let value = try #require(document.root.at(try JSONPointer(pointer)), "\(file)\(pointer)")
    let last = file.split(separator: "/").last?.dropLast(".json".count) ?? ""
    let definition = pointer.split(separator: "/").last.map { "#\($0)" } ?? ""
    return Node(file: file, name: String(last) + definition, value: value)
  }

  mutating func collect(_ node: Node) throws {
    guard seen.insert(node.name).inserted else { return }
    try each(node) { walk, key, _, inner in
      walk.fields.insert(key)
      try walk.collect(inner)
    }
  }

  mutating func mark(_ node: Node, _ value: JSONValue, at place: JSONPointer = .root) throws {
    if residue.contains(place) { return }
    if value.isArray {
      for (index, element) in value.elements.enumerated() { try mark(node, element, at: place.appending(index)) }
      return
    }
    try each(node) { walk, key, name, inner in
      let place = place.appending(name)
      guard let member = value[name], !walk.residue.contains(place) else { return }
      walk.covered.insert(key)
      try walk.mark(inner, member, at: place)
    }
  }

  /// The properties of a node, with those of what it refers to and of its items.
  private mutating func each(_ node: Node, _ body: (inout SchemaWalk, String, String, Node) throws -> Void) throws {
    for target in try targets(node) {
      for (name, schema) in target.value["properties"]?.members.map({ $0 }) ?? [] {
        let inner = Node(file: target.file, name: "\(target.name).\(name)", value: schema)
        try body(&self, "\(target.name).\(name)", name, inner)
      }
    }
  }

  /// The node itself, and everything that it takes over.
  private mutating func targets(_ node: Node) throws -> [Node] {
    var found = [node]
    if let reference = node.value["$ref"]?.string {
      let path = reference.replacing("https://entente.example/schemas/", with: "/")
      let parts = path.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let folder = node.file.split(separator: "/").dropLast().joined(separator: "/")
      let file =
        parts[0].isEmpty ? node.file : parts[0].hasPrefix("/") ? String(parts[0].dropFirst()) : "\(folder)/\(parts[0])"
      found += try targets(try self.node(file, parts.count > 1 ? String(parts[1]) : ""))
    }
    for word in ["items", "then", "else"] {
      guard let inner = node.value[word] else { continue }
      if word != "items", !["message.response"].contains(node.name) { continue }
      found += try targets(Node(file: node.file, name: node.name, value: inner))
    }
    return found
  }
}
