import JSON
import JSONSchema
import Schemas

/// The schemas of one version of a format, read and compiled once, at first use.
///
/// Keep one in a `static let`: that makes it lazy, and safe from any thread.
struct SchemaSet: Sendable {
  /// By the name of the file without its ending.
  private let schemas: [String: JSONSchema]
  /// Why they could not be read: an installation without its schemas validates nothing, and says so.
  let trouble: String?

  /// Reads all files of a folder under `Schemas/`, and further folders that they refer to. `parts` are definitions that
  /// judge values of their own, such as `report#/$defs/indicator`: each is had by that name.
  init(_ folder: String, with others: [String] = [], parts: [String] = []) {
    var compiled: [String: JSONSchema] = [:]
    do {
      let catalogue = SchemaCatalogue()
      var ids: [String: String] = [:]
      for each in [folder] + others {
        for path in try SchemaFiles.list(under: each) where path.hasSuffix(".json") {
          let document = try JSONDocument(try SchemaFiles.read(path))
          try catalogue.add(document)
          if each == folder, let id = document.root["$id"]?.string { ids[Self.name(of: path)] = id }
        }
      }
      for (name, id) in ids { compiled[name] = try catalogue.schema(id) }
      for part in parts {
        let name = String(part.prefix { $0 != "#" })
        guard let id = ids[name] else { continue }
        compiled[part] = try catalogue.schema(id + part.dropFirst(name.count))
      }
      trouble = nil
    } catch {
      trouble = "the schemas in \(folder) cannot be used: \(error)"
      compiled = [:]
    }
    schemas = compiled
  }

  subscript(_ name: String) -> JSONSchema? { schemas[name] }

  /// The findings of one of the schemas in a value; the quick verdict first, a closer look only where it is no.
  func findings(_ name: String, in value: JSONValue, at location: JSONPointer = .root) -> [Finding] {
    guard let schema = schemas[name] else {
      let why = trouble ?? "there is no schema \(name)"
      return [Finding(.error, rule: "schema-missing", location: location, message: why)]
    }
    if schema.isValid(value) { return [] }
    var found: [Finding] = []
    for finding in schema.findings(in: value) {
      let place = JSONPointer(tokens: location.tokens + finding.instance.tokens)
      // Schemas that share a part say the same of it twice, or the second time less precisely.
      let isKnown = found.contains { other in
        other.location == place
          && (other.message == finding.message || finding.rule == "pattern" && other.rule == "schema-pattern")
      }
      guard !isKnown else { continue }
      found.append(Finding(.error, rule: "schema-\(finding.rule)", location: place, message: finding.message))
    }
    return found
  }

  private static func name(of path: String) -> String {
    String(path.split(separator: "/").last?.dropLast(".json".count) ?? "")
  }
}
