import JSON

/// Strings that are known when the schema is compiled are judged then.
extension VerdictCompiler {
  /// Whether schemas accept a string; nil when they ask for more than can be answered here.
  private func accepts(_ string: String, _ schemas: [SchemaNode], listed: [Set<String>?]? = nil) -> Bool? {
    let decidable: Set = ["type", "pattern", "minLength", "maxLength", "const", "enum", "$ref", "allOf"]
    guard schemas.allSatisfy({ $0.judging.isSubset(of: decidable) }) else { return nil }
    let patterns = schemas.compactMap(\.pattern)
    let verdicts = patterns.compactMap { $0.verdict(string) }
    guard verdicts.count == patterns.count else { return nil }
    return verdicts.allSatisfy(\.self)
      && (listed?.allSatisfy { $0?.contains(string) ?? true } ?? true)
      && schemas.allSatisfy { schema in
        let length = string.unicodeScalars.count
        let values = schema.constant.map { [$0] } ?? schema.options
        return schema.types?.contains(.string) ?? true
          && length >= schema.minLength ?? 0 && length <= schema.maxLength ?? .max
          && (listed != nil
            || (values?.contains { $0.string == string } ?? true)
              && (schema.options?.contains { $0.string == string } ?? true))
      }
  }

  /// Whether a key satisfies each `propertyNames`; nil when that must be asked of the value.
  func accepts(_ key: String, names: [Int]) -> Bool? {
    guard let conjuncts = conjuncts(names) else { return false }
    guard merges else { return nil }
    return accepts(key, conjuncts.map { nodes[$0] })
  }

  /// The strings that are left when one of some schemas lists them and the others judge each; nil when it is not so.
  func fixedStrings(_ schemas: [SchemaNode]) -> [String]? {
    guard merges, let listed = schemas.lazy.compactMap({ self.strings($0) }).first else { return nil }
    // Lists may be long: each is looked through once.
    let sets = schemas.map { schema -> Set<String>? in
      let constant = schema.constant.map { Set([$0].compactMap(\.string)) }
      let options = schema.options.map { Set($0.compactMap(\.string)) }
      return constant.map { options?.intersection($0) ?? $0 } ?? options
    }
    var left: [String] = []
    for string in listed {
      guard let isAccepted = accepts(string, schemas, listed: sets) else { return nil }
      if isAccepted { left.append(string) }
    }
    return left
  }

  /// A step that accepts these strings and nothing else.
  mutating func oneOf(_ strings: [String]) -> VerdictProgram.Step {
    let keys = Set(strings).sorted().map { KeyTable.Key(bytes: Array($0.utf8)) }
    return .init(operation: .oneOfStrings, first: add(KeyTable(keys: keys)))
  }
}
