import JSON

/// Names of properties, compared with the keys of a document without a text being made of these.
struct PropertyNames: ExpressibleByArrayLiteral, Sendable {
  private var names: [StaticString]
  /// Of each name what a key is told from most others by.
  private var prints: [UInt64]

  init(arrayLiteral names: StaticString...) {
    self.names = names
    prints = names.map { $0.withUTF8Buffer { Self.print($0) } }
  }

  mutating func insert(_ name: StaticString) {
    names.append(name)
    prints.append(name.withUTF8Buffer { Self.print($0) })
  }

  mutating func formUnion(_ other: PropertyNames) {
    names += other.names
    prints += other.prints
  }

  func union(_ other: PropertyNames) -> PropertyNames {
    var both = self
    both.formUnion(other)
    return both
  }

  func contains(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
    let print = Self.print(key)
    for place in prints.indices where prints[place] == print {
      if names[place].withUTF8Buffer({ sameBytes($0, key) }) { return true }
    }
    return false
  }

  /// The last seven bytes of a name, and its length.
  private static func print(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var print = UInt64(truncatingIfNeeded: name.count)
    for byte in name.suffix(7) { print = print &<< 8 | UInt64(byte) }
    return print
  }
}

extension JSONValue {
  /// The members of an object: their keys as they stand on the tape, which hold only as long as the call, and the places
  /// of their values on it.
  func forEachKey(_ body: (UnsafeBufferPointer<UInt8>, Int) -> Void) {
    guard isObject else { return }
    withExtendedLifetime(document) {
      let tape = document.tape
      let end = tape.close(index)
      var at = index + 1
      while at < end {
        body(tape.bytes(at), at + 1)
        at = tape.next(at + 1)
      }
    }
  }

  /// The elements of a list.
  func forEachElement(_ body: (JSONValue) -> Void) {
    guard isArray else { return }
    withExtendedLifetime(document) {
      let tape = document.tape
      let end = tape.close(index)
      var at = index + 1
      while at < end {
        body(JSONValue(document: document, index: at))
        at = tape.next(at)
      }
    }
  }
}

/// Whether a key is this name.
func isKey(_ key: UnsafeBufferPointer<UInt8>, _ name: StaticString) -> Bool {
  key.count == name.utf8CodeUnitCount && name.withUTF8Buffer { sameBytes(key, $0) }
}
