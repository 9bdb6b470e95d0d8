/// simdjson's tape of a document, for loops that cannot afford a reference count per value.
///
/// Holds only as long as the document does: keep the document alive around its use (`withExtendedLifetime`).
/// A word is a tag in the high byte and a payload. `{` and `[`: low 32 bits are the index after the matching close,
/// bits 32 to 55 the count (it saturates). `"`: offset of a length and the bytes. `l`, `u`, `d` take a second word.
///
/// Public, as nothing else here is: the compiler inlines across modules only what is public, and a call per word costs
/// the validator a third of its speed.
public struct JSONTape: @unchecked Sendable {
  // Points at memory that is not written while the document lives.
  @usableFromInline let words: UnsafePointer<UInt64>
  @usableFromInline let strings: UnsafePointer<UInt8>

  /// The tags of words.
  public enum Tag {
    @inlinable public static var object: UInt8 { UInt8(ascii: "{") }
    @inlinable public static var objectEnd: UInt8 { UInt8(ascii: "}") }
    @inlinable public static var array: UInt8 { UInt8(ascii: "[") }
    @inlinable public static var arrayEnd: UInt8 { UInt8(ascii: "]") }
    @inlinable public static var string: UInt8 { UInt8(ascii: "\"") }
    @inlinable public static var integer: UInt8 { UInt8(ascii: "l") }
    @inlinable public static var unsigned: UInt8 { UInt8(ascii: "u") }
    @inlinable public static var double: UInt8 { UInt8(ascii: "d") }
    @inlinable public static var yes: UInt8 { UInt8(ascii: "t") }
    @inlinable public static var no: UInt8 { UInt8(ascii: "f") }
    @inlinable public static var null: UInt8 { UInt8(ascii: "n") }
  }

  @inlinable
  public func tag(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: words[index] &>> 56) }

  /// The index of the word after the value at `index`.
  @inlinable
  public func next(_ index: Int) -> Int {
    switch tag(index) {
    case Tag.object, Tag.array: Int(truncatingIfNeeded: words[index] & 0xFFFF_FFFF)
    case Tag.integer, Tag.unsigned, Tag.double: index &+ 2
    default: index &+ 1
    }
  }

  /// The bytes of the string at `index`, decoded.
  @inlinable
  public func bytes(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    let start = strings + Int(truncatingIfNeeded: words[index] & 0xFF_FFFF_FFFF_FFFF)
    let length = UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
    return UnsafeBufferPointer(start: start + 4, count: Int(length))
  }

  /// The bits of the number at `index`.
  @inlinable
  public func bits(_ index: Int) -> UInt64 { words[index &+ 1] }

  /// The index of the closing word of the object or array at `index`.
  @inlinable
  public func close(_ index: Int) -> Int { Int(truncatingIfNeeded: words[index] & 0xFFFF_FFFF) &- 1 }

  /// How many members or elements the object or array at `index` has.
  @inlinable
  public func count(_ index: Int) -> Int {
    let stored = Int(truncatingIfNeeded: (words[index] &>> 32) & 0xFF_FFFF)
    return stored < 0xFF_FFFF ? stored : countByWalking(index)
  }

  @usableFromInline
  func countByWalking(_ index: Int) -> Int {
    let end = close(index)
    var count = 0
    var at = index + 1
    while at < end {
      at = next(at)
      count += 1
    }
    return tag(index) == Tag.object ? count / 2 : count
  }

  /// The index of the value of member `key`, or nil. `index` is an object.
  @inlinable
  public func member(_ index: Int, _ key: UnsafeBufferPointer<UInt8>) -> Int? {
    let end = close(index)
    var at = index &+ 1
    while at < end {
      if sameBytes(bytes(at), key) { return at &+ 1 }
      at = next(at &+ 1)
    }
    return nil
  }
}

/// Whether two runs of bytes are the same.
@inlinable
public func sameBytes(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
  guard left.count == right.count else { return false }
  guard left.count > 0, let first = left.baseAddress, let second = right.baseAddress else { return true }
  var at = 0
  while at &+ 8 <= left.count {
    if UnsafeRawPointer(first + at).loadUnaligned(as: UInt64.self)
      != UnsafeRawPointer(second + at).loadUnaligned(as: UInt64.self)
    {
      return false
    }
    at &+= 8
  }
  while at < left.count {
    if first[at] != second[at] { return false }
    at &+= 1
  }
  return true
}
