import JSON
import Schemas

/// Members that the schema does not know: allowed, and not advised.
enum CSAFMembers {
  /// The values of such members, the topmost ones, in the order of the document.
  static func unknown(in root: JSONValue, _ version: CSAFVersion) -> [JSONValue] {
    guard let schema = version == .v21 ? schema21 : schema20 else { return [] }
    var found: [JSONValue] = []
    look(root, schema.root, schema.root, &found)
    return found
  }

  private static func look(_ value: JSONValue, _ node: JSONValue, _ schema: JSONValue, _ found: inout [JSONValue]) {
    if let reference = node["$ref"]?.string {
      guard let target = schema["$defs"]?[String(reference.dropFirst("#/$defs/".count))] else { return }
      return look(value, target, schema, &found)
    }
    if let properties = node["properties"] {
      for (key, member) in value.members {
        if let next = properties[key] { look(member, next, schema, &found) } else { found.append(member) }
      }
    } else if let items = node["items"] {
      for element in value.elements { look(element, items, schema, &found) }
    }
  }

  private static let schema20 = document("csaf/2.0/document.json")
  private static let schema21 = document("csaf/2.1/document.json")

  private static func document(_ path: String) -> JSONDocument? {
    (try? SchemaFiles.read(path)).flatMap { try? JSONDocument($0) }
  }
}
