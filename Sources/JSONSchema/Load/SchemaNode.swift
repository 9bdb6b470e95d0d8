import JSON

/// A schema with its keywords read and its references resolved to the numbers of other nodes.
final class SchemaNode: @unchecked Sendable {
  // Written by the loader only, before anybody else sees it.

  /// The name of the resource and the place in it, for messages about the schema.
  let base: String
  let pointer: JSONPointer
  let draft: Draft
  /// `true` or `false`, when the schema is that.
  var always: Bool?
  var title: String?
  /// The names of its keywords that judge.
  var judging: Set<String> = []

  var types: TypeSet?
  var constant: JSONValue?
  var options: [JSONValue]?

  var multipleOf: ExactNumber?
  var minimum: ExactNumber?
  var maximum: ExactNumber?
  var exclusiveMinimum: ExactNumber?
  var exclusiveMaximum: ExactNumber?

  var minLength: Int?
  var maxLength: Int?
  var pattern: Pattern?
  var format: Format?
  /// What `contentEncoding` and `contentMediaType` ask, where they are asserted.
  var content = Content()

  /// Schemas by place, and for all elements behind them.
  var prefixItems: [Int] = []
  var items: Int?
  /// The keywords that say so: before 2020-12 they have other names.
  var prefixKeyword = "prefixItems"
  var itemsKeyword = "items"
  var contains: Int?
  var minContains: Int?
  var maxContains: Int?
  var minItems: Int?
  var maxItems: Int?
  var uniqueItems = false
  var unevaluatedItems: Int?

  var properties: [(key: String, node: Int)] = []
  var patternProperties: [(pattern: Pattern, node: Int)] = []
  var additionalProperties: Int?
  var propertyNames: Int?
  var required: [String] = []
  var dependentRequired: [(keyword: String, key: String, required: [String])] = []
  var dependentSchemas: [(keyword: String, key: String, node: Int)] = []
  var minProperties: Int?
  var maxProperties: Int?
  var unevaluatedProperties: Int?

  var allOf: [Int] = []
  var anyOf: [Int] = []
  var oneOf: [Int] = []
  var not: Int?
  var condition: Int?
  var then: Int?
  var otherwise: Int?
  var reference: Int?
  /// Of `$dynamicRef` or `$recursiveRef`.
  var dynamicReference: Int?

  init(base: String, pointer: JSONPointer, draft: Draft) {
    self.base = base
    self.pointer = pointer
    self.draft = draft
  }

  /// The nodes that judge the same value.
  var inPlace: [Int] {
    allOf + anyOf + oneOf + dependentSchemas.map(\.node)
      + [not, condition, then, otherwise, reference, dynamicReference].compactMap { $0 }
  }
}

/// The types of JSON values, `integer` apart from the other numbers.
struct TypeSet: OptionSet, Sendable, Equatable {
  let rawValue: UInt8

  static let null = TypeSet(rawValue: 1)
  static let boolean = TypeSet(rawValue: 2)
  static let object = TypeSet(rawValue: 4)
  static let array = TypeSet(rawValue: 8)
  static let string = TypeSet(rawValue: 16)
  static let integer = TypeSet(rawValue: 32)
  static let fraction = TypeSet(rawValue: 64)
  static let number: TypeSet = [.integer, .fraction]
  static let all = TypeSet(rawValue: 127)

  /// A type by the name that `type` uses.
  init?(name: String) {
    switch name {
    case "null": self = .null
    case "boolean": self = .boolean
    case "object": self = .object
    case "array": self = .array
    case "string": self = .string
    case "integer": self = .integer
    case "number": self = .number
    default: return nil
    }
  }

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The one type that a value has.
  init(_ tape: JSONTape, _ index: Int) {
    switch tape.tag(index) {
    case JSONTape.Tag.object: self = .object
    case JSONTape.Tag.array: self = .array
    case JSONTape.Tag.string: self = .string
    case JSONTape.Tag.integer, JSONTape.Tag.unsigned: self = .integer
    case JSONTape.Tag.double:
      let number = Double(bitPattern: tape.bits(index))
      self = number == number.rounded() ? .integer : .fraction
    case JSONTape.Tag.null: self = .null
    default: self = .boolean
    }
  }

  /// The types in words: "a string or null".
  var words: String {
    if self == .all.subtracting(.null) { return "any value but null" }
    var names: [String] = []
    if contains(.string) { names.append("a string") }
    if contains(.number) {
      names.append("a number")
    } else if contains(.integer) {
      names.append("a whole number")
    } else if contains(.fraction) {
      names.append("a number with a fraction")
    }
    if contains(.boolean) { names.append("true or false") }
    if contains(.object) { names.append("an object") }
    if contains(.array) { names.append("an array") }
    if contains(.null) { names.append("null") }
    return names.joined(separator: " or ")
  }
}
