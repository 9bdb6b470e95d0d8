import CSimdJSON

/// For each word of a tape, the byte at which its token begins.
///
/// simdjson's first stage leaves the offset of every token; its second writes the tape in the same order, skipping
/// colons and commas. So one walk over both pairs them up.
enum TokenOffsets {
  /// A table in memory that is the caller's to let go.
  static func table(_ tape: JSONTape, _ parser: Parser) -> UnsafeMutablePointer<UInt32> {
    let end = Int(truncatingIfNeeded: tape.words[0] & 0xFFFF_FFFF)
    let offsets = UnsafeMutablePointer<UInt32>.allocate(capacity: end)
    offsets.initialize(repeating: 0, count: end)
    if let structurals = csimdjson_structurals(parser.handle) { pair(tape, structurals, end, offsets) }
    return offsets
  }

  private static func pair(
    _ tape: JSONTape, _ structurals: UnsafePointer<UInt32>, _ end: Int,
    _ offsets: UnsafeMutablePointer<UInt32>
  ) {
    /// For each open container: whether it is an object.
    var open: [Bool] = []
    var token = 0
    var index = 1
    var isKey = false
    while index < end - 1 {
      offsets[index] = structurals[token]
      token += 1
      switch tape.tag(index) {
      case JSONTape.Tag.object:
        open.append(true)
        isKey = true
        index += 1
        continue
      case JSONTape.Tag.array:
        open.append(false)
        isKey = false
        index += 1
        continue
      case JSONTape.Tag.objectEnd, JSONTape.Tag.arrayEnd:
        open.removeLast()
        isKey = false
        index += 1
      default:
        index = tape.next(index)
      }
      if isKey {
        // The colon.
        token += 1
        isKey = false
        continue
      }
      guard let isObject = open.last else { break }
      let follows = tape.tag(index)
      if follows != JSONTape.Tag.objectEnd, follows != JSONTape.Tag.arrayEnd {
        // The comma.
        token += 1
        isKey = isObject
      }
    }
  }
}
