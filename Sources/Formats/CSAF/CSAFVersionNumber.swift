/// The number of a version or revision: a whole number, or a semantic version.
///
/// Ordered as Semantic Versioning 2.0 section 11 orders versions; build metadata does not count.
struct CSAFVersionNumber: Comparable {
  /// Major, minor and patch. A whole number is a major alone: the others are -1, and it comes before all that have them.
  let numbers: (Int, Int, Int)
  let preRelease: [Substring]
  let hasBuild: Bool

  /// Nil where the text is neither.
  init?(_ text: String) {
    if let first = text.utf8.first, (0x30...0x39).contains(first), let whole = Int(text) {
      (numbers, preRelease, hasBuild) = ((whole, -1, -1), [], false)
      return
    }
    // Most have three numbers and nothing else.
    var text = text
    if let plain = text.withUTF8({ Self.plain($0) }) {
      (numbers, preRelease, hasBuild) = (plain, [], false)
      return
    }
    let parts = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    hasBuild = parts.count > 1
    let halves = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = halves[0].split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 1 || numbers.count == 3, let major = numbers[0], !numbers.contains(nil) else { return nil }
    self.numbers = (major, numbers.count == 1 ? -1 : numbers[1] ?? 0, numbers.count == 1 ? -1 : numbers[2] ?? 0)
    preRelease = halves.count > 1 ? halves[1].split(separator: ".", omittingEmptySubsequences: false) : []
  }

  /// Three numbers of a few digits with points between them; nil for anything else.
  private static func plain(_ text: UnsafeBufferPointer<UInt8>) -> (Int, Int, Int)? {
    var numbers = (0, 0, 0)
    var points = 0
    var digits = 0
    for byte in text {
      switch byte {
      case UInt8(ascii: "."):
        guard digits > 0, points < 2 else { return nil }
        (numbers, points, digits) = ((numbers.1, numbers.2, 0), points + 1, 0)
      case 0x30...0x39:
        guard digits < 9 else { return nil }
        numbers.2 = numbers.2 * 10 + Int(byte - 0x30)
        digits += 1
      default: return nil
      }
    }
    return points == 2 && digits > 0 ? numbers : nil
  }

  var isWhole: Bool { numbers.1 < 0 }
  var major: Int { numbers.0 }
  var isZero: Bool { major == 0 }

  static func < (left: CSAFVersionNumber, right: CSAFVersionNumber) -> Bool {
    if left.numbers != right.numbers { return left.numbers < right.numbers }
    // What has no pre-release comes after all that have one.
    guard !left.preRelease.isEmpty, !right.preRelease.isEmpty else {
      return !left.preRelease.isEmpty && right.preRelease.isEmpty
    }
    for (one, other) in zip(left.preRelease, right.preRelease) where one != other {
      switch (Int(one), Int(other)) {
      case (let first?, let second?): return first < second
      case (.some, nil): return true
      case (nil, .some): return false
      case (nil, nil): return one.utf8.lexicographicallyPrecedes(other.utf8)
      }
    }
    return left.preRelease.count < right.preRelease.count
  }

  static func == (left: CSAFVersionNumber, right: CSAFVersionNumber) -> Bool {
    left.numbers == right.numbers && left.preRelease == right.preRelease
  }
}
