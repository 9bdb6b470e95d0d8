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

  /// What the event is told apart by.
  var key: [UInt8]
  var type: String
  var time: String
  var until: String?
  var count: Int64 = 1
  var marking: TLP?
  var confidence: Int64?
  var facts: [Fact] = []
  var malware: (field: String, name: String)?
  /// Fields that stand in properties of STIX, and not in our extension: the places of their values on the tape.
  var said: [Int] = []
  /// Fields that nobody knows, likewise, in the order of the text.
  var unknown: [Int] = []
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
    guard !reading.isEmpty else { throw AdapterFailure(.unreadable, "the message has no events") }
    return try reading.bundle([reading.origin.messageID] + reading.ids)
  }

  private func add(_ value: JSONValue, at place: JSONPointer) throws(AdapterFailure) {
    let event = try event(value)
    let places = [place]
    let refs = event.facts.map { addObservable($0, from: places, event.marking) }
    // The same event twice in a batch is two observations.
    let id = reading.newID("observed-data", event.key)
    let label = RSIT.label(of: event.type)
    let malware = event.malware.map { malware in
      let id = reading.id("malware", malware.name, event.marking?.word ?? "")
      // The time of a family is that of the first event that names it.
      add("malware", id, event, from: places) { object in
        object.member("name", malware.name)
        object.member("is_family", true)
      }
      return (field: malware.field, id: id)
    }
    // A family is nothing that can be observed.
    let about = refs.isEmpty ? [placeholder(event, from: places)] : refs
    add("observed-data", id, event, from: places) { object in
      if let label { object.member("labels", [label]) }
      if let confidence = event.confidence { object.member("confidence", confidence) }
      object.member("first_observed", event.time)
      object.member("last_observed", event.until ?? event.time)
      object.member("number_observed", event.count)
      object.member("object_refs", about)
      NativeExtension.write(reading.format, "event", to: &object) { kept in
        kept.member("fields") { writer in writer.object { Self.writeFields(of: value, event, to: &$0) } }
        guard !refs.isEmpty || malware != nil else { return }
        kept.member("places") { writer in
          writer.array { list in
            func write(_ field: String, _ id: String) {
              list.object { entry in
                entry.member("field", field)
                entry.member("value_ref", id)
              }
            }
            for (fact, id) in zip(event.facts, refs) { write(fact.field, id) }
            if let malware { write(malware.field, malware.id) }
          }
        }
      }
    }
    addIndicator(event, id, label, malware?.id, from: places)
  }

  private func add(
    _ type: String, _ id: String, _ event: CSIRTEvent, from places: [JSONPointer], _ body: (inout JSONWriter) -> Void
  ) {
    reading.add(
      type, id, from: places, created: event.time, modified: event.time, creator: nil, event.marking, body)
  }

  private func addObservable(_ fact: CSIRTEvent.Fact, from places: [JSONPointer], _ marking: TLP?) -> String {
    reading.addObservable(fact.type, fact.value, from: places, marking) { object in
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
  }

  /// The fields that no property says.
  private static func writeFields(of value: JSONValue, _ event: CSIRTEvent, to writer: inout JSONWriter) {
    var unknown = event.unknown[...]
    writer.members(of: value) { writer, key, index in
      if unknown.first == index {
        unknown.removeFirst()
        return false
      }
      guard !event.said.contains(index) else { return false }
      guard !event.lists.isEmpty, case let name = String(decoding: key, as: UTF8.self), let known = event.lists[name]
      else { return true }
      let list = JSONValue(document: value.document, index: index)
      writer.member(name) { write(list, named: name, known, without: event.facts, to: &$0) }
      return false
    }
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
  private func placeholder(_ event: CSIRTEvent, from places: [JSONPointer]) -> String {
    let id = reading.id("x-csirt-event", event.key)
    add("x-csirt-event", id, event, from: places) { $0.member("classification", event.type) }
    return id
  }

  private func addIndicator(
    _ event: CSIRTEvent, _ observed: String, _ label: String?, _ malware: String?, from places: [JSONPointer]
  ) {
    guard CSIRTEventTypes.hostile.contains(event.type) else { return }
    let order = ["url", "file", "domain-name", "ipv4-addr", "ipv6-addr"]
    let best = order.lazy.compactMap { type in event.facts.first { $0.isSource && $0.type == type } }.first
    guard let best else { return }
    let path = best.type == "file" ? "file:hashes.'\(Self.algorithm(best.value))'" : best.type + ":value"
    let id = reading.id("indicator", observed)
    add("indicator", id, event, from: places) { object in
      object.member("name", event.type + " " + best.value)
      if let confidence = event.confidence { object.member("confidence", confidence) }
      object.member("indicator_types", ["malicious-activity"])
      object.member("labels", label.map { [$0] } ?? [])
      object.member("pattern", "[" + path + " = " + Self.quoted(best.value) + "]")
      object.member("pattern_type", "stix")
      object.member("pattern_version", "2.1")
      object.member("valid_from", event.time)
      NativeExtension.write(reading.format, "indicator", to: &object) { $0.member("event_ref", observed) }
    }
    func relate(_ type: String, to target: String) {
      add("relationship", reading.id("relationship", id, target), event, from: places) { object in
        object.member("relationship_type", type)
        object.member("source_ref", id)
        object.member("target_ref", target)
      }
    }
    relate("based-on", to: observed)
    if let malware { relate("indicates", to: malware) }
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
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\\") }) else {
      return "'" + text + "'"
    }
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
