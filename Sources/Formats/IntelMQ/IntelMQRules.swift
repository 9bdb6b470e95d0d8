import JSON

/// What the schema of an event cannot say.
enum IntelMQRules {
  static let timeExists = Rule(
    "intelmq-time-exists", .error, "A time is one that the calendar has.", source: "IntelMQ harmonisation, DateTime")
  static let address = Rule(
    "intelmq-address", .error, "An address of a network is one that exists.", source: "IntelMQ harmonisation, IPAddress"
  )
  static let taxonomy = Rule(
    "intelmq-taxonomy", .warning, "The type of an event belongs to its taxonomy.",
    source: "Reference incident taxonomy 1003")
  static let legacy = Rule(
    "intelmq-type-renamed", .warning, "A type has the name of the reference incident taxonomy.",
    source: "IntelMQ harmonisation, ClassificationType")
  static let known = Rule(
    "intelmq-field-unknown", .warning, "An event has no fields that IntelMQ does not know.",
    source: "IntelMQ harmonisation")
  static let all = [timeExists, address, taxonomy, legacy, known]

  static func findings(_ event: JSONValue, _ place: JSONPointer) -> [Finding] {
    guard event.isObject else { return [] }
    var found: [Finding] = []
    for (key, value) in event.members {
      let text = value.string
      switch key {
      case "time.source", "time.observation", "source.allocated", "destination.allocated":
        if let text, IntelMQTime.moment(text) == nil {
          found.append(timeExists.finding(at: place.appending(key), "'\(text.prefix(40))' is no moment that exists"))
        }
      case "source.ip", "destination.ip", "source.local_ip", "destination.local_ip":
        if let text, !IPAddress.isAddress(text) {
          found.append(address.finding(at: place.appending(key), "'\(text.prefix(60))' is no address"))
        }
      case "source.network", "destination.network":
        if let text, !IPAddress.isNetwork(text) {
          found.append(address.finding(at: place.appending(key), "'\(text.prefix(60))' is no network"))
        }
      default:
        if !IntelMQFields.all.contains(key), !key.hasPrefix("extra.") {
          found.append(known.finding(at: place.appending(key), "IntelMQ has no field of this name"))
        }
      }
    }
    let type = event["classification.type"]?.string ?? ""
    if let name = RSIT.renamed[type] {
      found.append(
        legacy.finding(at: place.appending("classification.type"), "'\(type)' is called '\(name)' since IntelMQ 3"))
    }
    if let said = event["classification.taxonomy"]?.string, let right = RSIT.taxonomy(of: type), said != right {
      found.append(
        taxonomy.finding(
          at: place.appending("classification.taxonomy"), "'\(type)' is a type of \(right), and not of \(said)"))
    }
    return found
  }
}

/// Times as IntelMQ writes them: with an offset, in which the colon may be missing.
package enum IntelMQTime {
  package static func moment(_ text: String) -> CSAFMoment? {
    if let moment = CSAFMoment(text) { return moment }
    guard text.count > 5, let sign = text.dropLast(4).last, sign == "+" || sign == "-" else { return nil }
    return CSAFMoment(text.dropLast(2) + ":" + text.suffix(2))
  }
}

/// The fields of an event.
package enum IntelMQFields {
  package static let all: Set<String> = {
    let sides = """
      ip network port asn as_name fqdn domain_suffix reverse_dns url urlpath account abuse_contact allocated registry \
      local_ip local_hostname tor_node geolocation.cc geolocation.city geolocation.country geolocation.latitude \
      geolocation.longitude geolocation.region geolocation.state geolocation.cymru_cc geolocation.geoip_cc
      """.split(separator: " ")
    let others = """
      __type classification.taxonomy classification.type classification.identifier feed.name feed.provider feed.code \
      feed.url feed.documentation feed.accuracy time.source time.observation malware.name malware.version malware.hash \
      malware.hash.md5 malware.hash.sha1 malware.hash.sha256 protocol.transport protocol.application \
      event_description.text event_description.target event_description.url misp.event_uuid misp.attribute_uuid comment \
      event_hash extra output raw rtir_id screenshot_url status tlp product.full_name product.name product.vendor \
      product.version product.vulnerabilities
      """.split(separator: " ").map { String($0) }
    return Set(others + ["source", "destination"].flatMap { side in sides.map { "\(side).\($0)" } })
  }()
}
