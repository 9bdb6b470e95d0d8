package import Contract
import JSON
import STIX

/// Lines of the Common Event Format, for whatever takes syslog.
package struct CEFAdapter: OutputAdapter {
  package let format = FormatID.cef
  static let noun = "a CEF line"

  package init() {}

  static func text(_ entries: [ToolEntry], _ terms: OutgoingTerms) -> [UInt8] {
    var text = ""
    for entry in entries {
      let kind = entry.isSighting ? "sighting" : "indicator"
      let head = [
        "CEF:0", "Entente", "Exchange", "1", "\(kind):\(entry.type)", entry.name ?? "\(entry.type) \(entry.value)",
        String(severity(entry)),
      ]
      text += head.map { escaped($0, "|") }.joined(separator: "|") + "|"
      text += fields(entry, terms).map { "\($0)=\(escaped($1, "="))" }.joined(separator: " ") + "\n"
    }
    return Array(text.utf8)
  }

  /// From 0 to 10: what is known for sure weighs more; nothing said is the middle.
  private static func severity(_ entry: ToolEntry) -> Int64 { entry.confidence.map { max(1, $0 / 10) } ?? 5 }

  private static func fields(_ entry: ToolEntry, _ terms: OutgoingTerms) -> [(String, String)] {
    var fields: [(String, String)] = []
    switch entry.type {
    case "ipv4": fields.append(("dst", entry.value))
    case "ipv6": fields += [("c6a3Label", "Destination IPv6 Address"), ("c6a3", entry.value)]
    case "domain": fields.append(("dhost", entry.value))
    case "url": fields.append(("request", entry.value))
    case "email": fields.append(("suser", entry.value))
    case "mac": fields.append(("dmac", entry.value))
    case "filename": fields.append(("fname", entry.value))
    case "regkey": fields.append(("filePath", entry.value))
    case "md5", "sha1", "sha256", "sha512": fields.append(("fileHash", entry.value))
    default: break
    }
    fields += [("cs1Label", "tlp"), ("cs1", entry.label.label)]
    fields += [("cs2Label", "source"), ("cs2", terms.sender?.slug ?? "withheld")]
    fields += [("cs3Label", "value"), ("cs3", entry.value)]
    if let confidence = entry.confidence { fields += [("cn1Label", "confidence"), ("cn1", String(confidence))] }
    if let count = entry.count { fields.append(("cnt", String(count))) }
    if let start = ToolEntry.milliseconds(entry.from) { fields.append(("start", String(start))) }
    if let end = ToolEntry.milliseconds(entry.until) { fields.append(("end", String(end))) }
    fields.append(("rt", String(terms.acceptedAt.milliseconds)))
    fields.append(("externalId", entry.object.id))
    if let text = entry.text, !text.isEmpty { fields.append(("msg", text)) }
    return fields
  }

  /// What would end a field, or the line, is written with a backslash.
  private static func escaped(_ text: String, _ mark: Character) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += mark == "=" ? "\\n" : " "
      case "\r": escaped += mark == "=" ? "\\r" : " "
      case _ where Character(scalar) == mark: escaped += "\\" + String(mark)
      // Other controls, and separators that some readers take for ends of lines.
      case _ where scalar.value < 0x20 || scalar.value == 0x7F || (0x80...0x9F).contains(scalar.value): escaped += " "
      case "\u{2028}", "\u{2029}": escaped += " "
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
