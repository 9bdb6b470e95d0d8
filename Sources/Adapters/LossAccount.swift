import JSON
import STIX

/// Collects what a translation loses, object by object and property by property.
struct LossAccount {
  private var entries: [(object: Int, loss: Loss)] = []
  private let bundle: STIXBundle

  init(_ bundle: STIXBundle) { self.bundle = bundle }

  /// In the order of the objects.
  var losses: [Loss] {
    entries.enumerated().sorted { ($0.element.object, $0.offset) < ($1.element.object, $1.offset) }.map(\.element.loss)
  }

  /// An object that the target has no place for.
  mutating func lose(_ object: STIXObject, _ severity: Loss.Severity = .meaning, why: String) {
    add(severity, object, .root, what: "the \(object.type) \(object.id)", why: why)
  }

  mutating func add(
    _ severity: Loss.Severity, _ object: STIXObject, _ pointer: JSONPointer, what: String, why: String
  ) {
    let place = bundle.location(of: object.index, pointer)
    entries.append((object.index, Loss(severity, at: place, what: what, why: why)))
  }

  /// Something that concerns the document as a whole.
  mutating func add(_ severity: Loss.Severity, what: String, why: String) {
    entries.append((Int.max, Loss(severity, at: .root, what: what, why: why)))
  }

  /// Every property of an object that is neither carried nor part of its frame.
  ///
  /// `unread` are the names of those that could be lost, where not all could.
  mutating func loseProperties(
    of object: STIXObject, carried: PropertyNames, only unread: [String]? = nil, why: String
  ) {
    let value = object.value
    value.forEachKey { key, index in
      guard !carried.contains(key), !Self.frame.contains(key) else { return }
      let member = JSONValue(document: value.document, index: index)
      // A first version was made when it was last changed.
      if Self.time.contains(key), let modified = value["modified"], member == modified { return }
      if Self.switches.contains(key), member.bool == false { return }
      let name = String(decoding: key, as: UTF8.self)
      if let unread, !unread.contains(name) { return }
      let severity: Loss.Severity = Self.details.contains(key) ? .information : .meaning
      add(severity, object, JSONPointer(tokens: [name]), what: "\(name) of \(object.id)", why: why)
    }
  }

  private static let time: PropertyNames = ["created"]
  /// Properties that say nothing where they are false.
  private static let switches: PropertyNames = ["revoked", "defanged"]

  /// What makes an object one, and its markings, which are accounted for on their own.
  private static let frame: PropertyNames = [
    "type", "id", "spec_version", "modified", "object_marking_refs", "granular_markings",
  ]

  /// Properties that change nothing in what a recipient does.
  private static let details: PropertyNames = [
    "created", "aliases", "external_references", "lang", "pattern_version", "published", "report_types", "context",
    "indicator_types", "malware_types", "tool_types", "infrastructure_types", "threat_actor_types", "roles",
    "number_observed", "defanged", "extension_type", "authors",
  ]
}
