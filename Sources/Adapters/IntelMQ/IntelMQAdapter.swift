package import Contract
import Formats
package import JSON
package import STIX

/// Events of IntelMQ, alone or in batches.
package struct IntelMQAdapter: Adapter {
  package let format = FormatID.intelmq
  package let abilities: Set<AdapterAbility> = [.read, .write, .prune]

  package init() {}

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    let reading = IntelMQReading(reading: NativeReading(.intelmq, origin))
    return Translation(try reading.read(document.root), residue: Self.residue(of: document.root))
  }

  /// One event as an object; several as JSON lines.
  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    var writing = CSIRTEventWriting(bundle, terms, IntelMQDialect())
    return try writing.write()
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    let pruning = NativePruning(
      format: IntelMQFormat(), noun: "a batch of events", isSkeleton: { _ in false }, read: again)
    return try pruning.prune(
      document, bundle: bundle, keeping: keeping, replacing: replacing, residue: Self.residue(of: document.root))
  }

  static func residue(of root: JSONValue) -> [JSONPointer] {
    EventFields.unknown(in: root) { IntelMQFields.all.contains($0) || $0.hasPrefix("extra.") }
  }
}

/// Fields of events that are not read: those that no format knows, and those that STIX cannot hold.
enum EventFields {
  static func unknown(in root: JSONValue, _ isKnown: (String) -> Bool) -> [JSONPointer] {
    guard root.isArray else { return names(in: root, isKnown).map { JSONPointer(tokens: [$0]) } }
    return root.elements.enumerated().flatMap { index, event in
      names(in: event, isKnown).map { JSONPointer(tokens: [String(index), $0]) }
    }
  }

  static func names(in event: JSONValue, _ isKnown: (String) -> Bool) -> [String] {
    event.members.filter { !isKnown($0.key) || hasNothing($0.value) }.map(\.key)
  }

  /// STIX has no null, and no list or object without anything in it.
  private static func hasNothing(_ value: JSONValue) -> Bool {
    if value.isNull { return true }
    guard value.isObject || value.isArray else { return false }
    return value.count == 0 || value.members.contains { hasNothing($0.value) }
      || value.elements.contains(where: hasNothing)
  }
}

struct IntelMQReading: CSIRTEventReading {
  let reading: NativeReading

  func event(_ value: JSONValue) throws(AdapterFailure) -> CSIRTEvent {
    let word = value["classification.type"]?.string ?? "undetermined"
    let time =
      (value["time.source"] ?? value["time.observation"])?.string.flatMap { IntelMQTime.moment($0)?.text }
      ?? Timestamp(reading.origin.acceptedAt).description
    let unknown = Set(EventFields.names(in: value) { IntelMQFields.all.contains($0) || $0.hasPrefix("extra.") })
    var known = JSONWriter()
    known.object { known in
      for (key, member) in value.members where !unknown.contains(key) { known.member(key, member) }
    }
    var event = CSIRTEvent(
      key: String(decoding: known.bytes, as: UTF8.self), type: RSIT.type(of: word) ?? word, time: time)
    event.unknown = unknown
    if let label = value["tlp"]?.string {
      guard
        let tlp = TLP(label: label.uppercased().hasPrefix("TLP") ? label.drop { $0 != ":" }.dropFirst() : label[...])
      else { throw AdapterFailure(.unreadable, "expected a label of TLP, and found '\(label.prefix(20))'") }
      event.marking = tlp
      event.said.insert("tlp")
    }
    if let accuracy = value["feed.accuracy"]?.number { event.confidence = Int64(min(100, max(0, accuracy))) }
    for side in ["source", "destination"] {
      for (name, types) in Self.observables {
        let field = "\(side).\(name)"
        guard let member = value[field], let text = member.string ?? member.integer.map({ String($0) }),
          let type = types.first(where: {
            ValueForm.fits($0, text) || $0 == "autonomous-system" || $0 == "user-account"
          })
        else { continue }
        event.facts.append(.init(field: field, type: type, value: text, isSource: side == "source"))
        event.said.insert(field)
      }
    }
    for name in ["md5", "sha1", "sha256"] {
      let field = "malware.hash.\(name)"
      guard let text = value[field]?.string else { continue }
      event.facts.append(.init(field: field, type: "file", value: text.lowercased(), isSource: true))
      if text == text.lowercased() { event.said.insert(field) } else { event.facts.removeLast() }
    }
    if let name = value["malware.name"]?.string {
      event.malware = name
      event.said.insert("malware.name")
    }
    return event
  }

  private static let observables: [(String, [String])] = [
    ("ip", ["ipv4-addr", "ipv6-addr"]), ("network", ["ipv4-addr", "ipv6-addr"]), ("fqdn", ["domain-name"]),
    ("url", ["url"]), ("asn", ["autonomous-system"]), ("account", ["user-account"]),
  ]
}
