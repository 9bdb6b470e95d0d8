/// A UUID as a number, to be looked up by.
struct UUIDKey: Hashable, Sendable {
  private let high: UInt64
  private let low: UInt64

  /// Reads the 36 bytes from `start`, which must have a UUID's shape, or 32 digits without hyphens: `isPlain`.
  init(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int, isPlain: Bool = false) {
    /// The values of eight digits, one in each byte.
    func values(_ word: UInt64) -> UInt64 {
      // Letters, of either case, are one group of 64 above the digits.
      word & 0x0F0F_0F0F_0F0F_0F0F &+ 9 &* (word &>> 6 & 0x0101_0101_0101_0101)
    }
    let place = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + start)
    func eight(_ offset: Int) -> UInt64 { (place + offset).loadUnaligned(as: UInt64.self) }
    let words = isPlain ? (eight(0), eight(8), eight(16), eight(24)) : UUIDText.digits(place)
    // In no order but this one's: it is only compared.
    high = values(words.0) &<< 4 | values(words.1)
    low = values(words.2) &<< 4 | values(words.3)
  }

  /// The UUID that a text ends with; nil where it ends with none.
  init?(endOf bytes: UnsafeBufferPointer<UInt8>) {
    let start = bytes.count - UUIDText.length
    guard UUIDText.isUUID(bytes, at: start) else { return nil }
    self.init(bytes, at: start)
  }

  func hash(_ seed: UInt64, _ other: UInt64) -> UInt64 {
    let product = (high ^ seed).multipliedFullWidth(by: low ^ other)
    return product.high ^ product.low
  }
}

/// A mention of an id inside a text.
struct IDMention {
  /// Where `type--` stands; empty for a bare UUID.
  let prefix: Range<Int>
  /// The byte after the UUID.
  let end: Int
  let key: UUIDKey
  /// Whether the mention, type and UUID, is the whole text.
  let isWhole: Bool

  /// Calls `body` for every UUID in a text, with the type before it.
  static func forEach(in bytes: UnsafeBufferPointer<UInt8>, _ body: (IDMention) -> Void) {
    // A UUID's first hyphen stands at 8: look for hyphens only.
    var hyphen = 8
    let last = bytes.count - (UUIDText.length - 8)
    while hyphen <= last {
      guard bytes[hyphen] == UInt8(ascii: "-"), UUIDText.isUUID(bytes, at: hyphen - 8) else {
        hyphen += 1
        continue
      }
      let start = hyphen - 8
      let end = start + UUIDText.length
      let prefix = prefixStart(bytes, uuid: start)
      body(
        IDMention(
          prefix: prefix..<start, end: end, key: UUIDKey(bytes, at: start),
          isWhole: prefix == 0 && start > 0 && end == bytes.count))
      hyphen = end + 8
    }
  }

  /// Calls `body` for every run of 32 hexadecimal digits and no more: a UUID without its hyphens, or a hash. The type
  /// before it is not looked at.
  static func forEachPlain(in bytes: UnsafeBufferPointer<UInt8>, _ body: (IDMention) -> Void) {
    // Of any 32 digits in a row one stands at a multiple of 32.
    var at = 0
    while at < bytes.count {
      guard isDigit(bytes[at]) else {
        at += plainLength
        continue
      }
      var start = at
      while start > 0, isDigit(bytes[start - 1]) { start -= 1 }
      var end = at + 1
      while end < bytes.count, isDigit(bytes[end]) { end += 1 }
      if end - start == plainLength {
        body(
          IDMention(
            prefix: start..<start, end: end, key: UUIDKey(bytes, at: start, isPlain: true), isWhole: false))
      }
      at = (end / plainLength + 1) * plainLength
    }
  }

  static let plainLength = 32

  private static func isDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
  }

  /// Where the `type--` before a UUID begins; the UUID's own start when there is none.
  private static func prefixStart(_ bytes: UnsafeBufferPointer<UInt8>, uuid: Int) -> Int {
    let hyphen = UInt8(ascii: "-")
    guard uuid >= 3, bytes[uuid - 1] == hyphen, bytes[uuid - 2] == hyphen else { return uuid }
    var start = uuid - 2
    while start > 0, isTypeCharacter(bytes[start - 1]), !(bytes[start - 1] == hyphen && bytes[start] == hyphen) {
      start -= 1
    }
    while start < uuid - 2, !isLetter(bytes[start]) { start += 1 }
    return start < uuid - 2 ? start : uuid
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  private static func isTypeCharacter(_ byte: UInt8) -> Bool {
    isLetter(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
  }
}
