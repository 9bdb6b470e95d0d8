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
        byte.isDigit || byte.isLetter || "-._~!$&'()*+,;=".utf8.contains(byte) || (international && byte >= 0x80)
        || besides.withUTF8Buffer { $0.contains(byte) }
      guard isPlain else { return true }
      at += 1
    }
    return true
  }

  /// RFC 6570.
  mutating func uriTemplate() -> Bool {
    while let byte = next {
      switch byte {
      case UInt8(ascii: "{"):
        at += 1
        guard expression() else { return false }
      case UInt8(ascii: "%"):
        guard at + 2 < text.count, text[at + 1].isHexadecimal, text[at + 2].isHexadecimal else { return false }
        at += 3
      case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"),
        UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "}"):
        return false
      default: at += 1
      }
    }
    return true
  }

  private mutating func expression() -> Bool {
    if let byte = next, "+#./;?&=,!@|".utf8.contains(byte) { at += 1 }
    repeat {
      guard
        run({
          $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "%")
        })
      else { return false }
      if take(":") {
        let start = at
        guard run(\.isDigit), at - start <= 4, text[start] != 0x30 else { return false }
      } else {
        _ = take("*")
      }
    } while take(",")
    return take("}")
  }
}
