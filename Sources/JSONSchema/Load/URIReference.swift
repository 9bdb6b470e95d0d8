/// Resolution of references (RFC 3986 section 5), as far as identifiers of schemas need it.
enum URIReference {
  /// A reference in full, without changing its fragment.
  static func resolve(_ reference: String, against base: String) -> String {
    if schemeLength(reference) != nil { return reference }
    let (base, _) = split(base)
    if reference.isEmpty { return base }
    if reference.hasPrefix("#") { return base + reference }
    guard let schemeEnd = schemeLength(base) else { return reference }
    let scheme = base.prefix(schemeEnd)
    let rest = base.dropFirst(schemeEnd)
    if reference.hasPrefix("//") { return scheme + reference }
    guard rest.hasPrefix("//") else { return scheme + merged("", reference) }
    let afterSlashes = rest.dropFirst(2)
    let authority = afterSlashes.prefix { $0 != "/" && $0 != "?" }
    let basePath = afterSlashes.dropFirst(authority.count).prefix { $0 != "?" }
    let origin = scheme + "//" + authority
    if reference.hasPrefix("?") { return origin + basePath + reference }
    if reference.hasPrefix("/") { return origin + merged("/", String(reference.dropFirst())) }
    let folder = basePath.lastIndex(of: "/").map { String(basePath[...$0]) } ?? "/"
    return origin + merged(folder, reference)
  }

  /// A reference without its fragment, and the fragment; nil when there is none.
  static func split(_ reference: String) -> (String, fragment: String?) {
    guard let sign = reference.firstIndex(of: "#") else { return (reference, nil) }
    return (String(reference[..<sign]), String(reference[reference.index(after: sign)...]))
  }

  /// A fragment with its percent escapes decoded; nil when they are wrong.
  static func decoded(_ fragment: String) -> String? {
    var bytes: [UInt8] = []
    var rest = Substring(fragment).utf8
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// How many characters the scheme and its colon have; nil when there is none.
  private static func schemeLength(_ reference: String) -> Int? {
    guard let colon = reference.firstIndex(of: ":"), colon > reference.startIndex else { return nil }
    let scheme = reference[..<colon]
    guard
      scheme.utf8.allSatisfy({
        (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "+-.".utf8.contains($0)
      })
    else { return nil }
    return scheme.count + 1
  }

  /// A folder and a relative path as one path without dot segments; query and fragment stay.
  private static func merged(_ folder: String, _ reference: String) -> String {
    let path = reference.prefix { $0 != "?" && $0 != "#" }
    let tail = reference.dropFirst(path.count)
    var segments: [Substring] = []
    let full = folder + path
    let parts = full.split(separator: "/", omittingEmptySubsequences: false)
    for (place, part) in parts.enumerated() {
      let isLast = place == parts.count - 1
      switch part {
      case ".": if isLast { segments.append("") }
      case "..":
        if segments.count > 1 { segments.removeLast() }
        if isLast { segments.append("") }
      default: segments.append(part)
      }
    }
    return segments.joined(separator: "/") + tail
  }
}
