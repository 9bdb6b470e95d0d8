import Contract
import Formats
import JSON
import STIX

/// The words of IntelMQ.
struct IntelMQDialect: CSIRTDialect {
  let format = FormatID.intelmq
  let noun = "an IntelMQ event"

  func field(for type: String, _ value: String) -> String? {
    switch type {
    case "ipv4", "ipv6": value.contains("/") ? "source.network" : "source.ip"
    case "domain": "source.fqdn"
    case "url": "source.url"
    case "asn", "autonomous-system": "source.asn"
    case "user-account": "source.account"
    case "md5", "sha1", "sha256": "malware.hash.\(type)"
    default: nil
    }
  }

  func writeHead(_ said: CSIRTStatement, _ terms: OutgoingTerms, _ label: TLP, to event: inout JSONWriter) {
    if let category = RSIT.taxonomy(of: said.type) { event.member("classification.taxonomy", category) }
    event.member("classification.type", said.type)
    if let text = said.text, !text.isEmpty { event.member("event_description.text", text) }
    event.member("extra.stix_id", said.id)
    if let confidence = said.confidence { event.member("feed.accuracy", confidence) }
    event.member("feed.name", terms.sender?.slug ?? "withheld")
    if let name = said.malware { event.member("malware.name", name.lowercased()) }
    event.member("time.observation", Timestamp(terms.acceptedAt).description)
    event.member("time.source", said.time)
    writeLabel(label, to: &event)
  }

  func writeValues(_ values: [(field: String, value: String)], to event: inout JSONWriter) {
    for (field, value) in values {
      if field == "source.asn" {
        event.member(field, Int64(value.filter(\.isNumber)) ?? 0)
      } else {
        event.member(field, field == "source.fqdn" ? value.lowercased() : value)
      }
    }
  }

  func writeLabel(_ label: TLP, to event: inout JSONWriter) {
    event.member("tlp", String(label.label.dropFirst("TLP:".count)))
  }
}
