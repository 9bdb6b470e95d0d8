import Synchronization

/// The sets that `\p{...}` names: general categories by the standard library, scripts and binary properties by the
/// tables of PCRE2.
enum UnicodeProperties {
  /// Sets looked up before: each costs a walk over all characters.
  private static let known = Mutex<[String: CharacterSet]>([:])

  /// The set of a property as ECMA-262 writes it: `Lu`, `Script=Greek`, `Alphabetic`; nil when there is none.
  static func set(_ expression: String) -> CharacterSet? {
    if let set = known.withLock({ $0[expression] }) { return set }
    guard let set = lookUp(expression) else { return nil }
    known.withLock { $0[expression] = set }
    return set
  }

  private static func lookUp(_ expression: String) -> CharacterSet? {
    let parts = expression.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 {
      switch parts[0] {
      case "General_Category", "gc": return category(parts[1])
      case "Script", "sc": return script(parts[1], "sc")
      case "Script_Extensions", "scx": return script(parts[1], "scx")
      default: return nil
      }
    }
    switch expression {
    case "Any": return CharacterSet([0...0x10FFFF])
    case "ASCII": return CharacterSet([0...0x7F])
    case "Assigned": return category("Cn")?.inverted
    default: return category(expression) ?? binary(expression)
    }
  }

  /// Names of scripts are of letters, each word with a capital; PCRE2 alone would not mind their case.
  private static func script(_ name: String, _ property: String) -> CharacterSet? {
    let isWellFormed = name.split(separator: "_", omittingEmptySubsequences: false).allSatisfy { word in
      word.utf8.first.map { (0x41...0x5A).contains($0) } == true && word.utf8.dropFirst().allSatisfy(\.isLetter)
    }
    return isWellFormed ? BacktrackingPattern.set(ofProperty: "\(property):\(name)") : nil
  }

  private static func binary(_ name: String) -> CharacterSet? {
    binaryProperties.contains(name) ? BacktrackingPattern.set(ofProperty: name) : nil
  }

  private static func category(_ name: String) -> CharacterSet? {
    generalCategories[name].map { wanted in
      CharacterSet(categoryRuns.compactMap { wanted.contains($0.category) ? $0.range : nil })
    }
  }

  /// All characters in runs of one category.
  private static let categoryRuns: [(range: ClosedRange<UInt32>, category: Unicode.GeneralCategory)] = {
    var runs: [(range: ClosedRange<UInt32>, category: Unicode.GeneralCategory)] = []
    var (start, current) = (UInt32(0), Unicode.GeneralCategory.control)
    for value in UInt32(0)...0x10FFFF {
      let category = Unicode.Scalar(value)?.properties.generalCategory ?? .surrogate
      guard category != current else { continue }
      runs.append((start...(value - 1), current))
      (start, current) = (value, category)
    }
    runs.append((start...0x10FFFF, current))
    return runs
  }()
}

/// The binary properties of Unicode that ECMA-262 names, long and short (its table of them).
private let binaryProperties: Set<String> = [
  "ASCII_Hex_Digit", "AHex", "Alphabetic", "Alpha", "Bidi_Control", "Bidi_C", "Bidi_Mirrored", "Bidi_M",
  "Case_Ignorable", "CI", "Cased", "Changes_When_Casefolded", "CWCF", "Changes_When_Casemapped", "CWCM",
  "Changes_When_Lowercased", "CWL", "Changes_When_NFKC_Casefolded", "CWKCF", "Changes_When_Titlecased", "CWT",
  "Changes_When_Uppercased", "CWU", "Dash", "Default_Ignorable_Code_Point", "DI", "Deprecated", "Dep", "Diacritic",
  "Dia", "Emoji", "Emoji_Component", "EComp", "Emoji_Modifier", "EMod", "Emoji_Modifier_Base", "EBase",
  "Emoji_Presentation", "EPres", "Extended_Pictographic", "ExtPict", "Extender", "Ext", "Grapheme_Base", "Gr_Base",
  "Grapheme_Extend", "Gr_Ext", "Hex_Digit", "Hex", "IDS_Binary_Operator", "IDSB", "IDS_Trinary_Operator", "IDST",
  "ID_Continue", "IDC", "ID_Start", "IDS", "Ideographic", "Ideo", "Join_Control", "Join_C",
  "Logical_Order_Exception", "LOE", "Lowercase", "Lower", "Math", "Noncharacter_Code_Point", "NChar",
  "Pattern_Syntax", "Pat_Syn", "Pattern_White_Space", "Pat_WS", "Quotation_Mark", "QMark", "Radical",
  "Regional_Indicator", "RI", "Sentence_Terminal", "STerm", "Soft_Dotted", "SD", "Terminal_Punctuation", "Term",
  "Unified_Ideograph", "UIdeo", "Uppercase", "Upper", "Variation_Selector", "VS", "White_Space", "space",
  "XID_Continue", "XIDC", "XID_Start", "XIDS",
]

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
    (["Cf", "Format"], [.format]), (["Co", "Private_Use"], [.privateUse]), (["Cn", "Unassigned"], [.unassigned]),
    (["Cs", "Surrogate"], [.surrogate]),
    (["C", "Other"], [.control, .format, .privateUse, .unassigned, .surrogate]),
  ]
  var table: [String: Set<Unicode.GeneralCategory>] = [:]
  for (names, categories) in groups {
    for name in names { table[name] = categories }
  }
  return table
}()
