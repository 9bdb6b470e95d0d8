/// The ids of a bundle, found by the UUID in them, so that a mention without or with a wrong type is seen too.
struct IDTable {
  private var byUUID: [String: [String]] = [:]

  mutating func add(_ id: String) {
    let uuid = String(decoding: id.utf8.suffix(UUIDText.length), as: UTF8.self).lowercased()
    if byUUID[uuid]?.contains(id) != true { byUUID[uuid, default: []].append(id) }
  }

  /// The ids that a mention means: `prefix` is what stands before the UUID, from `type--` back to where the word
  /// begins, or empty. An id of the bundle is given as its object writes it, another one in lower case.
  func targets(prefix: String, uuid: String) -> [String] {
    let known = byUUID[uuid] ?? []
    let mention = prefix + uuid
    let exact = known.filter { $0.lowercased() == mention }
    if !exact.isEmpty { return exact }
    let tails = known.filter { mention.hasSuffix($0.lowercased()) }
    if !tails.isEmpty { return tails }
    return prefix.isEmpty ? known : known + [mention]
  }

  /// The ids that a whole value or key means: those of exactly this type and UUID, or for a bare UUID any with it.
  func whole(prefix: String, uuid: String) -> [String] {
    if prefix.isEmpty { return byUUID[uuid] ?? [] }
    let exact = (byUUID[uuid] ?? []).filter { $0.lowercased() == prefix + uuid }
    return exact.isEmpty ? [prefix + uuid] : exact
  }
}

/// A mention of an id inside a text.
struct IDMention: Equatable {
  /// `type--` in lower case, or empty for a bare UUID.
  let prefix: String
  let uuid: String
  /// Whether the mention is the whole text.
  let isWhole: Bool

  /// Every UUID in a text, with the type before it.
  static func find(in text: String) -> [IDMention] {
    guard text.utf8.count >= UUIDText.length else { return [] }
    var copy = text
    return copy.withUTF8(find)
  }

  static func find(in bytes: UnsafeBufferPointer<UInt8>) -> [IDMention] {
    var mentions: [IDMention] = []
    var start = 0
    while start + UUIDText.length <= bytes.count {
      // A UUID's first hyphen stands at 8: anything else there rules out this start.
      guard bytes[start + 8] == UInt8(ascii: "-"), UUIDText.isUUID(bytes, at: start) else {
        start += 1
        continue
      }
      let prefix = prefixStart(bytes, uuid: start)
      mentions.append(
        IDMention(
          prefix: String(decoding: bytes[prefix..<start], as: UTF8.self).lowercased(),
          uuid: String(decoding: bytes[start..<start + UUIDText.length], as: UTF8.self).lowercased(),
          isWhole: prefix == 0 && start > 0 && start + UUIDText.length == bytes.count))
      start += UUIDText.length
    }
    return mentions
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
