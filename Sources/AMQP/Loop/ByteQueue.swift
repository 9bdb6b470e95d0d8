#if canImport(Glibc)
  import Glibc
#endif

/// Bytes that wait to be written: appended at the end, written from the front.
///
/// Owns malloc'ed memory, so that frames are encoded into it and the socket reads from it without a copy.
struct ByteQueue: ~Copyable, @unchecked Sendable {
  // The memory has one owner, this value, which cannot be copied.
  private var base: UnsafeMutableRawPointer?
  private var capacity = 0
  private var head = 0
  private var tail = 0

  /// What a drained queue keeps until it is trimmed; more is given back at once.
  static let keptCapacity = 4 << 20

  init() {}

  deinit { free(base) }

  var isEmpty: Bool { head == tail }
  var count: Int { tail - head }

  /// The bytes that are still to be written.
  var readable: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base.map { UnsafeRawPointer($0 + head) }, count: count)
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

  /// Marks bytes at the front as written. `wiping` overwrites them, which is for passwords.
  mutating func consume(_ count: Int, wiping: Bool = false) {
    if wiping, let base { explicit_bzero(base + head, count) }
    head += count
    guard head == tail else { return }
    head = 0
    tail = 0
    if capacity > Self.keptCapacity { trim() }
  }

  /// Gives the memory back where nothing waits.
  mutating func trim() {
    guard isEmpty else { return }
    free(base)
    base = nil
    capacity = 0
    head = 0
    tail = 0
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
