/// The keywords of 2020-12: where subschemas stand in them, and of which vocabulary they are.
struct Keyword: Sendable {
  /// What a keyword's value holds.
  enum Shape: Sendable {
    case schema, schemas, schemasByName, other
  }

  let shape: Shape
  let vocabulary: Vocabularies

  /// Whether a keyword of that name has a part in the verdict.
  func judges(_ name: String) -> Bool {
    vocabulary == .core ? name == "$ref" || name == "$dynamicRef" : vocabulary != .annotation
  }

  /// The keywords by name.
  static let all: [String: Keyword] = {
    var table: [String: Keyword] = [:]
    func add(_ names: [String], _ shape: Shape, _ vocabulary: Vocabularies) {
      for name in names { table[name] = Keyword(shape: shape, vocabulary: vocabulary) }
    }
    add(
      ["$schema", "$id", "$anchor", "$dynamicAnchor", "$ref", "$dynamicRef", "$vocabulary", "$comment"], .other, .core)
    add(["$defs"], .schemasByName, .core)
    add(
      ["items", "contains", "additionalProperties", "propertyNames", "if", "then", "else", "not"], .schema, .applicator)
    add(["prefixItems", "allOf", "anyOf", "oneOf"], .schemas, .applicator)
    add(["properties", "patternProperties", "dependentSchemas"], .schemasByName, .applicator)
    add(["unevaluatedItems", "unevaluatedProperties"], .schema, .unevaluated)
    add(
      [
        "type", "enum", "const", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minContains", "maxContains",
        "minProperties", "maxProperties", "required", "dependentRequired",
      ], .other, .validation)
    add(
      ["title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"], .other, .annotation)
    add(["format"], .other, .format)
    add(["contentEncoding", "contentMediaType"], .other, .annotation)
    add(["contentSchema"], .schema, .annotation)
    return table
  }()
}

/// The vocabularies that a schema's dialect has.
struct Vocabularies: OptionSet, Sendable {
  let rawValue: UInt8

  static let core = Vocabularies(rawValue: 1)
  static let applicator = Vocabularies(rawValue: 2)
  static let unevaluated = Vocabularies(rawValue: 4)
  static let validation = Vocabularies(rawValue: 8)
  /// Formats, asserted or not.
  static let format = Vocabularies(rawValue: 16)
  /// Keywords that say something and never judge.
  static let annotation = Vocabularies(rawValue: 32)
  /// Formats are asserted whatever the catalogue's options are.
  static let formatAssertion = Vocabularies(rawValue: 64)

  static let standard: Vocabularies = [.core, .applicator, .unevaluated, .validation, .format, .annotation]

  /// By the URI that `$vocabulary` uses.
  static let known: [String: Vocabularies] = [
    "https://json-schema.org/draft/2020-12/vocab/core": .core,
    "https://json-schema.org/draft/2020-12/vocab/applicator": .applicator,
    "https://json-schema.org/draft/2020-12/vocab/unevaluated": .unevaluated,
    "https://json-schema.org/draft/2020-12/vocab/validation": .validation,
    "https://json-schema.org/draft/2020-12/vocab/meta-data": .annotation,
    "https://json-schema.org/draft/2020-12/vocab/format-annotation": .format,
    "https://json-schema.org/draft/2020-12/vocab/format-assertion": [.format, .formatAssertion],
    "https://json-schema.org/draft/2020-12/vocab/content": .annotation,
  ]
}
