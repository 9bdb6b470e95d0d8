package import Contract
import JSON
import STIX

/// Detection findings of the Open Cybersecurity Schema Framework: one object, or one a line.
package struct OCSFAdapter: OutputAdapter {
  package let format = FormatID.ocsf
  static let noun = "an OCSF finding"

  package init() {}

  static func text(_ entries: [ToolEntry], _ terms: OutgoingTerms) -> [UInt8] {
    JSONLinesText.text(entries.map { finding($0, terms) })
  }

  private static func finding(_ entry: ToolEntry, _ terms: OutgoingTerms) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("activity_id", 1)
      writer.member("category_uid", 2)
      writer.member("class_uid", 2004)
      writer.member("type_uid", 200_401)
      writer.member("severity_id", entry.isSighting ? 3 : 1)
      writer.member("time", terms.acceptedAt.milliseconds)
      writer.member("metadata") { metadata in
        metadata.object { metadata in
          metadata.member("version", "1.3.0")
          metadata.member("product") { product in
            product.object { product in
              product.member("name", "Entente")
              product.member("vendor_name", "Entente")
            }
          }
          metadata.member("profiles", ["osint"])
        }
      }
      writer.member("finding_info") { info in
        info.object { info in
          info.member("uid", entry.object.id)
          info.member("title", entry.name ?? "\(entry.type) \(entry.value)")
          if let text = entry.text, !text.isEmpty { info.member("desc", text) }
          if let from = ToolEntry.milliseconds(entry.from) { info.member("first_seen_time", from) }
          if let until = ToolEntry.milliseconds(entry.until) { info.member("last_seen_time", until) }
        }
      }
      if let confidence = entry.confidence {
        writer.member("confidence_id", confidence < 30 ? 1 : confidence < 70 ? 2 : 3)
        writer.member("confidence_score", confidence)
      }
      if let count = entry.count { writer.member("count", count) }
      writer.member("osint") { list in
        list.array { list in
          list.object { osint in
            osint.member("type_id", type(entry.type))
            osint.member("value", entry.value)
            osint.member("tlp", label(entry.label))
            if let sender = terms.sender { osint.member("vendor_name", sender.slug) }
          }
        }
      }
    }
    return writer.bytes
  }

  /// OCSF writes the strict label with a space.
  private static func label(_ label: TLP) -> String {
    label == .amberStrict ? "AMBER STRICT" : String(label.label.dropFirst("TLP:".count))
  }

  private static func type(_ type: String) -> Int {
    switch type {
    case "ipv4", "ipv6": 1
    case "domain": 2
    case "md5", "sha1", "sha256", "sha512": 4
    case "url": 5
    case "email": 9
    case "filename": 11
    case "regkey": 12
    default: 99
    }
  }
}
