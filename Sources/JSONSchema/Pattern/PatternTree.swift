/// What a pattern of ECMA-262 means, as a tree.
indirect enum PatternTree {
  /// One character of a set.
  case characters(CharacterSet)
  case sequence([PatternTree])
  case choice([PatternTree])
  /// At least and at most so often, no upper bound when `most` is nil; as seldom as will do when lazy.
  case repeated(PatternTree, least: Int, most: Int?, isLazy: Bool = false)
  case assertion(Assertion)
  // What no automaton can hold.
  /// A group that captures, by its number from 1.
  case group(Int, PatternTree)
  /// What the group of that number captured.
  case reference(Int)
  case look(Look, PatternTree)

  /// What must hold between two characters.
  enum Assertion: UInt8 {
    case begin, end, wordBoundary, noWordBoundary
  }

  /// What must match, or must not, after a place or before it.
  struct Look {
    var isBehind: Bool
    var isNegative: Bool
  }

  /// The tree without what only back-references need; nil when an automaton cannot hold it.
  var regular: PatternTree? {
    switch self {
    case .characters, .assertion: return self
    case .sequence(let parts):
      let regular = parts.compactMap(\.regular)
      return regular.count == parts.count ? .sequence(regular) : nil
    case .choice(let branches):
      let regular = branches.compactMap(\.regular)
      return regular.count == branches.count ? .choice(regular) : nil
    case .repeated(let part, let least, let most, _):
      return part.regular.map { .repeated($0, least: least, most: most) }
    case .group(_, let part): return part.regular
    case .reference, .look: return nil
    }
  }
}

/// Why a pattern was refused.
struct PatternError: Error, Equatable {
  /// A sentence without the pattern itself.
  var message: String
  /// The character at fault, from 0.
  var offset: Int
}

/// A set of code points as sorted ranges that do not touch.
struct CharacterSet: Equatable, Sendable {
  private(set) var ranges: [ClosedRange<UInt32>] = []

  init(_ ranges: [ClosedRange<UInt32>]) {
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = self.ranges.last, range.lowerBound <= last.upperBound &+ 1 {
        self.ranges[self.ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        self.ranges.append(range)
      }
    }
  }

  init(_ characters: String) { self.init(characters.unicodeScalars.map { $0.value...$0.value }) }

  static func one(_ character: UInt32) -> CharacterSet { CharacterSet([character...character]) }

  func union(_ other: CharacterSet) -> CharacterSet { CharacterSet(ranges + other.ranges) }

  var inverted: CharacterSet {
    var gaps: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
    return CharacterSet(gaps)
  }

  static let digits = CharacterSet([0x30...0x39])
  static let word = CharacterSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  /// WhiteSpace and LineTerminator of ECMA-262.
  static let space = CharacterSet([
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
    0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ])
  /// What `.` takes: all but the line terminators.
  static let dot = CharacterSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029]).inverted
}
