import JSON

/// The way of outputs that are no JSON into formats: as a JSON object with their lines.
enum TextDoor {
  static let mark = "entente-text"

  private static let csvHeader = Array((CSVFormat.header.joined(separator: ",") + "\r\n").utf8)

  /// Nil for a text that is none of ours.
  static func open(_ body: [UInt8]) -> [UInt8]? {
    let word: String
    if body.starts(with: "CEF:0|".utf8) {
      word = "cef"
    } else if body.starts(with: csvHeader) {
      word = "csv"
    } else if body.starts(with: "> **TLP:".utf8) {
      word = "brief"
    } else {
      return nil
    }
    guard let text = String(validating: body, as: UTF8.self) else { return nil }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member(mark, word)
      writer.member("text", text)
    }
    return writer.bytes
  }
}
