/// Package URLs: `pkg:type/namespace/name@version?qualifiers#subpath` (package-url, version 1).
enum PackageURL {
  /// What is wrong with one; nil where it is right.
  static func fault(of text: String) -> String? {
    guard text.lowercased().hasPrefix("pkg:") else { return "it begins with pkg:" }
    var rest = Substring(text.dropFirst(4)).drop { $0 == "/" }
    if let hash = rest.lastIndex(of: "#") { rest = rest[..<hash] }
    if let mark = rest.lastIndex(of: "?") {
      if let fault = faultOfQualifiers(rest[rest.index(after: mark)...]) { return fault }
      rest = rest[..<mark]
    }
    guard let slash = rest.firstIndex(of: "/") else { return "after the type comes a slash and a name" }
    let type = rest[..<slash]
    guard let first = type.first, first.isASCII, first.isLetter,
      type.utf8.allSatisfy({ isLetterOrDigit($0) || $0 == 0x2E || $0 == 0x2B || $0 == 0x2D })
    else { return "the type is letters, digits, dots, plus and minus, beginning with a letter" }
    var path = rest[rest.index(after: slash)...]
    while path.last == "/" { path = path.dropLast() }
    // The version follows the last @ of the last segment.
    let lastSlash = path.lastIndex(of: "/")
    let tail = lastSlash.map { path[path.index(after: $0)...] } ?? path
    let name = tail.lastIndex(of: "@").map { tail[..<$0] } ?? tail
    guard !name.isEmpty else { return "the name is missing" }
    let segments = lastSlash.map { path[..<$0].split(separator: "/", omittingEmptySubsequences: false) } ?? []
    for segment in segments + [tail] where !isEncoded(segment) {
      return "it has a character that has to be percent-encoded, or a percent sign without two digits"
    }
    return nil
  }

  private static func faultOfQualifiers(_ text: Substring) -> String? {
    for pair in text.split(separator: "&") {
      let key = pair.prefix { $0 != "=" }
      guard let first = key.first, first.isASCII, first.isLetter || first == "." || first == "-" || first == "_",
        key.utf8.allSatisfy({ isLetterOrDigit($0) || $0 == 0x2E || $0 == 0x2D || $0 == 0x5F })
      else { return "the key of a qualifier is letters, digits, dots, minus and underscore" }
    }
    return nil
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func isEncoded(_ segment: Substring) -> Bool {
    var bytes = Array(segment.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == UInt8(ascii: "%") {
        guard bytes.count >= 2, bytes.prefix(2).allSatisfy({ isHex($0) }) else { return false }
        bytes = bytes.dropFirst(2)
      } else if byte <= 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "<")
        || byte == UInt8(ascii: ">")
      {
        return false
      }
    }
    return true
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
  }
}
