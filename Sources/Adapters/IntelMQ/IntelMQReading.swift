import Contract
import Formats
import JSON
import STIX

/// Reads an event of IntelMQ: its fields are found in one walk over it.
struct IntelMQReading: CSIRTEventReading {
  let reading: NativeReading

  /// The fields that STIX has properties for.
  private static let wanted = [
    "classification.type", "time.source", "time.observation", "tlp", "feed.accuracy", "malware.name",
    "malware.hash.md5", "malware.hash.sha1", "malware.hash.sha256", "source.ip", "source.network", "source.fqdn",
    "source.url", "source.asn", "source.account", "destination.ip", "destination.network", "destination.fqdn",
    "destination.url", "destination.asn", "destination.account",
  ]
  /// Where they stand among these: each alone, then the hashes, then the observables of either side.
  private enum Place {
    static let type = 0
    static let source = 1
    static let observation = 2
    static let label = 3
    static let accuracy = 4
    static let malware = 5
    static let hashes = 6..<9
    static let observables = 9
  }
  /// Of each field that IntelMQ knows its place among these; -1 where it has none.
  private static let places = IntelMQFields.index.names.map { wanted.firstIndex(of: $0) ?? -1 }

  /// The wanted fields of an event, by their place, and what nobody knows.
  private struct Fields {
    let document: JSONDocument
    var at = InlineArray<21, Int>(repeating: 0)
    var unknown: [Int] = []
    /// The event without what nobody knows.
    var known = JSONWriter()

    init(_ event: JSONValue) {
      document = event.document
      known.reserve(1024)
      let tape = document.tape
      // Here, and not in the loop: a static property is asked for, and retained, each time.
      let (index, places) = (IntelMQFields.index, places)
      known.object { known in
        known.members(of: event) { _, key, value in
          let field = index.place(of: key)
          guard field != nil || IntelMQFields.isExtra(key), !EventFields.hasNothing(tape, value) else {
            unknown.append(value)
            return false
          }
          if let field, case let place = places[field], place >= 0 { at[place] = value }
          return true
        }
      }
    }

    subscript(_ place: Int) -> JSONValue? { at[place] > 0 ? JSONValue(document: document, index: at[place]) : nil }
  }

  func event(_ value: JSONValue) throws(AdapterFailure) -> CSIRTEvent {
    let fields = Fields(value)
    let word = fields[Place.type]?.string ?? "undetermined"
    let time =
      (fields[Place.source] ?? fields[Place.observation])?.string.flatMap { IntelMQTime.moment($0)?.text }
      ?? Timestamp(reading.origin.acceptedAt).description
    var event = CSIRTEvent(key: fields.known.bytes, type: RSIT.type(of: word) ?? word, time: time)
    event.unknown = fields.unknown
    if let label = fields[Place.label]?.string {
      guard
        let tlp = TLP(label: label.uppercased().hasPrefix("TLP") ? label.drop { $0 != ":" }.dropFirst() : label[...])
      else { throw AdapterFailure(.unreadable, "expected a label of TLP, and found '\(label.prefix(20))'") }
      event.marking = tlp
      event.said.append(fields.at[Place.label])
    }
    if let accuracy = fields[Place.accuracy]?.number { event.confidence = Int64(min(100, max(0, accuracy))) }
    addFacts(fields, to: &event)
    if let name = fields[Place.malware]?.string {
      event.malware = ("malware.name", name)
      event.said.append(fields.at[Place.malware])
    }
    return event
  }

  private func addFacts(_ fields: Fields, to event: inout CSIRTEvent) {
    for (number, types) in (Self.types + Self.types).enumerated() {
      let place = Place.observables + number
      guard let member = fields[place], let text = member.string ?? member.integer.map({ String($0) }),
        let type = types.first(where: {
          $0 == "autonomous-system" || $0 == "user-account" || ValueForm.fits($0, text)
        })
      else { continue }
      event.facts.append(
        .init(field: Self.wanted[place], type: type, value: text, isSource: number < Self.types.count))
      event.said.append(fields.at[place])
    }
    for place in Place.hashes {
      guard let text = fields[place]?.string, text == text.lowercased() else { continue }
      event.facts.append(.init(field: Self.wanted[place], type: "file", value: text, isSource: true))
      event.said.append(fields.at[place])
    }
  }

  /// What the observables of one side may be, in their order.
  private static let types = [
    ["ipv4-addr", "ipv6-addr"], ["ipv4-addr", "ipv6-addr"], ["domain-name"], ["url"], ["autonomous-system"],
    ["user-account"],
  ]
}
