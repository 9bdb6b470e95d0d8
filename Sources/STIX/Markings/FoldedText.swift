/// The words of a text as a reader's eye takes them: letters of other alphabets and widths that look like Latin ones,
/// accents, spaces of any kind and what cannot be seen make no difference.
///
/// It is for recognising what is meant as a label, never for letting something pass.
struct FoldedText {
  /// Words of lower-case letters and digits. What looks like no Latin letter stands as `?`.
  let words: [String]

  /// Reads so many bytes at most: labels are short, and of a text only its beginning matters.
  static let mostBytes = 160

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.init(String(decoding: bytes.prefix(Self.mostBytes), as: UTF8.self))
  }

  init(_ text: some StringProtocol) {
    var words: [String] = []
    var word = ""
    for scalar in text.unicodeScalars.prefix(Self.mostBytes) {
      switch Self.sign(of: scalar) {
      case .nothing: break
      case .letter(let letter): word.unicodeScalars.append(letter)
      case .gap:
        if !word.isEmpty { words.append(word) }
        word = ""
      }
    }
    if !word.isEmpty { words.append(word) }
    self.words = words
  }

  private enum Sign {
    case letter(Unicode.Scalar)
    case gap
    case nothing
  }

  private static func sign(of scalar: Unicode.Scalar) -> Sign {
    let value = scalar.value
    switch value {
    case 0x30...0x39, 0x61...0x7A: return .letter(scalar)
    case 0x41...0x5A: return .letter(Unicode.Scalar(UInt8(value + 0x20)))
    case 0..<0x80: return .gap
    // Full-width forms of ASCII.
    case 0xFF01...0xFF5E: return Unicode.Scalar(value - 0xFEE0).map(sign) ?? .gap
    // Letters and digits of mathematics, in alphabets of 52 one after the other.
    case 0x1D400...0x1D6A3: return letter((value - 0x1D400) % 26)
    case 0x1D7CE...0x1D7FF: return .letter(Unicode.Scalar(UInt8(0x30 + (value - 0x1D7CE) % 10)))
    // In circles, brackets and boxes.
    case 0x249C...0x24B5: return letter(value - 0x249C)
    case 0x24B6...0x24CF: return letter(value - 0x24B6)
    case 0x24D0...0x24E9: return letter(value - 0x24D0)
    case 0x1F110...0x1F129: return letter(value - 0x1F110)
    case 0x1F130...0x1F149: return letter(value - 0x1F130)
    case 0x1F150...0x1F169: return letter(value - 0x1F150)
    case 0x1F170...0x1F189: return letter(value - 0x1F170)
    default: break
    }
    if let alike = alike[scalar] { return .letter(alike) }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return .nothing
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
      return .letter("?")
    default: return .gap
    }
  }

  private static func letter(_ place: UInt32) -> Sign { .letter(Unicode.Scalar(UInt8(0x61 + place))) }

  /// Letters that look like those that labels are made of.
  private static let alike: [Unicode.Scalar: Unicode.Scalar] = {
    let rows: [(Unicode.Scalar, String)] = [
      ("a", "АаΑαᴀÀÁÂÃÄÅàáâãäåĀāĂăĄąª"), ("b", "ВвЬьΒβʙᏴ"), ("c", "СсϹϲᴄÇçĆćČčⅭⅽ"), ("d", "ԀԁᴅĎďĐđⅮⅾ"),
      ("e", "ЕеΕεᴇÈÉÊËèéêëĒēĖėĘęĚěЁё"), ("g", "ɢɡĞğĢģԌ"), ("h", "НнΗʜһҺ"), ("i", "ІіΙιɪıÌÍÎÏìíîïĪīİⅠⅰЇї"),
      ("l", "ⅬⅼʟӀӏĹĺĻļĽľŁłƖ"), ("m", "МмΜᴍⅯⅿ"), ("n", "ΝɴÑñŃńŅņŇň"), ("p", "РрΡρᴘÞ"), ("r", "ʀŔŕŖŗŘřгᎡ"),
      ("s", "ЅѕꜱŚśŞşŠšſ"), ("t", "ТтΤτᴛŢţŤťŦŧ"), ("v", "ѴѵνᴠⅤⅴ"), ("w", "ԜԝᴡŴŵωѡ"), ("x", "ХхΧχⅩⅹ"),
    ]
    return Dictionary(rows.flatMap { letter, others in others.unicodeScalars.map { ($0, letter) } }) { first, _ in first
    }
  }()

  /// Whether a text could speak of TLP or PAP among its first words; nearly none do, and what has other letters than
  /// ASCII has to be looked at as text.
  static func couldMatter(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let count = min(bytes.count, mostBytes)
    guard count >= 3 else { return false }
    var at = 0
    let each: UInt64 = 0x0101_0101_0101_0101
    while at < count {
      // Eight bytes at a time: what has neither a P nor a byte beyond ASCII says nothing.
      if at &+ 8 <= count, let start = UnsafeRawPointer(bytes.baseAddress) {
        let word = (start + at).loadUnaligned(as: UInt64.self)
        let other = (word | each &* 0x20) ^ each &* 0x70
        if (word | (other &- each) & ~other) & (each &* 0x80) == 0 {
          at &+= 8
          continue
        }
      }
      let byte = bytes[at]
      if byte >= 0x80 { return true }
      if byte | 0x20 == UInt8(ascii: "p"), at >= 2 {
        let (first, second) = (bytes[at - 2] | 0x20, bytes[at - 1] | 0x20)
        if first == UInt8(ascii: "t"), second == UInt8(ascii: "l") { return true }
        if first == UInt8(ascii: "p"), second == UInt8(ascii: "a") { return true }
      }
      at += 1
    }
    return false
  }

  /// Whether a text could begin with a label: its first letter is a T or a P, or one that may look like them.
  static func couldBegin(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    for byte in bytes.prefix(mostBytes) {
      switch byte | 0x20 {
      case UInt8(ascii: "t"), UInt8(ascii: "p"): return true
      case 0x80...: return true
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): return false
      default: continue
      }
    }
    return false
  }
}
