/// A value of a document: a view, no copy. As cheap as a reference and an integer.
package struct JSONValue: Sendable {
  /// What a value is. Numbers are told apart by how they are held: `1` is an integer, `1.0` a double, and only a
  /// whole number above `Int64.max` is unsigned.
  package enum Kind: Sendable, Equatable {
    case null, bool, integer, unsigned, double, string, array, object
  }

  package let document: JSONDocument
  /// The word of the document's tape at which the value begins.
  package let index: Int

  package init(document: JSONDocument, index: Int) {
    self.document = document
    self.index = index
  }

  var tape: JSONTape { document.tape }

  package var kind: Kind {
    switch tape.tag(index) {
    case JSONTape.Tag.object: .object
    case JSONTape.Tag.array: .array
    case JSONTape.Tag.string: .string
    case JSONTape.Tag.integer: .integer
    case JSONTape.Tag.unsigned: .unsigned
    case JSONTape.Tag.double: .double
    case JSONTape.Tag.yes, JSONTape.Tag.no: .bool
    default: .null
    }
  }

  package var isNull: Bool { tape.tag(index) == JSONTape.Tag.null }
  package var isObject: Bool { tape.tag(index) == JSONTape.Tag.object }
  package var isArray: Bool { tape.tag(index) == JSONTape.Tag.array }

  /// The string, decoded; nil when the value is none.
  package var string: String? {
    tape.tag(index) == JSONTape.Tag.string ? String(decoding: tape.bytes(index), as: UTF8.self) : nil
  }

  /// Calls `body` with the bytes of the string, decoded; nil when the value is none.
  package func withString<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
    guard tape.tag(index) == JSONTape.Tag.string else { return nil }
    return withExtendedLifetime(document) { body(tape.bytes(index)) }
  }

  package var bool: Bool? {
    switch tape.tag(index) {
    case JSONTape.Tag.yes: true
    case JSONTape.Tag.no: false
    default: nil
    }
  }

  /// The whole number; `1.0` and `1e2` are whole too. Nil when it does not fit.
  package var integer: Int64? {
    switch tape.tag(index) {
    case JSONTape.Tag.integer: Int64(bitPattern: tape.bits(index))
    case JSONTape.Tag.double: Int64(exactly: Double(bitPattern: tape.bits(index)))
    default: nil
    }
  }

  /// The whole number, not negative. Nil when it does not fit.
  package var unsigned: UInt64? {
    switch tape.tag(index) {
    case JSONTape.Tag.unsigned: tape.bits(index)
    case JSONTape.Tag.integer: UInt64(exactly: Int64(bitPattern: tape.bits(index)))
    case JSONTape.Tag.double: UInt64(exactly: Double(bitPattern: tape.bits(index)))
    default: nil
    }
  }

  /// The number as a double, rounded if need be.
  package var number: Double? {
    switch tape.tag(index) {
    case JSONTape.Tag.integer: Double(Int64(bitPattern: tape.bits(index)))
    case JSONTape.Tag.unsigned: Double(tape.bits(index))
    case JSONTape.Tag.double: Double(bitPattern: tape.bits(index))
    default: nil
    }
  }

  /// How many members or elements; 0 for a scalar.
  package var count: Int { isObject || isArray ? tape.count(index) : 0 }

  /// Whether the value is this string, without making a `String`.
  package func isString(_ text: StaticString) -> Bool {
    guard tape.tag(index) == JSONTape.Tag.string else { return false }
    return text.withUTF8Buffer { sameBytes(tape.bytes(index), $0) }
  }

  /// As for a text that stands in the source.
  @_disfavoredOverload
  package func isString(_ text: String) -> Bool {
    guard tape.tag(index) == JSONTape.Tag.string else { return false }
    var text = text
    return text.withUTF8 { sameBytes(tape.bytes(index), $0) }
  }

  /// The member of that name; nil when the value is no object or has none.
  package subscript(_ key: StaticString) -> JSONValue? {
    guard isObject else { return nil }
    return key.withUTF8Buffer { tape.member(index, $0) }.map { JSONValue(document: document, index: $0) }
  }

  /// The member of that name; nil when the value is no object or has none.
  @_disfavoredOverload
  package subscript(_ key: String) -> JSONValue? {
    guard isObject else { return nil }
    var key = key
    return key.withUTF8 { tape.member(index, $0) }.map { JSONValue(document: document, index: $0) }
  }

  /// The element at that place, from 0; nil when the value is no array or has none. Walks to it.
  package subscript(_ place: Int) -> JSONValue? {
    guard isArray, place >= 0, place < tape.count(index) else { return nil }
    var at = index + 1
    for _ in 0..<place { at = tape.next(at) }
    return JSONValue(document: document, index: at)
  }

  /// The value that a pointer leads to from here.
  package func at(_ pointer: JSONPointer) -> JSONValue? {
    var value = self
    for token in pointer.tokens {
      let next = value.isArray ? JSONPointer.place(token).flatMap { value[$0] } : value[token]
      guard let next else { return nil }
      value = next
    }
    return value
  }
}

extension JSONValue: CustomStringConvertible {
  /// The source, as it stands in the text.
  package var description: String { String(decoding: source, as: UTF8.self) }
}
