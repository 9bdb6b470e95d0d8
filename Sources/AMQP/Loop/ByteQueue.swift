#if canImport(Glibc)
  import Glibc
#endif

/// Bytes that wait to be written: appended at the end, written from the front.
///
/// Owns malloc'ed memory, so that frames are encoded into it and the socket reads from it without a copy. Large bodies
/// are not copied at all: they are kept as they are, with their place among the other bytes.
struct ByteQueue: ~Copyable, @unchecked Sendable {
  // The memory has one owner, this value, which cannot be copied.
  private var base: UnsafeMutableRawPointer?
  private var capacity = 0
  private var head = 0
  private var tail = 0

  /// A part of a body, to be written when the bytes before `place` are.
  private struct Part {
    var place: Int
    var body: [UInt8]
    var range: Range<Int>
  }

  private var parts: [Part] = []
  /// The first of them that is not written.
  private var firstPart = 0
  private var partBytes = 0

  /// What a drained queue keeps until it is trimmed; more is given back at once.
  static let keptCapacity = 4 << 20

  init() {}

  deinit { free(base) }

  var isEmpty: Bool { head == tail && partBytes == 0 }
  /// How many bytes are still to be written.
  var count: Int { tail - head + partBytes }
  /// Whether there are parts of bodies among them, so that they do not lie in one piece.
  var isScattered: Bool { partBytes > 0 }

  /// How many bytes at the front lie in one piece.
  var frontCount: Int { withFront { $0.count } }

  /// The bytes at the front that lie in one piece. They are valid during `body`.
  func withFront<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    guard firstPart < parts.count else { return body(readable) }
    let part = parts[firstPart]
    guard part.place == head else {
      return body(UnsafeRawBufferPointer(start: base.map { UnsafeRawPointer($0 + head) }, count: part.place - head))
    }
    return part.body.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[part.range])) }
  }

  /// The bytes that are still to be written, where they are not scattered.
  var readable: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base.map { UnsafeRawPointer($0 + head) }, count: tail - head)
  }

  /// Names the next pieces, in order, until there is no more room for their names or `maximum` bytes are named; how
  /// many pieces. They are valid during `body`.
  func withPieces<Result>(
    _ pieces: UnsafeMutableBufferPointer<iovec>, maximum: Int, _ body: (Int) -> Result
  ) -> Result {
    var count = 0
    var bytes = 0
    func name(_ start: UnsafeRawPointer, _ length: Int) {
      guard length > 0, count < pieces.count, bytes < maximum else { return }
      pieces[count] = iovec(iov_base: UnsafeMutableRawPointer(mutating: start), iov_len: length)
      count += 1
      bytes += length
    }
    var place = head
    for part in parts[firstPart...] {
      guard count < pieces.count, bytes < maximum else { break }
      if let base { name(base + place, part.place - place) }
      place = part.place
      // The array is the queue's own and not changed by anybody: its memory stays where it is.
      part.body.withUnsafeBytes { name($0.baseAddress! + part.range.lowerBound, part.range.count) }
    }
    if let base { name(base + place, tail - place) }
    return body(count)
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    reserve(bytes.count)
    memcpy(base! + tail, source, bytes.count)
    tail += bytes.count
  }

  mutating func append(_ byte: UInt8) {
    reserve(1)
    base!.storeBytes(of: byte, toByteOffset: tail, as: UInt8.self)
    tail += 1
  }

  /// Appends a part of a body without copying it.
  mutating func append(_ range: Range<Int>, of body: [UInt8]) {
    guard !range.isEmpty else { return }
    parts.append(Part(place: tail, body: body, range: range))
    partBytes += range.count
  }

  /// Marks bytes at the front as written. `wiping` overwrites them, which is for passwords.
  mutating func consume(_ count: Int, wiping: Bool = false) {
    var left = count
    while left > 0 {
      let next = firstPart < parts.count ? parts[firstPart].place : tail
      let plain = min(left, next - head)
      if wiping, plain > 0, let base { explicit_bzero(base + head, plain) }
      head += plain
      left -= plain
      guard left > 0, firstPart < parts.count else { break }
      let taken = min(left, parts[firstPart].range.count)
      parts[firstPart].range = (parts[firstPart].range.lowerBound + taken)..<parts[firstPart].range.upperBound
      partBytes -= taken
      left -= taken
      guard parts[firstPart].range.isEmpty else { continue }
      parts[firstPart].body = []
      firstPart += 1
    }
    guard isEmpty else { return }
    head = 0
    tail = 0
    parts.removeAll(keepingCapacity: parts.capacity <= 1024)
    firstPart = 0
    if capacity > Self.keptCapacity { trim() }
  }

  /// Moves bytes from the front of another queue to the end of this one, at most `maximum`.
  mutating func take(_ maximum: Int, from other: inout ByteQueue) {
    let moved: Int = withUnsafeTemporaryAllocation(of: iovec.self, capacity: 64) { pieces in
      other.withPieces(pieces, maximum: maximum) { count in
        var moved = 0
        for piece in pieces[..<count] {
          let length = min(piece.iov_len, maximum - moved)
          append(UnsafeRawBufferPointer(start: piece.iov_base, count: length))
          moved += length
        }
        return moved
      }
    }
    other.consume(moved)
  }

  /// Gives the memory back where nothing waits.
  mutating func trim() {
    guard isEmpty else { return }
    free(base)
    base = nil
    capacity = 0
    head = 0
    tail = 0
    parts = []
    firstPart = 0
  }

  mutating func removeAll() { consume(count, wiping: false) }

  mutating func reserve(_ more: Int) {
    guard capacity - tail < more else { return }
    var size = max(capacity, 1024)
    while size < tail + more { size *= 2 }
    guard let grown = realloc(base, size) else { fatalError("out of memory: \(size) bytes to write") }
    base = grown
    capacity = size
  }
}
