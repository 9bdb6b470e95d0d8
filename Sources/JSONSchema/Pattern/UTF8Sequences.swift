/// Splits ranges of code points into sequences of byte ranges, so that an automaton can read UTF-8 byte by byte.
enum UTF8Sequences {
  /// All sequences, each of one to four byte ranges, whose bytes spell the code points of the set. Surrogates have no
  /// spelling and are left out.
  static func of(_ set: CharacterSet) -> [[ClosedRange<UInt8>]] {
    var sequences: [[ClosedRange<UInt8>]] = []
    for range in set.ranges {
      for bounds in [0...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF]
        as [ClosedRange<UInt32>]
      {
        guard range.overlaps(bounds) else { continue }
        split(range.clamped(to: bounds), &sequences)
      }
    }
    return sequences
  }

  /// Splits a range of code points of one length until all but its last bytes differ in one place at most.
  private static func split(_ range: ClosedRange<UInt32>, _ sequences: inout [[ClosedRange<UInt8>]]) {
    let length = bytes(range.lowerBound).count
    for tail in 1..<max(length, 1) {
      let mask = (UInt32(1) << UInt32(6 * tail)) - 1
      let (low, high) = (range.lowerBound, range.upperBound)
      guard low & ~mask != high & ~mask else { continue }
      if low & mask != 0 {
        split(low...(low | mask), &sequences)
        split(((low | mask) + 1)...high, &sequences)
        return
      }
      if high & mask != mask {
        split(low...((high & ~mask) - 1), &sequences)
        split((high & ~mask)...high, &sequences)
        return
      }
    }
    sequences.append(zip(bytes(range.lowerBound), bytes(range.upperBound)).map { $0...$1 })
  }

  private static func bytes(_ value: UInt32) -> [UInt8] {
    func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(value >> shift & 0x3F) }
    switch value {
    case 0..<0x80: return [UInt8(value)]
    case 0x80..<0x800: return [0xC0 | UInt8(value >> 6), tail(0)]
    case 0x800..<0x10000: return [0xE0 | UInt8(value >> 12), tail(6), tail(0)]
    default: return [0xF0 | UInt8(value >> 18), tail(12), tail(6), tail(0)]
    }
  }
}
