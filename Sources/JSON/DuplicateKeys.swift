/// Finds a key that stands twice in one object. The cost is linear whatever the keys: few keys are compared with one
/// another where a small filter cannot tell them apart, many go through a table hashed with a seed of this process.
enum DuplicateKeys {
  /// The tape words of the two keys.
  struct Repeated {
    var first: Int
    var second: Int
  }

  private static let few = 32
  private static let seed = UInt64.random(in: .min ... .max)

  /// The first key, in the order of the tape, that repeats an earlier one of its object.
  static func first(in tape: JSONTape) -> Repeated? {
    let end = Int(truncatingIfNeeded: tape.words[0] & 0xFFFF_FFFF) - 1
    var table: [UInt32] = []
    var index = 1
    while index < end {
      switch tape.tag(index) {
      case JSONTape.Tag.object:
        let count = tape.count(index)
        if count > 1, let found = count <= few ? amongFew(tape, index) : amongMany(tape, index, count, &table) {
          return found
        }
        index += 1
      case JSONTape.Tag.integer, JSONTape.Tag.unsigned, JSONTape.Tag.double:
        index += 2
      default:
        index += 1
      }
    }
    return nil
  }

  private static func amongFew(_ tape: JSONTape, _ object: Int) -> Repeated? {
    let end = tape.close(object)
    var (seen0, seen1, seen2, seen3): (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var at = object &+ 1
    while at < end {
      let hash = quick(tape.bytes(at))
      let bit = UInt64(1) &<< (hash & 63)
      let hit: Bool
      switch (hash &>> 6) & 3 {
      case 0: (hit, seen0) = (seen0 & bit != 0, seen0 | bit)
      case 1: (hit, seen1) = (seen1 & bit != 0, seen1 | bit)
      case 2: (hit, seen2) = (seen2 & bit != 0, seen2 | bit)
      default: (hit, seen3) = (seen3 & bit != 0, seen3 | bit)
      }
      if hit, let first = earlier(tape, object, at) { return Repeated(first: first, second: at) }
      at = tape.next(at &+ 1)
    }
    return nil
  }

  private static func earlier(_ tape: JSONTape, _ object: Int, _ key: Int) -> Int? {
    let bytes = tape.bytes(key)
    var at = object &+ 1
    while at < key {
      if sameBytes(tape.bytes(at), bytes) { return at }
      at = tape.next(at &+ 1)
    }
    return nil
  }

  /// From the first eight bytes, the last eight and the length: enough for a filter.
  private static func quick(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard let start = UnsafeRawPointer(key.baseAddress) else { return 0 }
    // The string buffer has room behind every string, and four bytes of length before it.
    var head = start.loadUnaligned(as: UInt64.self)
    var tail = (start + key.count - 4).loadUnaligned(as: UInt32.self)
    if key.count < 8 { head &= (1 &<< UInt64(key.count &* 8)) &- 1 }
    if key.count < 4 { tail = 0 }
    let mixed = (head ^ (UInt64(tail) &<< 21) ^ UInt64(key.count)) &* 0x9E37_79B9_7F4A_7C15
    return mixed &>> 56
  }

  private static func amongMany(_ tape: JSONTape, _ object: Int, _ count: Int, _ table: inout [UInt32]) -> Repeated? {
    let room = 1 << (Int.bitWidth - (count * 2 - 1).leadingZeroBitCount)
    table.removeAll(keepingCapacity: true)
    table.append(contentsOf: repeatElement(0, count: room))
    let end = tape.close(object)
    var at = object + 1
    while at < end {
      let key = tape.bytes(at)
      var slot = Int(truncatingIfNeeded: seededHash(key, seed)) & (room - 1)
      while table[slot] != 0 {
        if sameBytes(tape.bytes(Int(table[slot])), key) { return Repeated(first: Int(table[slot]), second: at) }
        slot = (slot + 1) & (room - 1)
      }
      table[slot] = UInt32(at)
      at = tape.next(at + 1)
    }
    return nil
  }
}

/// A hash of bytes that cannot be foreseen without the seed: each eight bytes folded by a 128-bit product.
func seededHash(_ bytes: UnsafeBufferPointer<UInt8>, _ seed: UInt64) -> UInt64 {
  var hash = folded(seed ^ UInt64(bytes.count), 0xA076_1D64_78BD_642F)
  guard let start = UnsafeRawPointer(bytes.baseAddress) else { return hash }
  var at = 0
  while at + 8 <= bytes.count {
    hash = folded(hash ^ (start + at).loadUnaligned(as: UInt64.self), seed | 1)
    at += 8
  }
  if at < bytes.count {
    var rest: UInt64 = 0
    for byte in at..<bytes.count { rest = rest << 8 | UInt64(bytes[byte]) }
    hash = folded(hash ^ rest, seed | 1)
  }
  return folded(hash ^ 0xE703_7ED1_A0B4_28DB, seed &+ 0x8EBC_6AF0_9C88_C6E3)
}

private func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
  let product = left.multipliedFullWidth(by: right)
  return product.high ^ product.low
}
