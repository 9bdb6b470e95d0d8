/// Names of members in a table, which is asked with a key as it stands on the tape: no text is made of it.
///
/// The names are those of a format, so what they hash to is known, and few come to one place; a key that is none of them
/// costs a comparison or two, whatever it is.
package struct KeyIndex: Sendable {
  /// In the order in which they were given.
  package let names: [String]
  /// The bytes of all names, one behind the other, and where each ends.
  private let bytes: [UInt8]
  private let ends: [Int]
  /// A name's place, plus one; 0 where there is none. Four times as many as names or more, and a power of two.
  private let slots: [UInt16]

  package init(_ names: [String]) {
    self.names = names
    var bytes: [UInt8] = []
    ends = names.map { name in
      bytes.append(contentsOf: name.utf8)
      return bytes.count
    }
    self.bytes = bytes
    var size = 8
    while size < names.count * 4 { size *= 2 }
    var slots = [UInt16](repeating: 0, count: size)
    for (place, name) in names.enumerated() {
      var name = name
      var slot = name.withUTF8 { Self.hash($0) } & (size - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = UInt16(place + 1)
    }
    self.slots = slots
  }

  /// The place of a key among the names; nil for any other.
  package func place(of key: UnsafeBufferPointer<UInt8>) -> Int? {
    var slot = Self.hash(key) & (slots.count - 1)
    while case let found = Int(slots[slot]), found > 0 {
      let range = (found > 1 ? ends[found - 2] : 0)..<ends[found - 1]
      if range.count == key.count,
        bytes.withUnsafeBufferPointer({ sameBytes(UnsafeBufferPointer(rebasing: $0[range]), key) })
      {
        return found - 1
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// From the length, the first eight bytes and the last eight.
  private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> Int {
    var hash = UInt64(truncatingIfNeeded: key.count)
    if key.count >= 8, let start = UnsafeRawPointer(key.baseAddress) {
      hash ^= start.loadUnaligned(as: UInt64.self)
      hash ^= (start + key.count - 8).loadUnaligned(as: UInt64.self) &<< 3
    } else {
      for byte in key { hash = hash &<< 8 ^ UInt64(byte) }
    }
    return Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) &>> 40)
  }
}
