package import Contract
import Formats
import JSON
import STIX

/// A table of values (RFC 4180), for spreadsheets and scripts.
package struct CSVAdapter: OutputAdapter {
  package let format = FormatID.csv
  static let noun = "a row of a table"

  package init() {}

  static func text(_ entries: [ToolEntry], _ terms: OutgoingTerms) -> [UInt8] {
    var text = CSVFormat.header.joined(separator: ",") + "\r\n"
    for entry in entries {
      let cells = [
        entry.type, entry.value, entry.label.label, entry.isSighting ? "sighting" : "indicator", entry.name ?? "",
        entry.confidence.map { String($0) } ?? "", entry.from ?? "", entry.until ?? "",
        entry.count.map { String($0) } ?? "", terms.sender?.slug ?? "", entry.object.id,
      ]
      text += cells.map { cell($0) }.joined(separator: ",") + "\r\n"
    }
    return Array(text.utf8)
  }

  /// Quoted where it has to be. What a spreadsheet would take for a formula gets an apostrophe before it.
  private static func cell(_ text: String) -> String {
    var text = text
    if let first = text.unicodeScalars.first, ["=", "+", "-", "@", "\t", "\r"].contains(first) { text = "'" + text }
    let needsQuotes = text.unicodeScalars.contains { ["\"", ",", "\n", "\r"].contains($0) }
    guard needsQuotes else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
