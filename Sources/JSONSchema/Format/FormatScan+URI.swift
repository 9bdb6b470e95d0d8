// RFC 3986, RFC 3987 and RFC 6570.

extension FormatScan {
  /// A URI (or IRI); with `relative` a reference without a scheme too.
  mutating func uri(international: Bool, relative: Bool) -> Bool {
    let start = at
    if scheme() {
      // A scheme and its colon are read.
    } else if relative {
      at = start
      // The first segment of a relative path has no colon.
      let first = text.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
      if text[..<(first ?? text.count)].contains(UInt8(ascii: ":")) { return false }
    } else {
      return false
    }
    if text[at...].starts(with: "//".utf8) {
      at += 2
      guard authority(international) else { return false }
      if let byte = next, byte != UInt8(ascii: "/"), byte != UInt8(ascii: "?"), byte != UInt8(ascii: "#") {
        return false
      }
    }
    guard characters("/:@", international) else { return false }
    if take("?"), !characters("/:@?", international, isQuery: true) { return false }
    if take("#"), !characters("/:@?", international) { return false }
    return isDone
  }

  private mutating func scheme() -> Bool {
    guard let first = next, first.isLetter else { return false }
    guard run({ $0.isDigit || $0.isLetter || "+-.".utf8.contains($0) }) else { return false }
    return take(":")
  }

  private mutating func authority(_ international: Bool) -> Bool {
    let end = text[at...].firstIndex { "/?#".utf8.contains($0) } ?? text.count
    if let sign = text[at..<end].lastIndex(of: UInt8(ascii: "@")) {
      guard characters(":", international), at == sign else { return false }
      at += 1
    }
    if take("[") {
      if let version = next, version | 0x20 == UInt8(ascii: "v") {
        at += 1
        guard run(\.isHexadecimal), take("."), characters(":", false) else { return false }
      } else {
        guard ipv6() else { return false }
      }
      guard take("]") else { return false }
    } else {
      guard characters("", international) else { return false }
    }
    if take(":") { _ = run(\.isDigit) }
    return at == end
  }

  /// Unreserved characters, sub-delimiters, percent escapes and what is allowed besides.
  private mutating func characters(_ besides: StaticString, _ international: Bool, isQuery: Bool = false) -> Bool {
    while let byte = next {
      if byte == UInt8(ascii: "%") {
        guard at + 2 < text.count, text[at + 1].isHexadecimal, text[at + 2].isHexadecimal else { return false }
        at += 3
        continue
      }
      let isPlain =
        byte.isDigit || byte.isLetter || "-._~!$&'()*+,;=".utf8.contains(byte)
        || besides.withUTF8Buffer { $0.contains(byte) }
      if isPlain {
        at += 1
      } else if international, let length = internationalCharacter(isQuery: isQuery) {
        at += length
      } else {
        return true
      }
    }
    return true
  }

  /// How many bytes the next character has, if it is one of those beyond ASCII that an IRI may have (RFC 3987,
  /// ucschar; in a query iprivate too).
  private func internationalCharacter(isQuery: Bool) -> Int? {
    guard let byte = next, byte >= 0xC2 else { return nil }
    let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    guard at + length <= text.count,
      let scalar = String(decoding: text[at..<at + length], as: UTF8.self).unicodeScalars.first
    else { return nil }
    switch scalar.value {
    case 0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF: return length
    case 0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD: return isQuery ? length : nil
    case 0x10000...0xDFFFF, 0xE1000...0xEFFFF: return scalar.value & 0xFFFF <= 0xFFFD ? length : nil
    default: return nil
    }
  }

  /// RFC 6570, with its erratum 6937: an apostrophe is a literal.
  mutating func uriTemplate() -> Bool {
    while let byte = next {
      switch byte {
      case UInt8(ascii: "{"):
        at += 1
        guard expression() else { return false }
      case UInt8(ascii: "%"):
        guard at + 2 < text.count, text[at + 1].isHexadecimal, text[at + 2].isHexadecimal else { return false }
        at += 3
      case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
        UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "}"):
        return false
      case 0x80...:
        guard let length = internationalCharacter(isQuery: true) else { return false }
        at += length
      default: at += 1
      }
    }
    return true
  }

  private mutating func expression() -> Bool {
    if let byte = next, "+#./;?&=,!@|".utf8.contains(byte) { at += 1 }
    repeat {
      repeat {
        guard variable() else { return false }
      } while take(".")
      if take(":") {
        let start = at
        guard run(\.isDigit), at - start <= 4, text[start] != 0x30 else { return false }
      } else {
        _ = take("*")
      }
    } while take(",")
    return take("}")
  }

  /// A part of a variable's name.
  private mutating func variable() -> Bool {
    let start = at
    while let byte = next {
      if byte.isDigit || byte.isLetter || byte == UInt8(ascii: "_") {
        at += 1
      } else if byte == UInt8(ascii: "%"), at + 2 < text.count, text[at + 1].isHexadecimal, text[at + 2].isHexadecimal {
        at += 3
      } else {
        break
      }
    }
    return at > start
  }
}
