/// The ids, of those withheld, that can be found in a document about to leave: there must be none.
///
/// An id is found by its UUID, alone or behind a type, in any letter case, and behind `\u` escapes. A UUID that some
/// kept object has too gives nothing away by itself: then only the whole id, with its type, counts.
package func forbiddenIDs(in bytes: [UInt8], withheld: Set<String>, kept: Set<String> = []) -> [String] {
  guard !withheld.isEmpty else { return [] }
  let keptUUIDs = Set(kept.map { $0.lowercased().suffix(UUIDScan.length) })
  var forbidden: [[UInt8]: [String]] = [:]
  for id in withheld {
    let uuid = id.lowercased().suffix(UUIDScan.length)
    guard uuid.utf8.count == UUIDScan.length else { continue }
    forbidden[Array(uuid.utf8), default: []].append(id)
  }
  let text = UUIDScan.unescaped(bytes)
  var found: Set<String> = []
  UUIDScan.forEach(in: text) { start, uuid in
    for id in forbidden[uuid] ?? [] {
      let isShared = keptUUIDs.contains(id.lowercased().suffix(UUIDScan.length))
      if !isShared || UUIDScan.ends(text, with: id.lowercased(), at: start + UUIDScan.length) { found.insert(id) }
    }
  }
  return found.sorted()
}

/// Finds UUIDs in bytes, in one pass.
private enum UUIDScan {
  static let length = 36

  /// Calls `body` with the place and the lower-case bytes of each UUID.
  static func forEach(in text: [UInt8], _ body: (Int, [UInt8]) -> Void) {
    guard text.count >= length else { return }
    // The hyphen after eight digits is rare, so it is what the search stops at.
    var place = 8
    while place + length - 8 <= text.count {
      if text[place] == hyphen, isUUID(text, at: place - 8) {
        body(place - 8, text[(place - 8)..<(place - 8 + length)].map(lowercased))
      }
      place += 1
    }
  }

  static func ends(_ text: [UInt8], with suffix: String, at end: Int) -> Bool {
    let start = end - suffix.utf8.count
    return start >= 0 && text[start..<end].map(lowercased) == Array(suffix.utf8)
  }

  /// The bytes with `\u00XX` written out; the same array where there is none.
  static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
    let backslash = UInt8(ascii: "\\")
    guard bytes.contains(backslash) else { return bytes }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      guard bytes[place] == backslash, place + 1 < bytes.count else {
        text.append(bytes[place])
        place += 1
        continue
      }
      if place + 5 < bytes.count, bytes[place + 1] == UInt8(ascii: "u"), bytes[place + 2] == UInt8(ascii: "0"),
        bytes[place + 3] == UInt8(ascii: "0"), let high = hexDigit(bytes[place + 4]),
        let low = hexDigit(bytes[place + 5])
      {
        text.append(high << 4 | low)
        place += 6
      } else {
        text.append(contentsOf: bytes[place...place + 1])
        place += 2
      }
    }
    return text
  }

  private static let hyphen = UInt8(ascii: "-")

  private static func isUUID(_ text: [UInt8], at start: Int) -> Bool {
    for offset in 0..<length {
      switch offset {
      case 8, 13, 18, 23: if text[start + offset] != hyphen { return false }
      default: if hexDigit(text[start + offset]) == nil { return false }
      }
    }
    return true
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
