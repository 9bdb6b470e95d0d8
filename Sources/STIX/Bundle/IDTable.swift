/// A UUID as a number, to be looked up by.
struct UUIDKey: Hashable {
  private let high: UInt64
  private let low: UInt64

  /// Reads the 36 bytes from `start`, which must have a UUID's shape.
  init(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) {
    func digits(_ from: Int, _ count: Int, _ before: UInt64) -> UInt64 {
      var value = before
      for at in (start + from)..<(start + from + count) {
        let byte = bytes[at]
        // Letters, of either case, are one group of 64 above the digits.
        value = value &<< 4 | UInt64(byte & 0x0F &+ 9 &* (byte &>> 6))
      }
      return value
    }
    // The hyphens stand at 8, 13, 18 and 23.
    high = digits(14, 4, digits(9, 4, digits(0, 8, 0)))
    low = digits(24, 12, digits(19, 4, 0))
  }
}

/// The ids of a bundle, found by the UUID in them, so that a mention without or with a wrong type is seen too.
struct IDTable {
  /// An id that an object of the bundle has.
  struct Known {
    /// As its object writes it.
    let id: String
    /// `type--` in lower case.
    let prefix: [UInt8]
  }

  private var byUUID: [UUIDKey: [Known]] = [:]

  /// Ids of different types may share a UUID, as where one thing is told in several objects; more than this do so only
  /// to make every mention of it dear.
  static let mostOfOneUUID = 16

  /// The first entry whose id is one too many of its UUID; nil for a sound list.
  static func firstTooMany(_ entries: [ScanTable.Entry]) -> Int? {
    // Counting first: hardly any bundle has a UUID so often.
    var counts: [UUIDKey: Int] = [:]
    counts.reserveCapacity(entries.count)
    var most = 0
    for entry in entries {
      guard let key = key(of: entry.id) else { continue }
      let count = counts[key, default: 0] + 1
      counts[key] = count
      most = max(most, count)
    }
    guard most > mostOfOneUUID else { return nil }
    var ids: [UUIDKey: Set<String>] = [:]
    for (index, entry) in entries.enumerated() {
      guard let key = key(of: entry.id), counts[key, default: 0] > mostOfOneUUID else { continue }
      ids[key, default: []].insert(entry.id)
      if ids[key, default: []].count > mostOfOneUUID { return index }
    }
    return nil
  }

  private static func key(of id: String) -> UUIDKey? {
    var id = id
    return id.withUTF8 { bytes -> UUIDKey? in
      let start = bytes.count - UUIDText.length
      return UUIDText.isUUID(bytes, at: start) ? UUIDKey(bytes, at: start) : nil
    }
  }

  /// An id without a UUID cannot be mentioned, and is left out.
  mutating func add(_ id: String) {
    guard let (key, prefix) = Self.parts(of: id) else { return }
    if byUUID[key]?.contains(where: { $0.id == id }) != true {
      byUUID[key, default: []].append(Known(id: id, prefix: prefix))
    }
  }

  static func parts(of id: String) -> (key: UUIDKey, prefix: [UInt8])? {
    var id = id
    return id.withUTF8 { bytes in
      let start = bytes.count - UUIDText.length
      guard UUIDText.isUUID(bytes, at: start) else { return nil }
      return (UUIDKey(bytes, at: start), bytes[..<start].map(UUIDText.lowercased))
    }
  }

  /// The ids that a mention means, but for the object's own.
  ///
  /// An id of the bundle is given as its object writes it, another one in lower case. The value of a reference property
  /// means the id of exactly this type and UUID; inside a text also one whose type the word before the UUID ends with,
  /// and failing that every id with this UUID.
  func targets(
    of mention: IDMention, in bytes: UnsafeBufferPointer<UInt8>, isEmbedded: Bool, own: (key: UUIDKey, prefix: [UInt8])?
  ) -> [String] {
    let known = byUUID[mention.key] ?? []
    let prefix = bytes[mention.prefix]
    let found: [Known]
    if prefix.isEmpty {
      if let own, own.key == mention.key { return [] }
      found = known
    } else {
      let exact = known.filter { Self.equal($0.prefix, prefix) }
      let tails =
        exact.isEmpty && isEmbedded ? known.filter { Self.equal($0.prefix, prefix.suffix($0.prefix.count)) } : []
      found = exact.isEmpty ? tails : exact
      if found.isEmpty {
        let text = bytes[mention.prefix.lowerBound..<mention.end].map(UUIDText.lowercased)
        return (isEmbedded ? others(known, than: own, mention) : []) + [String(decoding: text, as: UTF8.self)]
      }
    }
    return others(found, than: own, mention)
  }

  private func others(_ known: [Known], than own: (key: UUIDKey, prefix: [UInt8])?, _ mention: IDMention) -> [String] {
    guard let own, own.key == mention.key else { return known.map(\.id) }
    return known.filter { $0.prefix != own.prefix }.map(\.id)
  }

  private static func equal(_ lower: [UInt8], _ other: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    lower.count == other.count && zip(lower, other).allSatisfy { $0 == UUIDText.lowercased($1) }
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
