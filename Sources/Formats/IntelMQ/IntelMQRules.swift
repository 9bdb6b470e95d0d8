package import JSON

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
    return withExtendedLifetime(event.document) {
      let tape = event.document.tape
      // Here, and not in the loop: a static property is asked for, and retained, each time.
      let (index, kinds) = (IntelMQFields.index, IntelMQFields.kinds)
      var found: [Finding] = []
      var type = ""
      var category: String?
      let end = tape.close(event.index)
      var at = event.index + 1
      while at < end {
        let key = tape.bytes(at)
        let text = tape.tag(at + 1) == JSONTape.Tag.string ? tape.bytes(at + 1) : nil
        if let field = index.place(of: key) {
          let kind = kinds[field]
          if let text, kind != .plain {
            switch kind {
            case .type: type = String(decoding: text, as: UTF8.self)
            case .category: category = String(decoding: text, as: UTF8.self)
            default:
              guard let fault = fault(kind, text) else { break }
              found.append(fault(place.appending(index.names[field])))
            }
          }
        } else if !IntelMQFields.isExtra(key) {
          let name = String(decoding: key, as: UTF8.self)
          found.append(known.finding(at: place.appending(name), "IntelMQ has no field of this name"))
        }
        at = tape.next(at + 1)
      }
      return found + classification(type, category, place)
    }
  }

  /// What is wrong with a value of its kind; nil for a good one.
  private static func fault(
    _ kind: IntelMQFields.Kind, _ text: UnsafeBufferPointer<UInt8>
  ) -> ((JSONPointer) -> Finding)? {
    func words(_ longest: Int) -> Substring { String(decoding: text, as: UTF8.self).prefix(longest) }
    switch kind {
    case .time where IntelMQTime.moment(text) == nil:
      return { timeExists.finding(at: $0, "'\(words(40))' is no moment that exists") }
    case .address where !IPAddress.isAddress(text):
      return { address.finding(at: $0, "'\(words(60))' is no address") }
    case .network where !IPAddress.isNetwork(text):
      return { address.finding(at: $0, "'\(words(60))' is no network") }
    default: return nil
    }
  }

  private static func classification(_ type: String, _ category: String?, _ place: JSONPointer) -> [Finding] {
    var found: [Finding] = []
    if let name = RSIT.renamed[type] {
      found.append(
        legacy.finding(at: place.appending("classification.type"), "'\(type)' is called '\(name)' since IntelMQ 3"))
    }
    if let category, let right = RSIT.taxonomy(of: type), category != right {
      found.append(
        taxonomy.finding(
          at: place.appending("classification.taxonomy"), "'\(type)' is a type of \(right), and not of \(category)"))
    }
    return found
  }
}

/// Times as IntelMQ writes them: with an offset, in which the colon may be missing.
package enum IntelMQTime {
  package static func moment(_ text: String) -> CSAFMoment? {
    var text = text
    return text.withUTF8 { moment($0) }
  }

  package static func moment(_ text: UnsafeBufferPointer<UInt8>) -> CSAFMoment? {
    if let moment = CSAFMoment(text) { return moment }
    guard text.count > 5, case let sign = text[text.count - 5], sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
    else { return nil }
    return (text.dropLast(2) + [UInt8(ascii: ":")] + text.suffix(2)).withUnsafeBufferPointer { CSAFMoment($0) }
  }
}

/// The fields of an event.
package enum IntelMQFields {
  /// What the rules ask of a field's value.
  enum Kind {
    case time, address, network, type, category, plain
  }

  /// The fields that IntelMQ knows.
  package static let index: KeyIndex = {
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
    return KeyIndex(others + ["source", "destination"].flatMap { side in sides.map { "\(side).\($0)" } })
  }()

  /// Of each of these what it is.
  static let kinds: [Kind] = index.names.map { name in
    switch name {
    case "time.source", "time.observation", "source.allocated", "destination.allocated": .time
    case "source.ip", "destination.ip", "source.local_ip", "destination.local_ip": .address
    case "source.network", "destination.network": .network
    case "classification.type": .type
    case "classification.taxonomy": .category
    default: .plain
    }
  }

  /// Fields of somebody's own.
  package static func isExtra(_ key: UnsafeBufferPointer<UInt8>) -> Bool { key.starts(with: "extra.".utf8) }

  package static func isKnown(_ key: UnsafeBufferPointer<UInt8>) -> Bool { index.place(of: key) != nil || isExtra(key) }
}
