import Synchronization

/// What a pattern means, as a tree: the regular part of ECMA-262.
indirect enum PatternTree {
  /// One character of a set.
  case characters(CharacterSet)
  case sequence([PatternTree])
  case choice([PatternTree])
  /// At least and at most so often; no upper bound when `most` is nil.
  case repeated(PatternTree, least: Int, most: Int?)
  case assertion(Assertion)

  /// What must hold between two characters.
  enum Assertion: UInt8 {
    case begin, end, wordBoundary, noWordBoundary
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

  /// The characters of a Unicode general category, by its short or long name.
  static func category(_ name: String) -> CharacterSet? {
    guard let wanted = generalCategories[name] else { return nil }
    if let known = categories.withLock({ $0[name] }) { return known }
    var ranges: [ClosedRange<UInt32>] = []
    var start: UInt32?
    for value in UInt32(0)...0x110000 {
      let belongs = Unicode.Scalar(value).map { wanted.contains($0.properties.generalCategory) } ?? false
      if belongs, start == nil { start = value }
      if !belongs, let first = start {
        ranges.append(first...(value - 1))
        start = nil
      }
    }
    let set = CharacterSet(ranges)
    categories.withLock { $0[name] = set }
    return set
  }
}

/// Categories looked up before: each costs a walk over all characters.
private let categories = Mutex<[String: CharacterSet]>([:])

private let generalCategories: [String: Set<Unicode.GeneralCategory>] = {
  let letters: Set<Unicode.GeneralCategory> = [
    .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
  ]
  let groups: [([String], Set<Unicode.GeneralCategory>)] = [
    (["L", "Letter"], letters), (["Lu", "Uppercase_Letter"], [.uppercaseLetter]),
    (["Ll", "Lowercase_Letter"], [.lowercaseLetter]), (["Lt", "Titlecase_Letter"], [.titlecaseLetter]),
    (["LC", "Cased_Letter"], [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter]),
    (["Lm", "Modifier_Letter"], [.modifierLetter]), (["Lo", "Other_Letter"], [.otherLetter]),
    (["M", "Mark", "Combining_Mark"], [.nonspacingMark, .spacingMark, .enclosingMark]),
    (["Mn", "Nonspacing_Mark"], [.nonspacingMark]), (["Mc", "Spacing_Mark"], [.spacingMark]),
    (["Me", "Enclosing_Mark"], [.enclosingMark]),
    (["N", "Number"], [.decimalNumber, .letterNumber, .otherNumber]),
    (["Nd", "Decimal_Number", "digit"], [.decimalNumber]), (["Nl", "Letter_Number"], [.letterNumber]),
    (["No", "Other_Number"], [.otherNumber]),
    (
      ["P", "Punctuation", "punct"],
      [
        .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
        .finalPunctuation, .otherPunctuation,
      ]
    ),
    (["Pc", "Connector_Punctuation"], [.connectorPunctuation]), (["Pd", "Dash_Punctuation"], [.dashPunctuation]),
    (["Ps", "Open_Punctuation"], [.openPunctuation]), (["Pe", "Close_Punctuation"], [.closePunctuation]),
    (["Pi", "Initial_Punctuation"], [.initialPunctuation]), (["Pf", "Final_Punctuation"], [.finalPunctuation]),
    (["Po", "Other_Punctuation"], [.otherPunctuation]),
    (["S", "Symbol"], [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]),
    (["Sm", "Math_Symbol"], [.mathSymbol]), (["Sc", "Currency_Symbol"], [.currencySymbol]),
    (["Sk", "Modifier_Symbol"], [.modifierSymbol]), (["So", "Other_Symbol"], [.otherSymbol]),
    (["Z", "Separator"], [.spaceSeparator, .lineSeparator, .paragraphSeparator]),
    (["Zs", "Space_Separator"], [.spaceSeparator]), (["Zl", "Line_Separator"], [.lineSeparator]),
    (["Zp", "Paragraph_Separator"], [.paragraphSeparator]), (["Cc", "Control", "cntrl"], [.control]),
    (["Cf", "Format"], [.format]),
  ]
  var table: [String: Set<Unicode.GeneralCategory>] = [:]
  for (names, categories) in groups {
    for name in names { table[name] = categories }
  }
  return table
}()
