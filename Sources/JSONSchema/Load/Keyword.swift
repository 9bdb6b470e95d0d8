/// A keyword of some draft: where subschemas stand in it, and of which vocabulary it is.
struct Keyword: Sendable {
  /// What a keyword's value holds.
  enum Shape: Sendable {
    case schema, schemas, schemasByName, other
    /// One schema, or a schema for each place.
    case schemaOrSchemas
    /// Schemas or lists of names, by name.
    case schemasOrNames
  }

  let shape: Shape
  let vocabulary: Vocabularies

  /// Whether a keyword of that name has a part in the verdict.
  func judges(_ name: String) -> Bool {
    vocabulary == .core
      ? name == "$ref" || name == "$dynamicRef" || name == "$recursiveRef" : vocabulary != .annotation
  }

  /// Whether draft 7 reads it where `$ref` stands too: what is defined there can be referred to.
  func isKeptBesideReference(_ name: String) -> Bool { name == "$ref" || name == "definitions" }

  static let draft2020 = later(
    core: ["$dynamicAnchor", "$dynamicRef"],
    items: ["items": .schema, "prefixItems": .schemas], unevaluated: .unevaluated)

  static let draft2019 = later(
    core: ["$recursiveAnchor", "$recursiveRef"],
    items: ["items": .schemaOrSchemas, "additionalItems": .schema], unevaluated: .applicator)

  static let draft7: [String: Keyword] = {
    var table = common
    table.add(["$schema", "$id", "$ref", "$comment"], .other, .core)
    table.add(["items"], .schemaOrSchemas, .applicator)
    table.add(["additionalItems"], .schema, .applicator)
    return table
  }()

  private static func later(
    core: [String], items: [String: Shape], unevaluated: Vocabularies
  ) -> [String: Keyword] {
    var table = common
    table.add(["$schema", "$id", "$anchor", "$ref", "$vocabulary", "$comment"] + core, .other, .core)
    table.add(["$defs"], .schemasByName, .core)
    for (name, shape) in items { table.add([name], shape, .applicator) }
    table.add(["dependentSchemas"], .schemasByName, .applicator)
    table.add(["unevaluatedItems", "unevaluatedProperties"], .schema, unevaluated)
    table.add(["minContains", "maxContains", "dependentRequired"], .other, .validation)
    table.add(["deprecated"], .other, .annotation)
    table.add(["contentSchema"], .schema, .annotation)
    return table
  }

  /// What all drafts have. `definitions` and `dependencies` have other names since 2019-09, whose meta-schemas still
  /// describe them.
  private static let common: [String: Keyword] = {
    var table: [String: Keyword] = [:]
    table.add(["definitions"], .schemasByName, .core)
    table.add(["dependencies"], .schemasOrNames, .applicator)
    table.add(
      ["contains", "additionalProperties", "propertyNames", "if", "then", "else", "not"], .schema, .applicator)
    table.add(["allOf", "anyOf", "oneOf"], .schemas, .applicator)
    table.add(["properties", "patternProperties"], .schemasByName, .applicator)
    table.add(
      [
        "type", "enum", "const", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
        "required",
      ], .other, .validation)
    table.add(["title", "description", "default", "examples", "readOnly", "writeOnly"], .other, .annotation)
    table.add(["format"], .other, .format)
    table.add(["contentEncoding", "contentMediaType"], .other, .annotation)
    return table
  }()
}

extension [String: Keyword] {
  fileprivate mutating func add(_ names: [String], _ shape: Keyword.Shape, _ vocabulary: Vocabularies) {
    for name in names { self[name] = Keyword(shape: shape, vocabulary: vocabulary) }
  }
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

  /// By the URI that `$vocabulary` uses, and whether that says that it must be understood; nil when it is not known.
  init?(_ uri: String, isRequired: Bool) {
    for draft in [Draft.draft2019, .draft2020] where uri.hasPrefix(draft.site + "vocab/") {
      switch uri.dropFirst(draft.site.count + 6) {
      case "core": self = .core
      case "applicator": self = .applicator
      case "unevaluated" where draft == .draft2020: self = .unevaluated
      case "validation": self = .validation
      case "meta-data", "content": self = .annotation
      case "format" where draft == .draft2019: self = isRequired ? [.format, .formatAssertion] : .format
      case "format-annotation" where draft == .draft2020: self = .format
      case "format-assertion" where draft == .draft2020: self = [.format, .formatAssertion]
      default: return nil
      }
      return
    }
    return nil
  }

  init(rawValue: UInt8) { self.rawValue = rawValue }
}
