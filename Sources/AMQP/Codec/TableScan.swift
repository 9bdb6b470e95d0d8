/// A look over an encoded field table before librabbitmq's decoder, which recurses without a bound, may see it.
///
/// Iterative: the nesting costs no stack. Checks that every length stays inside its parent, that tables and arrays are
/// nested no deeper than `AMQPTable.maximumDepth`, and that there are no more than `AMQPTable.maximumEntries` values.
enum TableScan {
  enum Finding: Equatable {
    /// Safe to decode; the table ends at this offset.
    case safe(end: Int)
    case tooDeep
    case tooMany
    case malformed
  }

  private struct Level {
    var end: Int
    var isTable: Bool
  }

  /// Scans the table that begins (with its length) at `start`.
  static func scan(_ bytes: UnsafeRawBufferPointer, from start: Int = 0) -> Finding {
    var offset = start
    var entries = 0
    guard let length = number(bytes, at: offset, bytes.count) else { return .malformed }
    offset += 4
    guard length <= bytes.count - offset else { return .malformed }
    var levels = [Level(end: offset + length, isTable: true)]
    while let level = levels.last {
      if offset == level.end {
        levels.removeLast()
        continue
      }
      entries += 1
      guard entries <= AMQPTable.maximumEntries else { return .tooMany }
      if level.isTable {
        offset += 1 + Int(bytes[offset])
      }
      guard offset < level.end else { return .malformed }
      let kind = bytes[offset]
      offset += 1
      switch width(of: kind) {
      case .fixed(let width):
        offset += width
      case .counted:
        guard let length = number(bytes, at: offset, level.end) else { return .malformed }
        offset += 4
        guard length <= level.end - offset else { return .malformed }
        offset += length
      case .nested(let isTable):
        guard let length = number(bytes, at: offset, level.end) else { return .malformed }
        offset += 4
        guard length <= level.end - offset else { return .malformed }
        guard levels.count < AMQPTable.maximumDepth else { return .tooDeep }
        levels.append(Level(end: offset + length, isTable: isTable))
      case .unknown:
        return .malformed
      }
      guard offset <= level.end else { return .malformed }
    }
    return .safe(end: offset)
  }

  private enum Width {
    case fixed(Int), counted, nested(isTable: Bool), unknown
  }

  private static func width(of kind: UInt8) -> Width {
    switch kind {
    case UInt8(ascii: "V"): .fixed(0)
    case UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "B"): .fixed(1)
    case UInt8(ascii: "s"), UInt8(ascii: "u"): .fixed(2)
    case UInt8(ascii: "I"), UInt8(ascii: "i"), UInt8(ascii: "f"): .fixed(4)
    case UInt8(ascii: "D"): .fixed(5)
    case UInt8(ascii: "l"), UInt8(ascii: "L"), UInt8(ascii: "d"), UInt8(ascii: "T"): .fixed(8)
    case UInt8(ascii: "S"), UInt8(ascii: "x"): .counted
    case UInt8(ascii: "F"): .nested(isTable: true)
    case UInt8(ascii: "A"): .nested(isTable: false)
    default: .unknown
    }
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ end: Int) -> Int? {
    guard end - offset >= 4 else { return nil }
    return Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }
}
