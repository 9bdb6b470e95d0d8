import Contract
import Formats
import JSON
import STIX

/// Reads events of CSIRTs, whatever their format calls the fields.
///
/// An event is observed data about its observables; where the party that is seen acts against others, an indicator for
/// them, too. An event stands or falls as a whole: all objects that come from it know it as their place.
protocol CSIRTEventReading {
  var reading: NativeReading { get }
  func event(_ value: JSONValue) throws(AdapterFailure) -> CSIRTEvent
}

/// What an event says that STIX has properties for.
struct CSIRTEvent {
  /// A value, where the event has it, and what it is.
  struct Fact {
    var field: String
    var type: String
    var value: String
    /// Whether it belongs to the party that the event is about, not to another.
    var isSource: Bool
  }

  var key: String
  var type: String
  var time: String
  var until: String?
  var count: Int64 = 1
  var marking: TLP?
  var confidence: Int64?
  var facts: [Fact] = []
  var malware: String?
  var text: String?
  /// Fields that stand in properties of STIX, and not in our extension.
  var said: Set<String> = []
  /// Fields that nobody knows.
  var unknown: Set<String> = []
  /// The lists of objects of which only these members are known.
  var lists: [String: Set<String>] = [:]
}

extension CSIRTEventReading {
  func read(_ root: JSONValue) throws(AdapterFailure) -> STIXBundle {
    if root.isArray {
      for (index, value) in root.elements.enumerated() { try add(value, at: JSONPointer(tokens: [String(index)])) }
    } else {
      try add(root, at: .root)
    }
    guard !reading.ids.isEmpty else { throw AdapterFailure(.unreadable, "the message has no events") }
    return try reading.bundle([reading.origin.messageID] + reading.ids)
  }

  private func add(_ value: JSONValue, at place: JSONPointer) throws(AdapterFailure) {
    let event = try event(value)
    let marking = event.marking
    var refs: [(fact: CSIRTEvent.Fact, id: String)] = []
    for fact in event.facts {
      let id = reading.addObservable(fact.type, key: [fact.value], from: place, marking) { object in
        switch fact.type {
        case "autonomous-system": object.member("number", Int64(fact.value) ?? 0)
        case "file":
          object.member("hashes") { hashes in
            hashes.object { $0.member(Self.algorithm(fact.value), fact.value.lowercased()) }
          }
        case "user-account": object.member("account_login", fact.value)
        default: object.member("value", fact.value)
        }
      }
      refs.append((fact, id))
    }
    var id = reading.id("observed-data", [event.key])
    // The same event twice in a batch is two observations.
    var nth = 1
    while reading.contains(id) {
      nth += 1
      id = reading.id("observed-data", [event.key, String(nth)])
    }
    let labels = Self.labels(event)
    func add(_ type: String, _ id: String, _ body: (inout JSONWriter) -> Void) {
      reading.add(
        type, id, from: [place], created: event.time, modified: event.time, creator: nil, marking, body)
    }
    let malware = event.malware.map { name in
      let id = reading.id("malware", [name, marking?.word ?? ""])
      // The time of a family is that of the first event that names it.
      add("malware", id) { object in
        object.member("name", name)
        object.member("is_family", true)
      }
      return id
    }
    // A family is nothing that can be observed.
    let about = refs.isEmpty ? [placeholder(event, at: place)] : refs.map(\.id)
    add("observed-data", id) { object in
      if !labels.isEmpty { object.member("labels", labels) }
      if let confidence = event.confidence { object.member("confidence", confidence) }
      object.member("first_observed", event.time)
      object.member("last_observed", event.until ?? event.time)
      object.member("number_observed", event.count)
      object.member("object_refs", about)
      NativeExtension.write(reading.format, "event", to: &object) { kept in
        kept.member("fields") { writer in
          writer.object { writer in
            for (key, member) in value.members where !event.said.contains(key) && !event.unknown.contains(key) {
              if let known = event.lists[key] {
                writer.member(key) { Self.write(member, named: key, known, without: event.facts, to: &$0) }
              } else {
                writer.member(key, member)
              }
            }
          }
        }
        var places = refs.map { (field: $0.fact.field, id: $0.id) }
        if let malware { places.append((event.said.contains("name") ? "name" : "malware.name", malware)) }
        guard !places.isEmpty else { return }
        kept.member("places") { writer in
          writer.array { list in
            for place in places {
              list.object { entry in
                entry.member("field", place.field)
                entry.member("value_ref", place.id)
              }
            }
          }
        }
      }
    }
    addIndicator(event, id, malware, add)
  }

  /// A list of objects with their known members, without those that are observables.
  private static func write(
    _ list: JSONValue, named name: String, _ known: Set<String>, without facts: [CSIRTEvent.Fact],
    to writer: inout JSONWriter
  ) {
    writer.array { writer in
      for (index, entry) in list.elements.enumerated() {
        writer.object { writer in
          for (key, member) in entry.members where known.contains(key) {
            guard !facts.contains(where: { $0.field == "\(name)/\(index)/\(key)" }) else { continue }
            writer.member(key, member)
          }
        }
      }
    }
  }

  /// An observation is of something; an event that names nothing observable is of its kind.
  private func placeholder(_ event: CSIRTEvent, at place: JSONPointer) -> String {
    let id = reading.id("x-csirt-event", [event.key])
    reading.add(
      "x-csirt-event", id, from: [place], created: event.time, modified: event.time, creator: nil, event.marking
    ) { $0.member("classification", event.type) }
    return id
  }

  private func addIndicator(
    _ event: CSIRTEvent, _ observed: String, _ malware: String?,
    _ add: (String, String, (inout JSONWriter) -> Void) -> Void
  ) {
    guard CSIRTEventTypes.hostile.contains(event.type) else { return }
    let order = ["url", "file", "domain-name", "ipv4-addr", "ipv6-addr"]
    let best = order.lazy.compactMap { type in event.facts.first { $0.type == type && $0.isSource } }.first
    guard let best else { return }
    let path = best.type == "file" ? "file:hashes.'\(Self.algorithm(best.value))'" : "\(best.type):value"
    let id = reading.id("indicator", [observed])
    add("indicator", id) { object in
      object.member("name", "\(event.type) \(best.value)")
      if let confidence = event.confidence { object.member("confidence", confidence) }
      object.member("indicator_types", ["malicious-activity"])
      object.member("labels", Self.labels(event))
      object.member("pattern", "[\(path) = \(Self.quoted(best.value))]")
      object.member("pattern_type", "stix")
      object.member("pattern_version", "2.1")
      object.member("valid_from", event.time)
      NativeExtension.write(reading.format, "indicator", to: &object) { $0.member("event_ref", observed) }
    }
    add("relationship", reading.id("relationship", [id, observed])) { object in
      object.member("relationship_type", "based-on")
      object.member("source_ref", id)
      object.member("target_ref", observed)
    }
    guard let malware else { return }
    add("relationship", reading.id("relationship", [id, malware])) { object in
      object.member("relationship_type", "indicates")
      object.member("source_ref", id)
      object.member("target_ref", malware)
    }
  }

  private static func labels(_ event: CSIRTEvent) -> [String] {
    guard let category = RSIT.taxonomy(of: event.type), let type = RSIT.type(of: event.type) else { return [] }
    return ["rsit:\(category)=\"\(type)\""]
  }

  static func algorithm(_ hash: String) -> String {
    switch hash.utf8.count {
    case 32: "MD5"
    case 40: "SHA-1"
    default: "SHA-256"
    }
  }

  /// A string literal of the pattern language.
  private static func quoted(_ text: String) -> String {
    var literal = "'"
    for character in text.unicodeScalars {
      if character == "'" || character == "\\" { literal.unicodeScalars.append("\\") }
      literal.unicodeScalars.append(character)
    }
    return literal + "'"
  }
}

enum CSIRTEventTypes {
  /// Types of which the source acts against others, so that others want to know it.
  static let hostile: Set<String> = [
    "c2-server", "malware-distribution", "malware-configuration", "phishing", "scanner", "brute-force", "exploit",
    "ids-alert", "spam", "dos", "ddos", "masquerade", "blacklist", "dga-domain", "malware",
  ]
}
