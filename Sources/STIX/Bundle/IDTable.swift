import JSON

/// The ids of a bundle, found by the UUID in them, so that a mention without or with a wrong type is seen too.
///
/// A hash table of its own, whose places cannot be foreseen from outside: one entry for each id and a chain for each
/// UUID, without a list or a text being made for any of them.
final class IDTable: Sendable {
  /// An id that an object of the bundle has.
  struct Known: Sendable {
    let key: UUIDKey
    /// As its object writes it.
    let id: String
    /// The first and the last object that have it.
    let first: Int
    var last: Int
    /// The next id with the same UUID; -1 after the last.
    var next = -1

    /// The length of `type--` before the UUID.
    var prefixLength: Int { id.utf8.count - UUIDText.length }

    /// Whether this text is the id, but for the case of letters.
    func isSameID(as other: UnsafeBufferPointer<UInt8>) -> Bool {
      guard id.utf8.count == other.count else { return false }
      if id.utf8.withContiguousStorageIfAvailable({ sameBytes($0, other) }) ?? false { return true }
      return id.isSameID(as: String(decoding: other, as: UTF8.self))
    }
  }

  private let known: [Known]
  /// Places in `known`; -1 where there is none.
  private let slots: [Int32]
  /// Of each object the next one with the same id; -1 after the last.
  private let nextOfID: [Int32]
  /// Objects whose id has no UUID, by canonical id.
  private let others: [String: [Int]]
  /// Whether some id stands here twice.
  private let hasRepeats: Bool
  /// The object whose id is one too many of its UUID.
  let firstTooMany: Int?

  /// Ids of different types may share a UUID, as where one thing is told in several objects; more than this do so only
  /// to make every mention of it dear.
  static let mostOfOneUUID = 16

  init(_ entries: [ScanTable.Entry]) {
    var filling = Filling(entries.count)
    for index in entries.indices where filling.firstTooMany == nil {
      filling.add(entries[index].id, entries[index].key, index)
    }
    known = filling.known
    slots = filling.slots
    nextOfID = filling.nextOfID
    others = filling.others
    hasRepeats = filling.hasRepeats
    firstTooMany = filling.firstTooMany
  }

  /// The table while it is filled.
  private struct Filling {
    var known: [Known] = []
    var slots: [Int32]
    var nextOfID: [Int32]
    var others: [String: [Int]] = [:]
    var hasRepeats = false
    var firstTooMany: Int?

    init(_ count: Int) {
      var size = 16
      while size < count * 2 { size *= 2 }
      slots = Array(repeating: -1, count: size)
      nextOfID = Array(repeating: -1, count: count)
      known.reserveCapacity(count)
    }

    mutating func add(_ id: String, _ key: UUIDKey?, _ index: Int) {
      guard let key else {
        others[id.canonicalID, default: []].append(index)
        hasRepeats = hasRepeats || others[id.canonicalID]?.count != 1
        return
      }
      let place = IDTable.place(of: key, slots, known)
      let head = Int(slots[place])
      guard head >= 0 else {
        slots[place] = Int32(truncatingIfNeeded: known.count)
        return known.append(Known(key: key, id: id, first: index, last: index))
      }
      var count = 1
      var at = head
      while known[at].id != id {
        // Ids that differ in the case of their letters are one.
        hasRepeats = hasRepeats || known[at].id.isSameID(as: id)
        guard known[at].next >= 0 else {
          if count == IDTable.mostOfOneUUID { return firstTooMany = index }
          known[at].next = known.count
          return known.append(Known(key: key, id: id, first: index, last: index))
        }
        at = known[at].next
        count += 1
      }
      hasRepeats = true
      nextOfID[known[at].last] = Int32(truncatingIfNeeded: index)
      known[at].last = index
    }
  }

  private func place(of key: UUIDKey) -> Int { Self.place(of: key, slots, known) }

  /// The slot that has the key, or could have it.
  private static func place(of key: UUIDKey, _ slots: [Int32], _ known: [Known]) -> Int {
    var place = Int(truncatingIfNeeded: key.hash(seeds.0, seeds.1)) & (slots.count - 1)
    while case let found = Int(slots[place]), found >= 0, known[found].key != key {
      place = (place + 1) & (slots.count - 1)
    }
    return place
  }

  private static let seeds = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))

  // MARK: Objects

  /// Calls `body` with every object of this id, in any letter case, in the order of the text but for ids that differ in
  /// their case.
  func forEachObject(id: UnsafeBufferPointer<UInt8>, _ body: (Int) -> Void) {
    guard let key = UUIDKey(endOf: id) else {
      for index in others[String(decoding: id, as: UTF8.self).canonicalID] ?? [] { body(index) }
      return
    }
    known.withUnsafeBufferPointer { known in
      var at = Int(slots[place(of: key)])
      while at >= 0 {
        if known[at].isSameID(as: id) {
          var index = known[at].first
          while index >= 0 {
            body(index)
            index = Int(nextOfID[index])
          }
        }
        at = known[at].next
      }
    }
  }

  /// The first object of this id, in any letter case.
  func firstObject(id: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let key = UUIDKey(endOf: id) else { return others[String(decoding: id, as: UTF8.self).canonicalID]?.first }
    return known.withUnsafeBufferPointer { known in
      var first: Int?
      var at = Int(slots[place(of: key)])
      while at >= 0 {
        if known[at].isSameID(as: id) { first = min(first ?? known[at].first, known[at].first) }
        at = known[at].next
      }
      return first
    }
  }

  /// The objects of each id that several have.
  var repeats: [[Int]] {
    guard hasRepeats else { return [] }
    var lists: [String: [Int]] = others
    for entry in known {
      var index = entry.first
      while index >= 0 {
        lists[entry.id.canonicalID, default: []].append(index)
        index = Int(nextOfID[index])
      }
    }
    return lists.values.filter { $0.count > 1 }.map { $0.sorted() }.sorted { $0[0] < $1[0] }
  }

  static func parts(of id: String) -> (key: UUIDKey, prefix: [UInt8])? {
    var id = id
    return id.withUTF8 { bytes in
      guard let key = UUIDKey(endOf: bytes) else { return nil }
      return (key, bytes[..<(bytes.count - UUIDText.length)].map(UUIDText.lowercased))
    }
  }

  // MARK: Mentions

  /// The ids that a mention means, but for the object's own.
  ///
  /// An id of the bundle is given as its object writes it, another one in lower case. The value of a reference property
  /// means the id of exactly this type and UUID; inside a text also one whose type the word before the UUID ends with,
  /// and failing that every id with this UUID.
  func targets(
    of mention: IDMention, in bytes: UnsafeBufferPointer<UInt8>, isEmbedded: Bool, own: (key: UUIDKey, prefix: [UInt8])?
  ) -> [String] {
    let known = known(of: mention.key)
    let prefix = bytes[mention.prefix]
    let found: [Known]
    if prefix.isEmpty {
      if let own, own.key == mention.key { return [] }
      found = known
    } else {
      let exact = known.filter { Self.hasPrefix($0, prefix) }
      let tails = exact.isEmpty && isEmbedded ? known.filter { Self.hasPrefix($0, prefix.suffix($0.prefixLength)) } : []
      found = exact.isEmpty ? tails : exact
      if found.isEmpty {
        let text = bytes[mention.prefix.lowerBound..<mention.end].map(UUIDText.lowercased)
        return (isEmbedded ? others(known, than: own, mention) : []) + [String(decoding: text, as: UTF8.self)]
      }
    }
    return others(found, than: own, mention)
  }

  private func known(of key: UUIDKey) -> [Known] {
    var found: [Known] = []
    var at = Int(slots[place(of: key)])
    while at >= 0 {
      found.append(known[at])
      at = known[at].next
    }
    return found
  }

  private func others(_ known: [Known], than own: (key: UUIDKey, prefix: [UInt8])?, _ mention: IDMention) -> [String] {
    guard let own, own.key == mention.key else { return known.map(\.id) }
    return known.filter { known in !own.prefix.withUnsafeBufferPointer { Self.hasPrefix(known, $0[...]) } }.map(\.id)
  }

  /// Whether `type--` of an id is this one, in any letter case.
  private static func hasPrefix(_ known: Known, _ prefix: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    known.prefixLength == prefix.count
      && zip(known.id.utf8, prefix).allSatisfy { UUIDText.lowercased($0) == UUIDText.lowercased($1) }
  }
}

extension String {
  /// Whether two ids are the same but for the case of letters.
  fileprivate func isSameID(as other: String) -> Bool {
    utf8.count == other.utf8.count && canonicalID == other.canonicalID
  }
}
