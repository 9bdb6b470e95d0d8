/// Finds the place and the cause of what simdjson refused: a plain second scan, on the error path only. It stops at
/// the first fault from the start of the text and holds no more than one bit per open level.
struct FaultFinder {
  private let text: [UInt8]
  private let limits: JSONLimits
  private var at = 0
  /// For each open level, whether it is an object.
  private var open: [Bool] = []

  /// Whole numbers that need more than 64 bits, which simdjson refuses and a double can hold.
  private var large: [Range<Int>] = []

  /// The places of the whole numbers for whose sake simdjson refused a text, or the first fault in it.
  static func largeNumbers(in text: [UInt8], _ limits: JSONLimits) throws(Fault) -> [Range<Int>] {
    var finder = FaultFinder(text: text, limits: limits)
    try finder.scan()
    guard !finder.large.isEmpty else { throw Fault(code: .syntax, message: "the text is not JSON", offset: 0) }
    return finder.large
  }

  private init(text: [UInt8], limits: JSONLimits) {
    self.text = text
    self.limits = limits
  }

  private var byte: UInt8? { at < text.count ? text[at] : nil }

  private mutating func scan() throws(Fault) {
    skipSpace()
    if byte == nil { throw Fault(code: .empty, message: "the text is empty", offset: 0) }
    var wantsValue = true
    while wantsValue {
      let opened = try value()
      wantsValue = opened ? true : try continuation()
    }
    if byte != nil { throw unexpected("the end of the text") }
  }

  /// Passes a scalar, an empty object or array, or what opens one that is not empty; true when a value comes next.
  private mutating func value() throws(Fault) -> Bool {
    switch byte {
    case UInt8(ascii: "{"):
      try enter(object: true)
      if byte == UInt8(ascii: "}") { return false }
      try key()
      return true
    case UInt8(ascii: "["):
      try enter(object: false)
      return byte != UInt8(ascii: "]")
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): try number()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: throw unexpected("a value")
    }
    return false
  }

  /// Passes what ends containers, then a comma (and key); false at the end of the root.
  private mutating func continuation() throws(Fault) -> Bool {
    skipSpace()
    while let isObject = open.last {
      if byte == UInt8(ascii: ",") {
        at += 1
        skipSpace()
        if isObject { try key() }
        return true
      }
      guard byte == UInt8(ascii: isObject ? "}" : "]") else {
        throw unexpected(isObject ? "a comma or \"}\"" : "a comma or \"]\"")
      }
      open.removeLast()
      at += 1
      skipSpace()
    }
    return false
  }

  /// Passes an opening brace or bracket. One that closes at once is no level, since nothing is inside it.
  private mutating func enter(object: Bool) throws(Fault) {
    let start = at
    at += 1
    skipSpace()
    if open.count >= limits.maximumDepth, byte != UInt8(ascii: object ? "}" : "]") {
      throw Fault(code: .depth, message: "more than \(limits.maximumDepth) levels inside one another", offset: start)
    }
    open.append(object)
  }

  private mutating func key() throws(Fault) {
    guard byte == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
    try string()
    skipSpace()
    guard byte == UInt8(ascii: ":") else { throw unexpected("a colon") }
    at += 1
    skipSpace()
  }

  private mutating func skipSpace() {
    while let byte, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { at += 1 }
  }

  private mutating func word(_ word: StaticString) throws(Fault) {
    let expected = word.withUTF8Buffer { [UInt8]($0) }
    guard text[at...].starts(with: expected) else { throw unexpected("a value") }
    at += expected.count
  }

  private func unexpected(_ wanted: String) -> Fault {
    guard let byte else {
      return Fault(code: .syntax, message: "the text ends where \(wanted) should stand", offset: at)
    }
    if byte >= 0x80, UTF8Check.length(text, at) == nil { return notUTF8() }
    return Fault(code: .syntax, message: "\(shown(at)) stands where \(wanted) should stand", offset: at)
  }

  private func notUTF8() -> Fault {
    Fault(code: .utf8, message: "the byte \(hexadecimal(text[at])) here is not UTF-8", offset: at)
  }

  private func shown(_ offset: Int) -> String {
    let byte = text[offset]
    if byte < 0x20 || byte == 0x7F { return "the control character \(hexadecimal(byte))" }
    return quoted(text[offset..<offset + (UTF8Check.length(text, offset) ?? 1)])
  }

  private func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "0x" + (digits.utf8.count < 2 ? "0" : "") + digits
  }
}

// MARK: - Strings

extension FaultFinder {
  private mutating func string() throws(Fault) {
    let start = at
    at += 1
    while let byte {
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        return
      case UInt8(ascii: "\\"): try escape()
      case 0..<0x20:
        throw Fault(
          code: .syntax, message: "\(shown(at)) stands unescaped in a string", offset: at)
      case 0x80...:
        guard let length = UTF8Check.length(text, at) else { throw notUTF8() }
        at += length
      default: at += 1
      }
    }
    throw Fault(code: .syntax, message: "the string that begins here does not end", offset: start)
  }

  private mutating func escape() throws(Fault) {
    let start = at
    at += 1
    switch byte {
    case UInt8(ascii: "u"):
      let unit = try fourDigits(start)
      switch unit {
      case 0xD800..<0xDC00:
        guard byte == UInt8(ascii: "\\"), at + 1 < text.count, text[at + 1] == UInt8(ascii: "u") else {
          throw loneSurrogate(start)
        }
        let second = at
        at += 1
        guard (0xDC00..<0xE000).contains(try fourDigits(second)) else { throw loneSurrogate(start) }
      case 0xDC00..<0xE000: throw loneSurrogate(start)
      default: break
      }
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      at += 1
    default:
      throw Fault(code: .syntax, message: "a backslash is followed by none of \"\\/bfnrtu", offset: start)
    }
  }

  private mutating func fourDigits(_ start: Int) throws(Fault) -> Int {
    at += 1
    var unit = 0
    for _ in 0..<4 {
      guard let byte, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw Fault(code: .syntax, message: "\\u is not followed by four hexadecimal digits", offset: start)
      }
      unit = unit << 4 | digit
      at += 1
    }
    return unit
  }

  private func loneSurrogate(_ start: Int) -> Fault {
    let escape = String(decoding: text[start..<min(start + 6, text.count)], as: UTF8.self)
    return Fault(
      code: .surrogate, message: "\(escape) is half of a surrogate pair without its other half", offset: start)
  }
}

// MARK: - Numbers

extension FaultFinder {
  private mutating func number() throws(Fault) {
    let start = at
    if byte == UInt8(ascii: "-") { at += 1 }
    let whole = at
    try digits()
    if text[whole] == UInt8(ascii: "0"), at - whole > 1 {
      throw Fault(code: .syntax, message: "a number begins with a zero too many", offset: start)
    }
    var isWhole = true
    if byte == UInt8(ascii: ".") {
      isWhole = false
      at += 1
      try digits()
    }
    let mantissa = at
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      isWhole = false
      at += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at += 1 }
      try digits()
    }
    guard !isWhole || !fits64Bits(start) else { return }
    guard !isInfinite(whole, mantissa) else {
      let spelling = quoted(text[start..<at], longest: 30)
      throw Fault(code: .number, message: "the number \(spelling) is beyond what a double can hold", offset: start)
    }
    if isWhole { large.append(whole..<at) }
  }

  private mutating func digits() throws(Fault) {
    let start = at
    while let byte, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { at += 1 }
    guard at > start else { throw unexpected("a digit") }
  }

  private func fits64Bits(_ start: Int) -> Bool {
    guard at - start <= 20 else { return false }
    let spelling = String(decoding: text[start..<at], as: UTF8.self)
    return Int64(spelling) != nil || UInt64(spelling) != nil
  }

  /// Whether the number whose digits begin at `whole` rounds to infinity. Eight hundred digits decide.
  private func isInfinite(_ whole: Int, _ mantissa: Int) -> Bool {
    var exponent = Int(String(decoding: text[mantissa..<at].dropFirst(), as: UTF8.self)) ?? hugeExponent(mantissa)
    let point = text[whole..<mantissa].firstIndex(of: UInt8(ascii: ".")) ?? mantissa
    guard let first = text[whole..<mantissa].firstIndex(where: { $0 != 0x30 && $0 != UInt8(ascii: ".") }) else {
      return false
    }
    exponent += first < point ? point - first - 1 : point - first
    if exponent != 308 { return exponent > 308 }
    let significant = text[first..<mantissa].lazy.filter { $0 != UInt8(ascii: ".") }.prefix(800)
    var spelling = [UInt8](significant)
    spelling.insert(UInt8(ascii: "."), at: 1)
    spelling.append(UInt8(ascii: "0"))
    return Double(String(decoding: spelling, as: UTF8.self) + "e308")?.isInfinite ?? true
  }

  /// An exponent that `Int` cannot hold, or none at all.
  private func hugeExponent(_ mantissa: Int) -> Int {
    guard mantissa < at else { return 0 }
    return text[mantissa + 1] == UInt8(ascii: "-") ? Int.min / 2 : Int.max / 2
  }
}

/// UTF-8 as RFC 3629 defines it.
enum UTF8Check {
  /// How many bytes the character at `at` has; nil when it is none.
  static func length(_ text: [UInt8], _ at: Int) -> Int? {
    let second: ClosedRange<UInt8>
    let length: Int
    switch text[at] {
    case 0..<0x80: return 1
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard at + length <= text.count, second.contains(text[at + 1]) else { return nil }
    guard text[(at + 2)..<(at + length)].allSatisfy({ $0 & 0xC0 == 0x80 }) else { return nil }
    return length
  }
}
