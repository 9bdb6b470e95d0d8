package import Contract
import JSON
import STIX

/// Documents of the Elastic Common Schema: one object, or one a line.
package struct ECSAdapter: OutputAdapter {
  package let format = FormatID.ecs
  static let noun = "an ECS document"

  package init() {}

  static func text(_ entries: [ToolEntry], _ terms: OutgoingTerms) -> [UInt8] {
    JSONLinesText.text(entries.map { document($0, terms) })
  }

  private static func document(_ entry: ToolEntry, _ terms: OutgoingTerms) -> [UInt8] {
    let time = Timestamp(terms.acceptedAt).description
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("@timestamp", time)
      writer.member("ecs") { $0.object { $0.member("version", "8.17.0") } }
      writer.member("event") { event in
        event.object { event in
          event.member("kind", "enrichment")
          event.member("category", ["threat"])
          event.member("type", ["indicator"])
          event.member("id", entry.object.id)
          event.member("dataset", "entente.\(entry.isSighting ? "sighting" : "indicator")")
        }
      }
      if let text = entry.text, !text.isEmpty { writer.member("message", text) }
      writer.member("threat") { threat in
        threat.object { threat in
          threat.member("feed") { $0.object { $0.member("name", terms.sender?.slug ?? "withheld") } }
          threat.member("indicator") { writeIndicator(entry, terms, to: &$0) }
        }
      }
    }
    return writer.bytes
  }

  private static func writeIndicator(_ entry: ToolEntry, _ terms: OutgoingTerms, to writer: inout JSONWriter) {
    writer.object { indicator in
      indicator.member("type", type(entry.type))
      indicator.member("name", entry.value)
      indicator.member("id", [entry.object.id])
      if let from = entry.from { indicator.member("first_seen", from) }
      if let until = entry.until, entry.isSighting { indicator.member("last_seen", until) }
      if let count = entry.count { indicator.member("sightings", count) }
      indicator.member("confidence", confidence(entry.confidence))
      indicator.member("provider", terms.sender?.slug ?? "withheld")
      if let name = entry.name, !name.isEmpty { indicator.member("description", name) }
      indicator.member("marking") { marking in
        marking.object { marking in
          marking.member("tlp", String(entry.label.label.dropFirst("TLP:".count)))
          marking.member("tlp_version", "2.0")
        }
      }
      writeValue(entry, to: &indicator)
    }
  }

  private static func writeValue(_ entry: ToolEntry, to indicator: inout JSONWriter) {
    switch entry.type {
    case "ipv4", "ipv6": indicator.member("ip", entry.value)
    case "domain": indicator.member("url") { $0.object { $0.member("domain", entry.value) } }
    case "url": indicator.member("url") { $0.object { $0.member("full", entry.value) } }
    case "email": indicator.member("email") { $0.object { $0.member("address", entry.value) } }
    case "md5", "sha1", "sha256", "sha512":
      indicator.member("file") { $0.object { $0.member("hash") { $0.object { $0.member(entry.type, entry.value) } } } }
    case "filename": indicator.member("file") { $0.object { $0.member("name", entry.value) } }
    case "regkey": indicator.member("registry") { $0.object { $0.member("key", entry.value) } }
    case "asn":
      guard let number = Int64(entry.value) else { return }
      indicator.member("as") { $0.object { $0.member("number", number) } }
    default: break
    }
  }

  private static func type(_ type: String) -> String {
    [
      "ipv4": "ipv4-addr", "ipv6": "ipv6-addr", "domain": "domain-name", "url": "url", "email": "email-addr",
      "mac": "mac-addr", "regkey": "windows-registry-key", "mutex": "mutex", "asn": "autonomous-system",
    ][type] ?? "file"
  }

  private static func confidence(_ value: Int64?) -> String {
    switch value {
    case nil: "Not Specified"
    case .some(0): "None"
    case .some(..<30): "Low"
    case .some(..<70): "Medium"
    default: "High"
    }
  }
}

/// One JSON text, or one a line.
enum JSONLinesText {
  static func text(_ documents: [[UInt8]]) -> [UInt8] {
    documents.count == 1 ? documents[0] : Array(documents.joined(separator: [0x0A])) + [0x0A]
  }
}
