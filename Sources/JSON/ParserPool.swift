import CSimdJSON
import Synchronization

/// A simdjson parser, which also is the storage of the document that it parsed last.
final class Parser: @unchecked Sendable {
  // Used by one document at a time, which writes only while it is made; the pool hands it on under a lock.
  let handle: OpaquePointer
  let capacity: Int
  let depth: Int

  init?(capacity: Int, depth: Int) {
    guard let handle = csimdjson_create(capacity, depth) else { return nil }
    self.handle = handle
    self.capacity = capacity
    self.depth = depth
  }

  deinit { csimdjson_destroy(handle) }
}

/// Parsers waiting for their next document, by the power of two that they have room for.
enum ParserPool {
  /// Parsers with room for more than this are not kept.
  private static let largestKept = 1 << 20
  /// How many bytes of room are kept in all, per power of two.
  private static let roomPerSize = 4 << 20
  private static let smallest = 1 << 10
  private static let waiting = Mutex<[[Parser]]>(.init(repeating: [], count: 32))

  /// A parser for a text of `length` bytes, or nil when memory is short.
  static func take(length: Int, depth: Int) -> Parser? {
    let exponent = exponent(length)
    let pooled: Parser? = waiting.withLock { sizes in
      guard exponent < sizes.count else { return nil }
      guard let last = sizes[exponent].lastIndex(where: { $0.depth == depth }) else { return nil }
      return sizes[exponent].remove(at: last)
    }
    return pooled ?? Parser(capacity: exponent < 31 ? 1 << exponent : length, depth: depth)
  }

  /// Keeps a parser for the next document, or lets go of one that is oversized or one too many.
  static func give(back parser: Parser) {
    guard parser.capacity <= largestKept else { return }
    let exponent = exponent(parser.capacity)
    let most = min(256, max(4, roomPerSize / parser.capacity))
    waiting.withLock { sizes in
      if sizes[exponent].count >= most { sizes[exponent].removeFirst() }
      sizes[exponent].append(parser)
    }
  }

  private static func exponent(_ length: Int) -> Int {
    Int.bitWidth - (max(length, smallest) - 1).leadingZeroBitCount
  }
}
