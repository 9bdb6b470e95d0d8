/// The `content_type` of a message as far as it matters here: a media type and its version parameter.
struct ContentType: Equatable {
  /// In lower case: `application/stix+json`.
  var mediaType: String
  var version: String?

  /// The media types that say no more than that this is JSON, or nothing at all.
  static let general: Set<String> = [
    "application/json", "text/json", "application/octet-stream", "application/taxii+json",
  ]

  /// Takes the property as it was sent; nil where it was not set.
  init?(_ property: String?) {
    // Nearly always there is nothing to take apart.
    guard let property else { return nil }
    if !property.isEmpty, property.utf8.allSatisfy(Self.isPlain) {
      mediaType = property
      return
    }
    let parts = property.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
    guard let first = parts.first, !first.isEmpty else { return nil }
    mediaType = first.lowercased()
    for parameter in parts.dropFirst() {
      let pair = parameter.split(separator: "=", maxSplits: 1).map(Self.trimmed)
      if pair.count == 2, pair[0].lowercased() == "version" {
        version = pair[1].filter { $0 != "\"" }
      }
    }
  }

  /// Visible ASCII without capitals and without what begins a parameter.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x21..<0x7F).contains(byte) && byte != UInt8(ascii: ";")
      && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func trimmed(_ text: Substring) -> String { trimmed(String(text)) }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop { $0 == " " || $0 == "\t" }
    return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
