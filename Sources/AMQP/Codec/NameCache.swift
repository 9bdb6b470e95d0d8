#if canImport(Glibc)
  import Glibc
#endif

/// Texts that come again and again, as the names of exchanges and queues do: one string is made of each, not one for
/// every message. Holds a fixed number of short texts; a newer one takes the place of an older.
final class NameCache: @unchecked Sendable {
  // Used by its decoder's thread only.

  private static let size = 64
  @exclusivity(unchecked) private var texts = [String](repeating: "", count: NameCache.size)

  /// The text; what is no UTF-8 is replaced.
  func text(_ bytes: UnsafeRawBufferPointer) -> String {
    if bytes.isEmpty { return "" }
    // Strings of up to 15 bytes need no memory of their own.
    guard bytes.count > 15, bytes.count <= 255 else { return String(decoding: bytes, as: UTF8.self) }
    var mixed = UInt(truncatingIfNeeded: bytes.count)
    for place in [bytes.count - 1, bytes.count - 2, bytes.count - 4, bytes.count / 2, 0] {
      mixed = mixed &* 31 &+ UInt(bytes[place])
    }
    let index = Int(mixed % UInt(Self.size))
    let isKnown = texts[index].utf8.withContiguousStorageIfAvailable { known in
      known.count == bytes.count && memcmp(known.baseAddress!, bytes.baseAddress!, bytes.count) == 0
    }
    if isKnown != true { texts[index] = String(decoding: bytes, as: UTF8.self) }
    return texts[index]
  }
}
