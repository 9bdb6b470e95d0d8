/// Places of grants among those that match a message; the first 64 without any memory of their own.
struct TermSet: Hashable, Sendable {
  private var first: UInt64 = 0
  /// The last of these words is never zero, so that equal sets are equal values.
  private var rest: [UInt64] = []

  init() {}

  mutating func insert(_ place: Int) {
    guard place >= 64 else {
      first |= 1 &<< UInt64(place)
      return
    }
    let word = place / 64 - 1
    while rest.count <= word { rest.append(0) }
    rest[word] |= 1 &<< UInt64(place % 64)
  }

  mutating func formUnion(_ other: TermSet) {
    first |= other.first
    guard !other.rest.isEmpty else { return }
    while rest.count < other.rest.count { rest.append(0) }
    for word in other.rest.indices { rest[word] |= other.rest[word] }
  }

  var isEmpty: Bool { first == 0 && rest.isEmpty }

  /// The lowest place.
  var min: Int? {
    if first != 0 { return first.trailingZeroBitCount }
    return rest.firstIndex { $0 != 0 }.map { ($0 + 1) * 64 + rest[$0].trailingZeroBitCount }
  }

  /// All places, in rising order.
  var places: [Int] {
    var places: [Int] = []
    for (word, bits) in ([first] + rest).enumerated() {
      var bits = bits
      while bits != 0 {
        places.append(word * 64 + bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
    return places
  }
}
