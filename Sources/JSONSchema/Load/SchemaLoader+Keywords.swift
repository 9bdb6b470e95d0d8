import JSON

extension SchemaLoader {
  /// Reads the keywords of the schema at a place into its node.
  mutating func fill(_ node: SchemaNode, _ place: SchemaPlace, _ scope: Int) throws(SchemaError) {
    let value = place.value
    if let always = value.bool {
      node.always = always
      return
    }
    guard value.isObject else { throw place.error(nil, "a schema is an object, true or false") }
    let dialect = try dialect(place)
    let vocabularies = dialect.vocabularies
    let keywords = dialect.draft.keywords
    // In draft 7 a reference stands for all of its schema.
    let isReference = dialect.draft == .draft7 && value["$ref"]?.string != nil
    for (name, member) in value.members {
      guard let keyword = keywords[name] else {
        guard catalogue.options.refusesUnknownKeywords else { continue }
        throw place.error(name, "the keyword is not one of JSON Schema \(dialect.draft.rawValue)")
      }
      guard vocabularies.contains(keyword.vocabulary), !isReference || keyword.isKeptBesideReference(name) else {
        continue
      }
      var reader = KeywordReader(place: place, name: name, value: member)
      if keyword.judges(name) || name.hasPrefix("content") && catalogue.options.assertsContent {
        node.judging.insert(name)
      }
      switch keyword.vocabulary {
      case .applicator, .unevaluated: try apply(node, reader, scope)
      case .validation: try validate(node, &reader)
      case .format: try format(node, reader, vocabularies)
      default: try describe(node, reader, scope)
      }
    }
  }

  private mutating func describe(_ node: SchemaNode, _ reader: KeywordReader, _ scope: Int) throws(SchemaError) {
    switch reader.name {
    case "$ref": node.reference = try reference(reader.place, reader.value, reader.name, scope)
    case "$dynamicRef", "$recursiveRef":
      node.dynamicReference = try reference(reader.place, reader.value, reader.name, scope)
    case "$defs", "definitions":
      // What is defined is read when something refers to it, and checked all the same.
      for (name, schema) in try reader.members() { _ = try child(reader.place, schema, [reader.name, name], scope) }
    case "title": node.title = try reader.string()
    case "$anchor", "$dynamicAnchor", "$id", "$schema", "$comment", "description": _ = try reader.string()
    case "contentEncoding":
      let encoding = try reader.string()
      if catalogue.options.assertsContent, encoding.lowercased() == "base64" { node.content.insert(.base64) }
    case "contentMediaType":
      let type = try reader.string()
      if catalogue.options.assertsContent, type.lowercased() == "application/json" { node.content.insert(.json) }
    case "contentSchema": _ = try child(reader.place, reader.value, [reader.name], scope)
    default: break
    }
  }

  private mutating func apply(_ node: SchemaNode, _ reader: KeywordReader, _ scope: Int) throws(SchemaError) {
    switch reader.name {
    case "allOf": node.allOf = try list(reader, scope)
    case "anyOf": node.anyOf = try list(reader, scope)
    case "oneOf": node.oneOf = try list(reader, scope)
    case "prefixItems": node.prefixItems = try list(reader, scope)
    case "properties": node.properties = try table(reader, scope)
    case "dependentSchemas":
      for (key, number) in try table(reader, scope) { node.dependentSchemas.append((reader.name, key, number)) }
    case "dependencies": try dependencies(node, reader, scope)
    case "items" where reader.value.isArray: try itemsByPlace(node, reader, scope)
    case "additionalItems": _ = try child(reader.place, reader.value, [reader.name], scope)
    case "patternProperties":
      for (key, number) in try table(reader, scope) {
        node.patternProperties.append((try pattern(key, reader), number))
      }
    default:
      let number = try child(reader.place, reader.value, [reader.name], scope)
      switch reader.name {
      case "not": node.not = number
      case "if": node.condition = number
      case "then": node.then = number
      case "else": node.otherwise = number
      case "items": node.items = number
      case "contains": node.contains = number
      case "additionalProperties": node.additionalProperties = number
      case "propertyNames": node.propertyNames = number
      case "unevaluatedItems": node.unevaluatedItems = number
      default: node.unevaluatedProperties = number
      }
    }
  }

  /// Before 2020-12 an array in `items` has a schema for each place, and `additionalItems` is for the rest.
  private mutating func itemsByPlace(
    _ node: SchemaNode, _ reader: KeywordReader, _ scope: Int
  ) throws(SchemaError) {
    guard reader.place.resource.draft != .draft2020 else { throw reader.error("is a schema; use \"prefixItems\"") }
    node.prefixKeyword = "items"
    node.itemsKeyword = "additionalItems"
    for (place, schema) in reader.value.elements.enumerated() {
      node.prefixItems.append(try child(reader.place, schema, [reader.name, String(place)], scope))
    }
    if let rest = reader.place.value["additionalItems"] {
      node.items = try child(reader.place, rest, ["additionalItems"], scope)
    }
  }

  private mutating func dependencies(
    _ node: SchemaNode, _ reader: KeywordReader, _ scope: Int
  ) throws(SchemaError) {
    for (key, value) in try reader.members() {
      if value.isArray {
        node.dependentRequired.append((reader.name, key, try reader.strings(value)))
      } else {
        node.dependentSchemas.append((reader.name, key, try child(reader.place, value, [reader.name, key], scope)))
      }
    }
  }

  private mutating func list(_ reader: KeywordReader, _ scope: Int) throws(SchemaError) -> [Int] {
    var numbers: [Int] = []
    for (place, schema) in try reader.elements().enumerated() {
      numbers.append(try child(reader.place, schema, [reader.name, String(place)], scope))
    }
    guard !numbers.isEmpty else { throw reader.error("lists at least one schema") }
    return numbers
  }

  private mutating func table(_ reader: KeywordReader, _ scope: Int) throws(SchemaError) -> [(key: String, node: Int)] {
    var table: [(key: String, node: Int)] = []
    for (key, schema) in try reader.members() {
      table.append((key, try child(reader.place, schema, [reader.name, key], scope)))
    }
    return table
  }

  private func pattern(_ source: String, _ reader: KeywordReader) throws(SchemaError) -> Pattern {
    if let known = catalogue.patterns[source] { return known }
    do {
      let pattern = try Pattern(source)
      catalogue.patterns[source] = pattern
      return pattern
    } catch {
      throw reader.place.error(reader.name, "the pattern \"\(source)\" cannot be used: \(error.message)")
    }
  }

  private func format(_ node: SchemaNode, _ reader: KeywordReader, _ vocabularies: Vocabularies) throws(SchemaError) {
    let name = try reader.string()
    guard catalogue.options.assertsFormats || vocabularies.contains(.formatAssertion) else { return }
    node.format = Format(rawValue: name)
    if node.format == nil, catalogue.options.refusesUnknownKeywords {
      throw reader.error("names no format that is known here: \(name)")
    }
  }

  private func validate(_ node: SchemaNode, _ reader: inout KeywordReader) throws(SchemaError) {
    switch reader.name {
    case "type": node.types = try reader.types()
    case "enum": node.options = try reader.elements()
    case "const": node.constant = reader.value
    case "multipleOf":
      let divisor = try reader.number()
      guard .integer(0) < divisor else { throw reader.error("is above 0") }
      node.multipleOf = divisor
    case "minimum": node.minimum = try reader.number()
    case "maximum": node.maximum = try reader.number()
    case "exclusiveMinimum": node.exclusiveMinimum = try reader.number()
    case "exclusiveMaximum": node.exclusiveMaximum = try reader.number()
    case "minLength": node.minLength = try reader.count()
    case "maxLength": node.maxLength = try reader.count()
    case "pattern": node.pattern = try pattern(try reader.string(), reader)
    case "minItems": node.minItems = try reader.count()
    case "maxItems": node.maxItems = try reader.count()
    case "minContains": node.minContains = try reader.count()
    case "maxContains": node.maxContains = try reader.count()
    case "minProperties": node.minProperties = try reader.count()
    case "maxProperties": node.maxProperties = try reader.count()
    case "uniqueItems":
      guard let unique = reader.value.bool else { throw reader.error("is true or false") }
      node.uniqueItems = unique
    case "required": node.required = try reader.strings(reader.value)
    default:
      for (key, value) in try reader.members() {
        node.dependentRequired.append((reader.name, key, try reader.strings(value)))
      }
    }
  }
}

/// A keyword with its value, read in the form that it must have.
struct KeywordReader {
  let place: SchemaPlace
  let name: String
  let value: JSONValue

  func error(_ message: String) -> SchemaError { place.error(name, "\"\(name)\" \(message)") }

  func string() throws(SchemaError) -> String {
    guard let string = value.string else { throw error("is a string") }
    return string
  }

  func number() throws(SchemaError) -> ExactNumber {
    guard let number = ExactNumber(value) else { throw error("is a number") }
    return number
  }

  func count() throws(SchemaError) -> Int {
    guard let count = value.unsigned else { throw error("is a whole number, not below 0") }
    return Int(clamping: count)
  }

  func elements() throws(SchemaError) -> [JSONValue] {
    guard value.isArray else { throw error("is an array") }
    return Array(value.elements)
  }

  func members() throws(SchemaError) -> [(key: String, value: JSONValue)] {
    guard value.isObject else { throw error("is an object") }
    return Array(value.members)
  }

  func strings(_ value: JSONValue) throws(SchemaError) -> [String] {
    guard value.isArray else { throw error("lists names") }
    var names: [String] = []
    for element in value.elements {
      guard let name = element.string else { throw error("lists names") }
      names.append(name)
    }
    return names
  }

  func types() throws(SchemaError) -> TypeSet {
    var types: TypeSet = []
    for name in value.isArray ? try strings(value) : [try string()] {
      guard let type = TypeSet(name: name) else { throw error("names no type that is known: \(name)") }
      types.formUnion(type)
    }
    return types
  }
}
