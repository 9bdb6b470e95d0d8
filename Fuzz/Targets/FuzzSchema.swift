import JSON
import JSONSchema

/// A schema and a value, with a line feed between them: hostile schemas are refused or compiled, and then the verdict
/// and the findings agree.
enum FuzzSchema {
  static func run(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
    let limits = JSONLimits(maximumBytes: 1 << 16, maximumDepth: 64)
    guard let schema = try? JSONDocument(Array(parts[0]), limits: limits) else { return }
    let catalogue = SchemaCatalogue(options: .init(refusesUnknownKeywords: false, assertsFormats: true))
    guard (try? catalogue.add(schema, as: "http://fuzz.example/schema")) != nil,
      let compiled = try? catalogue.schema("http://fuzz.example/schema")
    else { return }
    for text in parts.dropFirst() + [ArraySlice(#"{"a":[1,"b",{"c":null}],"d":1.5}"#.utf8)] {
      guard let value = try? JSONDocument(Array(text), limits: limits) else { continue }
      let isValid = compiled.isValid(value.root)
      let findings = compiled.findings(in: value.root, limit: 10)
      promise(findings.isEmpty == isValid, "a value is invalid where there is something to say")
      promise(findings.count <= 10, "findings keep to their limit")
    }
  }
}
