import CSimdJSON

/// Writes a JSON text, compact, value by value. Commas come by themselves; that keys and values alternate inside an
/// object is the caller's care.
package struct JSONWriter: Sendable {
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init() {}

  /// The text so far as a string.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Begins anew in the same memory.
  package mutating func reset() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  package mutating func object<Failure: Error>(_ body: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
    try nested(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
  }

  package mutating func array<Failure: Error>(_ body: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
    try nested(UInt8(ascii: "["), UInt8(ascii: "]"), body)
  }

  /// As the other `object`, for bodies that do not throw, which are nearly all.
  package mutating func object(_ body: (inout JSONWriter) -> Void) {
    open(UInt8(ascii: "{"))
    body(&self)
    close(UInt8(ascii: "}"))
  }

  /// As the other `array`, for bodies that do not throw.
  package mutating func array(_ body: (inout JSONWriter) -> Void) {
    open(UInt8(ascii: "["))
    body(&self)
    close(UInt8(ascii: "]"))
  }

  /// How far a text is, to come back to where what follows turns out to be nothing.
  package struct Mark {
    fileprivate var count: Int
    fileprivate var needsComma: Bool
  }

  package var mark: Mark { Mark(count: bytes.count, needsComma: needsComma) }

  /// Takes back what was written since.
  package mutating func rewind(to mark: Mark) {
    bytes.removeLast(bytes.count - mark.count)
    needsComma = mark.needsComma
  }

  /// Makes room for a text of this length in all.
  package mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// The key of the next value.
  @_disfavoredOverload
  package mutating func key(_ key: String) {
    var key = key
    key.withUTF8 { self.key($0) }
  }

  /// As the other, for a name that stands in the source: no text is made of it.
  package mutating func key(_ key: StaticString) { key.withUTF8Buffer { self.key($0) } }

  /// As the other, for a key of a document, decoded.
  package mutating func key(_ key: UnsafeBufferPointer<UInt8>) {
    JSONText.append(string: key, behindComma: needsComma, beforeColon: true, to: &bytes)
    needsComma = false
  }

  package mutating func string(_ value: String) {
    var value = value
    value.withUTF8 { string($0) }
  }

  /// As the other, of a text in UTF-8.
  package mutating func string(_ value: UnsafeBufferPointer<UInt8>) {
    JSONText.append(string: value, behindComma: needsComma, beforeColon: false, to: &bytes)
    needsComma = true
  }

  package mutating func integer(_ value: some BinaryInteger) {
    separate()
    bytes.append(contentsOf: value.description.utf8)
  }

  package mutating func integer(_ value: Int64) {
    separate()
    bytes.append(contentsOf: value.description.utf8)
  }

  /// A finite number, in the shortest form that reads back the same, as ECMAScript writes it.
  package mutating func number(_ value: Double) {
    separate()
    JSONText.append(number: value, to: &bytes)
  }

  package mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  package mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  /// A value of a document: its own spelling, without the white space around tokens.
  package mutating func value(_ value: JSONValue) {
    separate()
    value.withSource { append($0, isScalar: !value.isObject && !value.isArray) }
  }

  /// Members of an object of a document, inside an object: keys as this writer spells them, values in their own spelling.
  ///
  /// `body` is asked for each, with its decoded key and the place of its value on the tape, whether it is to be copied.
  /// Where it is not, `body` may have written something else.
  package mutating func members(
    of object: JSONValue, where body: (inout JSONWriter, UnsafeBufferPointer<UInt8>, Int) -> Bool
  ) {
    guard object.isObject else { return }
    withExtendedLifetime(object.document) {
      let tape = object.document.tape
      let tokens = object.document.tokens
      let end = tape.close(object.index)
      object.document.text.withUnsafeBufferPointer { text in
        var at = object.index + 1
        while at < end {
          let name = tape.bytes(at)
          if body(&self, name, at + 1) {
            key(name)
            separate()
            let source = tape.span(at + 1, in: text, tokens)
            append(UnsafeBufferPointer(rebasing: text[source]), isScalar: !tape.isContainer(at + 1))
          }
          at = tape.next(at + 1)
        }
      }
    }
  }

  /// The source of a value. A scalar is one token.
  private mutating func append(_ source: UnsafeBufferPointer<UInt8>, isScalar: Bool) {
    guard !isScalar else { return bytes.append(contentsOf: source) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: source.count) { room in
      let length = csimdjson_minify(source.baseAddress, source.count, room.baseAddress)
      bytes.append(contentsOf: UnsafeBufferPointer(start: room.baseAddress, count: length))
    }
  }

  /// A text that is one JSON value already, untouched.
  package mutating func raw(_ text: some Sequence<UInt8>) {
    separate()
    bytes.append(contentsOf: text)
  }

  package mutating func raw(_ text: [UInt8]) {
    separate()
    bytes.append(contentsOf: text)
  }

  package mutating func raw(_ text: ArraySlice<UInt8>) {
    separate()
    bytes.append(contentsOf: text)
  }

  package mutating func raw(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func nested<Failure: Error>(
    _ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    self.open(open)
    try body(&self)
    self.close(close)
  }

  private mutating func open(_ byte: UInt8) {
    separate()
    bytes.append(byte)
    needsComma = false
  }

  private mutating func close(_ byte: UInt8) {
    bytes.append(byte)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }
}
