@_spi(_Unicode) import Swift

/// Host names in any script: IDNA 2008 (RFC 5890 to 5893). Which characters a label may have is decided by the rules of
/// RFC 5892 over the properties that the standard library knows, in its version of Unicode.
enum InternationalName {
  /// Whether a text in UTF-8 is a host name, with labels of ASCII or of other scripts.
  static func accepts(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let name = String(validating: text, as: UTF8.self), !name.isEmpty, text.count <= 4 * 253 else { return false }
    var labels: [[Unicode.Scalar]] = [[]]
    for scalar in name.unicodeScalars {
      if isDot(scalar) { labels.append([]) } else { labels[labels.count - 1].append(scalar) }
    }
    var length = labels.count - 1
    var shown: [[Unicode.Scalar]] = []
    for label in labels {
      guard let (form, count) = read(label) else { return false }
      shown.append(form)
      length += count
    }
    return length <= 253 && BidiRule.accepts(shown)
  }

  /// Whether an ASCII label that begins with `xn--` stands for a label of another script.
  static func accepts(encoded label: some BidirectionalCollection<UInt8>) -> Bool { decoded(label) != nil }

  /// The dots that separate labels: the full stop, and what input methods write for it (RFC 3490 section 3.1).
  private static func isDot(_ scalar: Unicode.Scalar) -> Bool {
    [0x2E, 0x3002, 0xFF0E, 0xFF61].contains(scalar.value)
  }

  /// A label as it is shown, with its length in ASCII; nil when it is none.
  private static func read(_ label: [Unicode.Scalar]) -> (shown: [Unicode.Scalar], length: Int)? {
    guard let first = label.first, let last = label.last, first != "-", last != "-" else { return nil }
    guard label.allSatisfy(\.isASCII) else {
      guard isLabel(label) else { return nil }
      let length = 4 + Punycode.encoded(label).count
      return length <= 63 ? (label, length) : nil
    }
    let bytes = label.map { UInt8($0.value) }
    guard bytes.count <= 63, bytes.allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }) else {
      return nil
    }
    guard hasDashes(label) else { return (label, bytes.count) }
    return decoded(bytes).map { ($0, bytes.count) }
  }

  private static func hasDashes(_ label: [Unicode.Scalar]) -> Bool {
    label.count >= 4 && label[2] == "-" && label[3] == "-"
  }

  private static func decoded(_ label: some BidirectionalCollection<UInt8>) -> [Unicode.Scalar]? {
    guard label.prefix(4).map({ $0 | 0x20 }).elementsEqual("xn--".utf8.map { $0 | 0x20 }) else { return nil }
    let text = label.dropFirst(4)
    guard let scalars = Punycode.decoded(text), scalars.contains(where: { !$0.isASCII }), isLabel(scalars) else {
      return nil
    }
    let lower = text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    return Punycode.encoded(scalars) == lower ? scalars : nil
  }

  /// A U-label (RFC 5891 section 4.2), which has characters beyond ASCII.
  private static func isLabel(_ label: [Unicode.Scalar]) -> Bool {
    guard let first = label.first, let last = label.last, first != "-", last != "-", !hasDashes(label) else {
      return false
    }
    switch first.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return false
    default: break
    }
    return label.indices.allSatisfy { isAllowed(label, $0) } && isComposed(label)
  }

  /// Whether a label is in the composed form, NFC.
  private static func isComposed(_ label: [Unicode.Scalar]) -> Bool {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: label)
    return String(text)._nfc.elementsEqual(label)
  }
}

// MARK: - Characters

extension InternationalName {
  /// Whether the character at a place is allowed there (RFC 5892).
  private static func isAllowed(_ label: [Unicode.Scalar], _ place: Int) -> Bool {
    let scalar = label[place]
    switch scalar.value {
    // Section 2.6: exceptions.
    case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return true
    case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
    // Appendix A: what is allowed in some company only.
    case 0x200C: return isAfterVirama(label, place) || joins(label, place)
    case 0x200D: return isAfterVirama(label, place)
    case 0xB7: return place > 0 && place + 1 < label.count && label[place - 1] == "l" && label[place + 1] == "l"
    case 0x375: return place + 1 < label.count && CharacterProperty.greek.holds(label[place + 1])
    case 0x5F3, 0x5F4: return place > 0 && CharacterProperty.hebrew.holds(label[place - 1])
    case 0x30FB: return label.contains { $0.value != 0x30FB && CharacterProperty.japanese.holds($0) }
    case 0x660...0x669: return !label.contains { (0x6F0...0x6F9).contains($0.value) }
    case 0x6F0...0x6F9: return !label.contains { (0x660...0x669).contains($0.value) }
    // The rest in the order of section 3.
    case 0x2D, 0x30...0x39, 0x61...0x7A: return true
    case 0x20D0...0x20FF, 0x1D100...0x1D1FF, 0x1D200...0x1D24F: return false
    case 0x1100...0x11FF, 0xA960...0xA97C, 0xD7B0...0xD7C6, 0xD7CB...0xD7FB: return false
    default: break
    }
    let properties = scalar.properties
    if properties.changesWhenNFKCCaseFolded || properties.isDefaultIgnorableCodePoint || properties.isWhitespace
      || properties.isNoncharacterCodePoint
    {
      return false
    }
    switch properties.generalCategory {
    case .lowercaseLetter, .uppercaseLetter, .otherLetter, .decimalNumber, .modifierLetter, .nonspacingMark,
      .spacingMark:
      return true
    default: return false
    }
  }

  private static func isAfterVirama(_ label: [Unicode.Scalar], _ place: Int) -> Bool {
    place > 0 && label[place - 1].properties.canonicalCombiningClass.rawValue == 9
  }

  /// Whether a joiner stands between letters that would join, whatever marks are between (appendix A.1).
  private static func joins(_ label: [Unicode.Scalar], _ place: Int) -> Bool {
    let before = label[..<place].last { !JoiningType.isTransparent($0) }
    let after = label[(place + 1)...].first { !JoiningType.isTransparent($0) }
    guard let before, let after else { return false }
    return JoiningType.joinsAfter(before) && JoiningType.joinsBefore(after)
  }
}
