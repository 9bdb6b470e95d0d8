/// The slug that names an agency everywhere: in files, as its virtual host, in the ledger (`eu-enisa`, `us-cisa`).
public struct AgencyID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Lower-case letters, digits and single hyphens; begins with a letter; 2 to 63 characters.
  public let slug: String

  /// Takes a slug, or returns nil where it is not one.
  public init?(_ slug: String) {
    guard Slug.isValid(slug, longest: 63) else { return nil }
    self.slug = slug
  }

  public var description: String { slug }

  public static func < (left: AgencyID, right: AgencyID) -> Bool { left.slug < right.slug }
}

/// What slugs of agencies, formats and arrangements have in common.
public enum Slug {
  /// True for lower-case letters, digits and single hyphens between them, beginning with a letter.
  public static func isValid(_ text: String, longest: Int) -> Bool {
    let bytes = Array(text.utf8)
    guard (2...longest).contains(bytes.count), let first = bytes.first, isLetter(first) else { return false }
    guard bytes.last != UInt8(ascii: "-") else { return false }
    for (index, byte) in bytes.enumerated() {
      let isHyphen = byte == UInt8(ascii: "-")
      guard isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || isHyphen else { return false }
      if isHyphen, bytes[index + 1] == UInt8(ascii: "-") { return false }
    }
    return true
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }
}
