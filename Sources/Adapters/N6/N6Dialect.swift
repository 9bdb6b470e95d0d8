import Contract
import Formats
import JSON
import STIX

/// The words of n6.
struct N6Dialect: CSIRTDialect {
  let format = FormatID.n6
  let noun = "an n6 event"

  func field(for type: String, _ value: String) -> String? {
    switch type {
    case "ipv4": value.contains("/") ? nil : "ip"
    case "ipv6": value.contains("/") ? nil : "ipv6"
    case "domain": "fqdn"
    case "url": "url"
    case "email": "email"
    case "user-account": "username"
    case "md5", "sha1", "sha256": type
    default: nil
    }
  }

  func writeHead(_ said: CSIRTStatement, _ terms: OutgoingTerms, _ label: TLP, to event: inout JSONWriter) {
    event.member("id", said.id.suffix(36).filter { $0 != "-" }.lowercased())
    // Provider and channel have 32 characters together.
    event.member("source", "\((terms.sender?.slug ?? "withheld").prefix(23)).entente")
    writeLabel(label, to: &event)
    event.member("confidence", said.confidence.map { $0 < 30 ? "low" : $0 < 70 ? "medium" : "high" } ?? "medium")
    event.member("category", Self.category(said.type))
    event.member("time", said.time)
    if let name = said.malware ?? said.text, !name.isEmpty {
      event.member("name", String(name.unicodeScalars.prefix(255)))
    }
  }

  func writeValues(_ values: [(field: String, value: String)], to event: inout JSONWriter) {
    let addresses = values.filter { $0.field == "ip" || $0.field == "ipv6" }
    if !addresses.isEmpty {
      event.member("address") { list in
        list.array { list in for (field, value) in addresses { list.object { $0.member(field, value) } } }
      }
    }
    for (field, value) in values where field != "ip" && field != "ipv6" { event.member(field, value) }
  }

  /// Three words for five labels: the stricter word where there is none of the same strength.
  func writeLabel(_ label: TLP, to event: inout JSONWriter) {
    switch label {
    case .clear: event.member("restriction", "public")
    case .green, .amber: event.member("restriction", "need-to-know")
    case .amberStrict, .red: event.member("restriction", "internal")
    }
  }

  /// The category for a type of the reference incident taxonomy; of several the first by name.
  private static func category(_ type: String) -> String {
    RSIT.ofN6.filter { $0.value == type }.keys.min() ?? "other"
  }
}
