/// Reads a pattern of ECMA-262 with the `u` flag. Escapes of punctuation that the `u` flag would refuse (`\-`, `\_`, `\"`) mean the character.
struct PatternParser {
  private let pattern: [UInt32]
  private var at = 0
  private var depth = 0
  private var groupCount = 0
  /// The names of the groups that capture, by their order in the text; nil for those without.
  private let groupNames: [String?]
  private static let deepest = 200

  static func parse(_ pattern: String) throws(PatternError) -> PatternTree {
    var parser = PatternParser(pattern: pattern.unicodeScalars.map(\.value))
    let tree = try parser.choice()
    guard parser.next == nil else { throw parser.error("a \")\" closes nothing") }
    return tree
  }

  private init(pattern: [UInt32]) {
    self.pattern = pattern
    groupNames = Self.groupNames(pattern)
  }

  /// The groups must be known before they are read: a reference may stand before its group.
  private static func groupNames(_ pattern: [UInt32]) -> [String?] {
    var names: [String?] = []
    var isInSet = false
    var at = 0
    func character(_ offset: Int) -> UInt32? { at + offset < pattern.count ? pattern[at + offset] : nil }
    while at < pattern.count {
      switch pattern[at] {
      case 0x5C: at += 1
      case 0x5B: isInSet = true
      case 0x5D: isInSet = false
      case 0x28 where !isInSet:
        if character(1) != 0x3F {
          names.append(nil)
        } else if character(2) == 0x3C, let after = character(3), after != 0x3D, after != 0x21 {
          let name = pattern[(at + 3)...].prefix { $0 != 0x3E }
          names.append(String(String.UnicodeScalarView(name.compactMap(Unicode.Scalar.init))))
        }
      default: break
      }
      at += 1
    }
    return names
  }

  private var next: UInt32? { at < pattern.count ? pattern[at] : nil }

  private func error(_ message: String) -> PatternError { PatternError(message: message, offset: at) }

  private func sees(_ text: String) -> Bool { pattern[at...].starts(with: text.unicodeScalars.map(\.value)) }

  private mutating func take(_ text: String) -> Bool {
    guard sees(text) else { return false }
    at += text.unicodeScalars.count
    return true
  }

  private mutating func choice() throws(PatternError) -> PatternTree {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw error("groups are nested too deep") }
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(PatternError) -> PatternTree {
    var parts: [PatternTree] = []
    while let character = next, character != ascii("|"), character != ascii(")") {
      let (part, repeatable) = try atom()
      parts.append(try quantified(part, repeatable))
    }
    return .sequence(parts)
  }

  private mutating func quantified(_ part: PatternTree, _ repeatable: Bool) throws(PatternError) -> PatternTree {
    let start = at
    let least: Int
    let most: Int?
    if take("*") {
      (least, most) = (0, nil)
    } else if take("+") {
      (least, most) = (1, nil)
    } else if take("?") {
      (least, most) = (0, 1)
    } else if take("{") {
      (least, most) = try bounds()
    } else {
      return part
    }
    guard repeatable else { throw PatternError(message: "a quantifier follows nothing that can repeat", offset: start) }
    if let most, most < least { throw PatternError(message: "a quantifier's bounds are out of order", offset: start) }
    return .repeated(part, least: least, most: most, isLazy: take("?"))
  }

  private mutating func bounds() throws(PatternError) -> (Int, Int?) {
    let least = try decimal()
    if take("}") { return (least, least) }
    guard take(",") else { throw error("a \"{\" begins no quantifier") }
    if take("}") { return (least, nil) }
    let most = try decimal()
    guard take("}") else { throw error("a quantifier's \"}\" is missing") }
    return (least, most)
  }

  private mutating func decimal() throws(PatternError) -> Int {
    var number: Int?
    while let character = next, (0x30...0x39).contains(character) {
      number = min((number ?? 0) * 10 + Int(character - 0x30), 1_000_000)
      at += 1
    }
    guard let number else { throw error("a \"{\" begins no quantifier") }
    return number
  }

  private mutating func atom() throws(PatternError) -> (PatternTree, repeatable: Bool) {
    guard let character = next else { throw error("the pattern ends too early") }
    switch character {
    case ascii("^"):
      at += 1
      return (.assertion(.begin), false)
    case ascii("$"):
      at += 1
      return (.assertion(.end), false)
    case ascii("("): return try group()
    case ascii("["): return (.characters(try set()), true)
    case ascii("."):
      at += 1
      return (.characters(.dot), true)
    case ascii("*"), ascii("+"), ascii("?"): throw error("a quantifier follows nothing")
    case ascii("{"), ascii("}"), ascii("]"): throw error("a bracket or brace stands alone; escape it")
    case ascii("\\"): return try escaped()
    default:
      at += 1
      return (.characters(.one(character)), true)
    }
  }

  private mutating func group() throws(PatternError) -> (PatternTree, repeatable: Bool) {
    let start = at
    if let look = look() { return (.look(look, try inside(start)), false) }
    if take("(?:") { return (try inside(start), true) }
    if take("(?<") {
      let name = groupCount < groupNames.count ? groupNames[groupCount] ?? "" : ""
      guard isName(name) else { throw error("a group's name is no name") }
      guard groupNames.count(where: { $0 == name }) == 1 else { throw error("two groups have the name \(name)") }
      at += name.unicodeScalars.count
      guard take(">") else { throw error("a group's name does not end") }
    } else if sees("(?") {
      throw error("a group begins with \"(?\" and nothing known")
    } else {
      at += 1
    }
    groupCount += 1
    let number = groupCount
    return (.group(number, try inside(start)), true)
  }

  private mutating func look() -> PatternTree.Look? {
    if take("(?=") { return .init(isBehind: false, isNegative: false) }
    if take("(?!") { return .init(isBehind: false, isNegative: true) }
    if take("(?<=") { return .init(isBehind: true, isNegative: false) }
    if take("(?<!") { return .init(isBehind: true, isNegative: true) }
    return nil
  }

  private mutating func inside(_ start: Int) throws(PatternError) -> PatternTree {
    let tree = try choice()
    guard take(")") else { throw PatternError(message: "a group does not end", offset: start) }
    return tree
  }

  private func isName(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first else { return false }
    func begins(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "$" || scalar == "_" || scalar.properties.isIDStart
    }
    return begins(first) && name.unicodeScalars.allSatisfy { begins($0) || $0.properties.isIDContinue }
  }

  private mutating func escaped() throws(PatternError) -> (PatternTree, repeatable: Bool) {
    if take("\\b") { return (.assertion(.wordBoundary), false) }
    if take("\\B") { return (.assertion(.noWordBoundary), false) }
    let start = at
    if take("\\k") {
      guard take("<"), let end = pattern[at...].firstIndex(of: ascii(">")) else {
        throw PatternError(message: "\\k is not followed by a name", offset: start)
      }
      let name = String(String.UnicodeScalarView(pattern[at..<end].compactMap(Unicode.Scalar.init)))
      guard let group = groupNames.firstIndex(where: { $0 == name }) else {
        throw PatternError(message: "\\k names no group: \(name)", offset: start)
      }
      at = end + 1
      return (.reference(group + 1), true)
    }
    if at + 1 < pattern.count, (0x31...0x39).contains(pattern[at + 1]) {
      at += 1
      let number = try decimal()
      guard number <= groupNames.count else {
        throw PatternError(message: "\\\(number) refers to a group that is not there", offset: start)
      }
      return (.reference(number), true)
    }
    return (.characters(try escape(inSet: false)), true)
  }

  private func ascii(_ character: Unicode.Scalar) -> UInt32 { character.value }
}

// MARK: - Sets and escapes

extension PatternParser {
  private mutating func set() throws(PatternError) -> CharacterSet {
    let start = at
    at += 1
    let inverted = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    while !take("]") {
      let first = try member(start)
      if sees("-"), at + 1 < pattern.count, pattern[at + 1] != ascii("]") {
        let dash = at
        at += 1
        let last = try member(start)
        guard let low = first.single, let high = last.single else {
          throw PatternError(message: "a range in a set has a class as its end", offset: dash)
        }
        guard low <= high else { throw PatternError(message: "a range in a set is out of order", offset: dash) }
        ranges.append(low...high)
      } else {
        ranges += first.ranges
      }
    }
    let set = CharacterSet(ranges)
    return inverted ? set.inverted : set
  }

  private mutating func member(_ start: Int) throws(PatternError) -> CharacterSet {
    guard let character = next else { throw PatternError(message: "a set does not end", offset: start) }
    if character == ascii("\\") { return try escape(inSet: true) }
    at += 1
    return .one(character)
  }

  private mutating func escape(inSet: Bool) throws(PatternError) -> CharacterSet {
    let start = at
    at += 1
    guard let character = next, let scalar = Unicode.Scalar(character) else {
      throw PatternError(message: "the pattern ends in a backslash", offset: start)
    }
    at += 1
    switch scalar {
    case "d": return .digits
    case "D": return CharacterSet.digits.inverted
    case "w": return .word
    case "W": return CharacterSet.word.inverted
    case "s": return .space
    case "S": return CharacterSet.space.inverted
    case "t": return .one(0x09)
    case "n": return .one(0x0A)
    case "v": return .one(0x0B)
    case "f": return .one(0x0C)
    case "r": return .one(0x0D)
    case "b" where inSet: return .one(0x08)
    case "0" where next.map { (0x30...0x39).contains($0) } != true: return .one(0)
    case "c":
      guard let letter = next, (0x41...0x5A).contains(letter & ~0x20) else {
        throw PatternError(message: "\\c is not followed by a letter", offset: start)
      }
      at += 1
      return .one(letter & 31)
    case "x": return .one(try hexadecimal(2, start))
    case "u": return .one(try unicode(start))
    case "p", "P": return try property(start, inverted: scalar == "P")
    case "a"..."z", "A"..."Z", "0"..."9":
      throw PatternError(message: "\\\(scalar) is no escape of ECMA-262", offset: start)
    default: return .one(character)
    }
  }

  private mutating func hexadecimal(_ count: Int, _ start: Int) throws(PatternError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let character = next, let scalar = Unicode.Scalar(character), scalar.isASCII,
        let digit = Character(scalar).hexDigitValue
      else { throw PatternError(message: "an escape lacks hexadecimal digits", offset: start) }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }

  private mutating func unicode(_ start: Int) throws(PatternError) -> UInt32 {
    if take("{") {
      var value: UInt32 = 0
      repeat { value = value << 4 | (try hexadecimal(1, start)) } while next != ascii("}") && value <= 0x10FFFF
      guard take("}"), value <= 0x10FFFF else {
        throw PatternError(message: "\\u{ is not a code point", offset: start)
      }
      return value
    }
    let unit = try hexadecimal(4, start)
    guard (0xD800..<0xDC00).contains(unit), sees("\\u") else { return unit }
    let back = at
    at += 2
    let low = try hexadecimal(4, start)
    guard (0xDC00..<0xE000).contains(low) else {
      at = back
      return unit
    }
    return 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
  }

  private mutating func property(_ start: Int, inverted: Bool) throws(PatternError) -> CharacterSet {
    guard take("{"), let end = pattern[at...].firstIndex(of: ascii("}")) else {
      throw PatternError(message: "\\p is not followed by a name in braces", offset: start)
    }
    let name = String(String.UnicodeScalarView(pattern[at..<end].compactMap(Unicode.Scalar.init)))
    at = end + 1
    guard let known = UnicodeProperties.set(name) else {
      throw PatternError(message: "\\p{\(name)} names no property that is known", offset: start)
    }
    return inverted ? known.inverted : known
  }
}

extension CharacterSet {
  /// The character of a set that has one.
  fileprivate var single: UInt32? {
    ranges.count == 1 && ranges[0].count == 1 ? ranges[0].lowerBound : nil
  }
}
