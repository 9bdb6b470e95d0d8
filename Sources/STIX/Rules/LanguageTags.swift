/// Language tags of RFC 5646, checked as far as their form and the two-letter codes tell; three-letter codes are too
/// many and too often new to be listed.
package enum LanguageTags {
  package static func isPlausible(_ tag: String) -> Bool {
    let parts = tag.lowercased().split(separator: "-", omittingEmptySubsequences: false)
    guard let primary = parts.first, parts.allSatisfy({ (1...8).contains($0.utf8.count) && $0.allSatisfy(\.isASCII) })
    else { return false }
    switch primary.utf8.count {
    case 1: return (primary == "i" || primary == "x") && parts.count > 1
    case 2: return twoLetter.contains(primary)
    case 3: return primary.utf8.allSatisfy { (0x61...0x7A).contains($0) }
    default: return false
    }
  }

  /// ISO 639-1.
  private static let twoLetter: Set<Substring> = Set(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo \
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji \
    jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb \
    nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr \
    ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split(separator: " "))
}

/// Media types of RFC 6838, checked by their top level, which IANA closes.
enum MediaTypes {
  static func isPlausible(_ type: String) -> Bool {
    guard let slash = type.firstIndex(of: "/"), topLevel.contains(type[..<slash].lowercased()) else { return false }
    let subtype = type[type.index(after: slash)...].prefix { $0 != ";" }
    return !subtype.isEmpty && subtype.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
  }

  private static let topLevel: Set<String> = [
    "application", "audio", "example", "font", "haptics", "image", "message", "model", "multipart", "text", "video",
  ]
}
