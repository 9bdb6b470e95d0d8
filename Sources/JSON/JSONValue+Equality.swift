extension JSONValue: Hashable {
  /// Whether two values mean the same: `1` is `1.0`, the order of members is free, strings are compared decoded and
  /// without normalisation. Linear but for the sorting of large objects.
  package static func == (left: JSONValue, right: JSONValue) -> Bool {
    withExtendedLifetime((left.document, right.document)) {
      left.document.tape.equal(left.index, right.document.tape, right.index)
    }
  }

  /// Equal values hash equal; the hash cannot be foreseen outside this process.
  package func hash(into hasher: inout Hasher) {
    withExtendedLifetime(document) { hasher.combine(document.tape.hash(index)) }
  }
}

extension JSONTape {
  private static let seed = UInt64.random(in: .min ... .max)

  /// Whether the value at `index` means the same as one of another tape.
  package func equal(_ index: Int, _ other: JSONTape, _ place: Int) -> Bool {
    switch (tag(index), other.tag(place)) {
    case (Tag.string, Tag.string): sameBytes(bytes(index), other.bytes(place))
    case (Tag.object, Tag.object): equalObjects(index, other, place)
    case (Tag.array, Tag.array): equalArrays(index, other, place)
    case (Tag.yes, Tag.yes), (Tag.no, Tag.no), (Tag.null, Tag.null): true
    case (Tag.integer, Tag.integer), (Tag.unsigned, Tag.unsigned): bits(index) == other.bits(place)
    case (Tag.double, Tag.double): Double(bitPattern: bits(index)) == Double(bitPattern: other.bits(place))
    case (Tag.integer, Tag.double):
      Int64(exactly: Double(bitPattern: other.bits(place))) == Int64(bitPattern: bits(index))
    case (Tag.unsigned, Tag.double): UInt64(exactly: Double(bitPattern: other.bits(place))) == bits(index)
    case (Tag.double, Tag.integer), (Tag.double, Tag.unsigned): other.equal(place, self, index)
    default: false
    }
  }

  /// A hash of what the value at `index` means.
  package func hash(_ index: Int) -> UInt64 {
    switch tag(index) {
    case Tag.string: return seededHash(bytes(index), Self.seed)
    case Tag.array:
      var hash: UInt64 = 1
      let end = close(index)
      var at = index + 1
      while at < end {
        hash = mixed(hash ^ self.hash(at))
        at = next(at)
      }
      return hash
    case Tag.object:
      var hash: UInt64 = 2
      let end = close(index)
      var at = index + 1
      while at < end {
        hash &+= mixed(seededHash(bytes(at), Self.seed) ^ mixed(self.hash(at + 1)))
        at = next(at + 1)
      }
      return mixed(hash)
    case Tag.integer: return mixed(Double(Int64(bitPattern: bits(index))).bitPattern)
    case Tag.unsigned: return mixed(Double(bits(index)).bitPattern)
    case Tag.double:
      let number = Double(bitPattern: bits(index))
      return mixed(number == 0 ? 0 : number.bitPattern)
    case let tag: return mixed(UInt64(tag))
    }
  }

  private func mixed(_ bits: UInt64) -> UInt64 {
    let product = (bits ^ Self.seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }

  private func equalArrays(_ index: Int, _ other: JSONTape, _ place: Int) -> Bool {
    guard count(index) == other.count(place) else { return false }
    let end = close(index)
    var (at, opposite) = (index + 1, place + 1)
    while at < end {
      guard equal(at, other, opposite) else { return false }
      (at, opposite) = (next(at), other.next(opposite))
    }
    return true
  }

  private func equalObjects(_ index: Int, _ other: JSONTape, _ place: Int) -> Bool {
    guard count(index) == other.count(place) else { return false }
    if count(index) > 16 {
      return zip(sortedKeys(index), other.sortedKeys(place)).allSatisfy { key, opposite in
        sameBytes(bytes(key), other.bytes(opposite)) && equal(key + 1, other, opposite + 1)
      }
    }
    let end = close(index)
    var at = index + 1
    while at < end {
      guard let opposite = other.member(place, bytes(at)), equal(at + 1, other, opposite) else { return false }
      at = next(at + 1)
    }
    return true
  }

  private func sortedKeys(_ index: Int) -> [Int] {
    var keys: [Int] = []
    let end = close(index)
    var at = index + 1
    while at < end {
      keys.append(at)
      at = next(at + 1)
    }
    return keys.sorted { bytes($0).lexicographicallyPrecedes(bytes($1)) }
  }
}
