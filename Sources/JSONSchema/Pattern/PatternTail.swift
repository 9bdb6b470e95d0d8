/// The end of a pattern that always has one length, such as that of a UUID: judged place by place, without the chain of
/// states that an automaton goes through.
struct PatternTail {
  let count: Int
  /// The sets that a byte belongs to, one bit each, by byte; then the set that is needed, by place.
  private let members: UnsafeMutablePointer<UInt8>
  private let needs: UnsafeMutablePointer<UInt8>

  private init(_ sets: [CharacterSet], distinct: [CharacterSet]) {
    count = sets.count
    members = allocated(
      (0..<256).map { byte in
        distinct.enumerated().reduce(UInt8(0)) { bits, set in
          set.element.ranges.contains { $0.contains(UInt32(byte)) } ? bits | 1 << UInt8(set.offset) : bits
        }
      })
    needs = allocated(sets.map { set in 1 << UInt8(distinct.firstIndex(of: set) ?? 0) })
  }

  func deallocate() {
    members.deallocate()
    needs.deallocate()
  }

  /// Whether the last bytes of a text that is long enough are such an end.
  @inline(__always)
  func accepts(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = text.count &- count
    var place = 0
    while place < count {
      if members[Int(text[start &+ place])] & needs[place] == 0 { return false }
      place &+= 1
    }
    return true
  }

  /// Splits a pattern that ends with `$` into what comes before and its end; nil when the end has no fixed length, or
  /// when what comes before looks at it.
  static func split(_ tree: PatternTree) -> (head: PatternTree, tail: PatternTail)? {
    guard case .sequence(var parts) = tree, case .assertion(.end) = parts.last else { return nil }
    parts.removeLast()
    var sets: [CharacterSet] = []
    var distinct: [CharacterSet] = []
    while let last = parts.last, let more = fixed(last), sets.count + more.count <= longest {
      var known = distinct
      for set in more where !known.contains(set) { known.append(set) }
      guard known.count <= 8 else { break }
      distinct = known
      sets = more + sets
      parts.removeLast()
    }
    guard !sets.isEmpty, !parts.enumerated().contains(where: { looksAround($1, mayBegin: $0 == 0) }) else { return nil }
    return (.sequence(parts + [.assertion(.end)]), PatternTail(sets, distinct: distinct))
  }

  private static let longest = 256

  /// The sets of a part that has one length and takes only ASCII.
  private static func fixed(_ tree: PatternTree) -> [CharacterSet]? {
    switch tree {
    case .characters(let set): return set.ranges.allSatisfy { $0.upperBound < 0x80 } ? [set] : nil
    case .sequence(let parts):
      var sets: [CharacterSet] = []
      for part in parts {
        guard let more = fixed(part), sets.count + more.count <= longest else { return nil }
        sets += more
      }
      return sets
    case .repeated(let part, let least, let most, _):
      guard least == most, let sets = fixed(part), sets.count * least <= longest else { return nil }
      return (0..<least).flatMap { _ in sets }
    case .choice, .assertion, .group, .reference, .look: return nil
    }
  }

  /// Whether a part asserts something about what stands around it; that a text begins is no matter of its end.
  private static func looksAround(_ tree: PatternTree, mayBegin: Bool) -> Bool {
    switch tree {
    case .characters: false
    case .sequence(let parts), .choice(let parts): parts.contains { looksAround($0, mayBegin: mayBegin) }
    case .repeated(let part, _, _, _), .group(_, let part): looksAround(part, mayBegin: mayBegin)
    case .assertion(let assertion): !(mayBegin && assertion == .begin)
    case .reference, .look: true
    }
  }
}
