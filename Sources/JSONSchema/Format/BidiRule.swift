/// What RFC 5893 asks of the labels of a name that has letters written from the right.
enum BidiRule {
  static func accepts(_ labels: [[Unicode.Scalar]]) -> Bool {
    let isBidirectional = labels.contains { label in
      label.contains {
        $0.value >= 0x590 && (CharacterProperty.fromRight.holds($0) || CharacterProperty.arabicDigits.holds($0))
      }
    }
    return !isBidirectional || labels.allSatisfy(accepts)
  }

  private static func accepts(_ label: [Unicode.Scalar]) -> Bool {
    guard let first = label.first, let last = label.last(where: { !CharacterProperty.marks.holds($0) }) else {
      return false
    }
    let others: [CharacterProperty] = [.neutral, .marks]
    if CharacterProperty.fromRight.holds(first) {
      let allowed = [.fromRight, .arabicDigits, .digits] + others
      guard label.allSatisfy({ scalar in allowed.contains { $0.holds(scalar) } }) else { return false }
      let (hasDigits, hasArabic) = (
        label.contains(where: CharacterProperty.digits.holds),
        label.contains(where: CharacterProperty.arabicDigits.holds)
      )
      return !(hasDigits && hasArabic)
        && [CharacterProperty.fromRight, .digits, .arabicDigits].contains { $0.holds(last) }
    }
    guard CharacterProperty.fromLeft.holds(first) else { return false }
    let allowed = [.fromLeft, .digits] + others
    return label.allSatisfy { scalar in allowed.contains { $0.holds(scalar) } }
      && [CharacterProperty.fromLeft, .digits].contains { $0.holds(last) }
  }
}

/// Properties that the standard library does not know, asked of PCRE2's tables one character at a time.
struct CharacterProperty: Sendable {
  private let pattern: BacktrackingPattern?

  private init(_ properties: String...) {
    pattern = try? BacktrackingPattern(pcre: "\\A[" + properties.map { "\\p{\($0)}" }.joined() + "]\\z")
  }

  func holds(_ scalar: Unicode.Scalar) -> Bool {
    UTF8.encode(scalar).map { bytes in
      Array(bytes).withUnsafeBufferPointer { pattern?.verdict($0) } == true
    } ?? false
  }

  static let greek = CharacterProperty("sc:Greek")
  static let hebrew = CharacterProperty("sc:Hebrew")
  static let japanese = CharacterProperty("sc:Hiragana", "sc:Katakana", "sc:Han")
  // Classes of the bidirectional algorithm.
  static let fromLeft = CharacterProperty("bc:L")
  static let fromRight = CharacterProperty("bc:R", "bc:AL")
  static let digits = CharacterProperty("bc:EN")
  static let arabicDigits = CharacterProperty("bc:AN")
  static let neutral = CharacterProperty("bc:ES", "bc:CS", "bc:ET", "bc:ON", "bc:BN")
  static let marks = CharacterProperty("bc:NSM")
}
