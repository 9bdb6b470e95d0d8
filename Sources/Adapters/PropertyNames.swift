import JSON

/// Names of properties, compared with the keys of a document without a text being made of these.
struct PropertyNames: ExpressibleByArrayLiteral, Sendable {
  private var names: [StaticString]
  /// A bit for each length that some name has; what is longer shares the last.
  private var lengths: UInt64

  init(arrayLiteral names: StaticString...) {
    self.names = names
    lengths = names.reduce(0) { $0 | Self.bit($1.utf8CodeUnitCount) }
  }

  mutating func insert(_ name: StaticString) {
    names.append(name)
    lengths |= Self.bit(name.utf8CodeUnitCount)
  }

  mutating func formUnion(_ other: PropertyNames) {
    names += other.names
    lengths |= other.lengths
  }

  func union(_ other: PropertyNames) -> PropertyNames {
    var both = self
    both.formUnion(other)
    return both
  }

  func contains(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
    guard lengths & Self.bit(key.count) != 0 else { return false }
    return names.contains { $0.utf8CodeUnitCount == key.count && $0.withUTF8Buffer { sameBytes($0, key) } }
  }

  private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }
}

extension JSONValue {
  /// The members of an object with their keys as they stand on the tape, which hold only as long as the call.
  func forEachKey(_ body: (UnsafeBufferPointer<UInt8>, JSONValue) -> Void) {
    guard isObject else { return }
    withExtendedLifetime(document) {
      let tape = document.tape
      let end = tape.close(index)
      var at = index + 1
      while at < end {
        body(tape.bytes(at), JSONValue(document: document, index: at + 1))
        at = tape.next(at + 1)
      }
    }
  }
}
