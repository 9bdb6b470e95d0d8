package import Contract
package import JSON

/// Events of CERT Polska's n6: one object, or several in a list or on lines.
package struct N6Format: BatchFormat {
  package let id = FormatID.n6
  package let title = "n6"
  package let versions = ["1"]
  package let mediaTypes: [String] = []
  package let markings = Place.objects("the field restriction of each event")
  package let obligations = Place.envelope(HeaderKeys.obligations)
  package var rules: [Rule] { N6Rules.all }

  package init() {}

  package func recognises(_ root: JSONValue) -> String? {
    let event = root.isArray ? root[0] : root
    guard let event, event["restriction"] != nil, event["category"] != nil, event["source"]?.string != nil,
      event["time"] != nil
    else { return nil }
    return "1"
  }

  package func findings(_ document: JSONDocument) -> [Finding] {
    EventList.findings(document.root, Self.schemas, N6Rules.findings)
  }

  package func errors(item: JSONValue, at place: JSONPointer) -> [Finding] {
    EventList.errors(item, place, Self.schemas, N6Rules.findings)
  }

  package func kind(of document: JSONDocument) -> MessageKind? { .event }

  private static let schemas = SchemaSet("n6/1")
}

/// What the schema of an event cannot say.
enum N6Rules {
  static let timeExists = Rule(
    "n6-time-exists", .error, "A time is one that the calendar has.", source: "n6 data specification, DateTimeField")
  static let address = Rule(
    "n6-address", .error, "An address of a network is one that exists.", source: "n6 data specification, address")
  static let inOrder = Rule(
    "n6-times-in-order", .error, "An event does not end before it begins.", source: "n6 data specification, until")
  static let countFits = Rule(
    "n6-until-without-count", .warning, "Only an event that was counted has until.", source: "n6 data specification")
  static let known = Rule(
    "n6-field-unknown", .warning, "An event has no fields that n6 does not know.", source: "n6 data specification")
  static let all = [timeExists, address, inOrder, countFits, known]

  static func findings(_ event: JSONValue, _ place: JSONPointer) -> [Finding] {
    guard event.isObject else { return [] }
    var found: [Finding] = []
    for name in ["time", "until", "expires", "modified"] {
      guard let text = event[name]?.string, N6Time.moment(text) == nil else { continue }
      found.append(timeExists.finding(at: place.appending(name), "'\(text.prefix(40))' is no moment that exists"))
    }
    for (index, entry) in (event["address"]?.elements ?? JSONValue.none).enumerated() {
      for name in ["ip", "ipv6"] {
        guard let text = entry[name]?.string, !(name == "ip" ? IPAddress.isV4(text) : IPAddress.isV6(text)) else {
          continue
        }
        let pointer = place.appending("address").appending(index).appending(name)
        found.append(address.finding(at: pointer, "'\(text.prefix(60))' is no address"))
      }
    }
    if let start = event["time"]?.string.flatMap(N6Time.moment), let end = event["until"]?.string.flatMap(N6Time.moment)
    {
      if end < start { found.append(inOrder.finding(at: place.appending("until"), "the event ends before it begins")) }
      if event["count"] == nil {
        found.append(countFits.finding(at: place.appending("until"), "the event has until, and no count"))
      }
    }
    for (key, _) in event.members where !N6Fields.all.contains(key) {
      found.append(known.finding(at: place.appending(key), "n6 has no field of this name"))
    }
    return found
  }
}

/// Times of n6: in UTC where no offset is given.
package enum N6Time {
  package static func moment(_ text: String) -> CSAFMoment? { IntelMQTime.moment(text) ?? CSAFMoment(text + "Z") }
}

/// The fields of an event.
package enum N6Fields {
  /// The members of an address.
  package static let ofAddress: Set<String> = ["ip", "ipv6", "asn", "cc", "dir", "rdns"]

  package static let all: Set<String> = Set(
    """
    id source restriction confidence category time address dip adip sport dport proto fqdn url url_pattern email \
    username iban phone md5 sha1 sha256 x509fp_sha1 name target action registrar injects origin status expires replaces \
    count until modified
    """.split(separator: " ").map { String($0) })
}
