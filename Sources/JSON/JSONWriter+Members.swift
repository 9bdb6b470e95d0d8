/// Members of objects. Names that stand in the source are taken as they are; other names are texts.
extension JSONWriter {
  package mutating func member(_ key: StaticString, _ value: String) {
    self.key(key)
    string(value)
  }

  package mutating func member(_ key: StaticString, _ value: some BinaryInteger) {
    self.key(key)
    integer(value)
  }

  package mutating func member(_ key: StaticString, _ value: Double) {
    self.key(key)
    number(value)
  }

  package mutating func member(_ key: StaticString, _ value: Bool) {
    self.key(key)
    bool(value)
  }

  package mutating func member(_ key: StaticString, _ value: [String]) {
    self.key(key)
    strings(value)
  }

  package mutating func member(_ key: StaticString, _ value: JSONValue) {
    self.key(key)
    self.value(value)
  }

  /// As the other, for bodies that do not throw.
  package mutating func member(_ key: StaticString, _ body: (inout JSONWriter) -> Void) {
    self.key(key)
    body(&self)
  }

  /// A member whose value `body` writes: exactly one.
  package mutating func member<Failure: Error>(
    _ key: StaticString, _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    self.key(key)
    try body(&self)
  }

  private mutating func strings(_ value: [String]) {
    array { writer in
      for item in value { writer.string(item) }
    }
  }
}

extension JSONWriter {
  @_disfavoredOverload
  package mutating func member(_ key: String, _ value: String) {
    self.key(key)
    string(value)
  }

  @_disfavoredOverload
  package mutating func member(_ key: String, _ value: some BinaryInteger) {
    self.key(key)
    integer(value)
  }

  @_disfavoredOverload
  package mutating func member(_ key: String, _ value: Double) {
    self.key(key)
    number(value)
  }

  @_disfavoredOverload
  package mutating func member(_ key: String, _ value: Bool) {
    self.key(key)
    bool(value)
  }

  @_disfavoredOverload
  package mutating func member(_ key: String, _ value: [String]) {
    self.key(key)
    strings(value)
  }

  @_disfavoredOverload
  package mutating func member(_ key: String, _ value: JSONValue) {
    self.key(key)
    self.value(value)
  }

  /// As the other, for bodies that do not throw.
  @_disfavoredOverload
  package mutating func member(_ key: String, _ body: (inout JSONWriter) -> Void) {
    self.key(key)
    body(&self)
  }

  /// A member whose value `body` writes: exactly one.
  @_disfavoredOverload
  package mutating func member<Failure: Error>(
    _ key: String, _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    self.key(key)
    try body(&self)
  }
}
