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

  /// The key of the next value.
  package mutating func key(_ key: String) {
    separate()
    JSONText.append(string: key, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  package mutating func string(_ value: String) {
    separate()
    JSONText.append(string: value, to: &bytes)
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
    let source = value.source
    // A scalar is one token.
    if !value.isObject && !value.isArray {
      bytes.append(contentsOf: source)
      return
    }
    var inString = false
    var escaped = false
    var start = source.startIndex
    source.withUnsafeBufferPointer { text in
      let base = source.startIndex
      for at in text.indices {
        let byte = text[at]
        if inString {
          inString = escaped || byte != UInt8(ascii: "\"")
          escaped = !escaped && byte == UInt8(ascii: "\\")
        } else if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
          bytes.append(contentsOf: text[(start - base)..<at])
          start = base + at + 1
        } else {
          inString = byte == UInt8(ascii: "\"")
        }
      }
      bytes.append(contentsOf: text[(start - base)...])
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

extension JSONWriter {
  package mutating func member(_ key: String, _ value: String) {
    self.key(key)
    string(value)
  }

  package mutating func member(_ key: String, _ value: some BinaryInteger) {
    self.key(key)
    integer(value)
  }

  package mutating func member(_ key: String, _ value: Double) {
    self.key(key)
    number(value)
  }

  package mutating func member(_ key: String, _ value: Bool) {
    self.key(key)
    bool(value)
  }

  package mutating func member(_ key: String, _ value: [String]) {
    self.key(key)
    array { writer in
      for item in value { writer.string(item) }
    }
  }

  package mutating func member(_ key: String, _ value: JSONValue) {
    self.key(key)
    self.value(value)
  }

  /// As the other, for bodies that do not throw.
  package mutating func member(_ key: String, _ body: (inout JSONWriter) -> Void) {
    self.key(key)
    body(&self)
  }

  /// A member whose value `body` writes: exactly one.
  package mutating func member<Failure: Error>(
    _ key: String, _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    self.key(key)
    try body(&self)
  }
}
