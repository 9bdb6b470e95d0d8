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
    EventFields.unknown(in: root, IntelMQFields.isKnown)
  }
}

/// Fields of events that are not read: those that no format knows, and those that STIX cannot hold.
enum EventFields {
  static func unknown(in root: JSONValue, _ isKnown: (UnsafeBufferPointer<UInt8>) -> Bool) -> [JSONPointer] {
    guard root.isArray else { return names(in: root, isKnown).map { JSONPointer(tokens: [$0]) } }
    return root.elements.enumerated().flatMap { index, event in
      names(in: event, isKnown).map { JSONPointer(tokens: [String(index), $0]) }
    }
  }

  static func names(in event: JSONValue, _ isKnown: (UnsafeBufferPointer<UInt8>) -> Bool) -> [String] {
    var names: [String] = []
    event.forEachKey { key, index in
      guard !isKnown(key) || hasNothing(event.document.tape, index) else { return }
      names.append(String(decoding: key, as: UTF8.self))
    }
    return names
  }

  /// STIX has no null, and no list or object without anything in it.
  static func hasNothing(_ tape: JSONTape, _ index: Int) -> Bool {
    let tag = tape.tag(index)
    if tag == JSONTape.Tag.null { return true }
    guard tag == JSONTape.Tag.object || tag == JSONTape.Tag.array else { return false }
    let end = tape.close(index)
    var at = index + 1
    guard at < end else { return true }
    while at < end {
      // A key is a text, which is something.
      if hasNothing(tape, at) { return true }
      at = tape.next(at)
    }
    return false
  }
}

struct IntelMQReading: CSIRTEventReading {
  let reading: NativeReading

  /// The fields that STIX has properties for.
  private static let wanted = [
    "classification.type", "time.source", "time.observation", "tlp", "feed.accuracy", "malware.name",
    "malware.hash.md5", "malware.hash.sha1", "malware.hash.sha256", "source.ip", "source.network", "source.fqdn",
    "source.url", "source.asn", "source.account", "destination.ip", "destination.network", "destination.fqdn",
    "destination.url", "destination.asn", "destination.account",
  ]
  /// Where the hashes begin among them, and the observables.
  private static let (firstHash, firstObservable) = (6, 9)
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
    let word = fields[0]?.string ?? "undetermined"
    let time =
      (fields[1] ?? fields[2])?.string.flatMap { IntelMQTime.moment($0)?.text }
      ?? Timestamp(reading.origin.acceptedAt).description
    var event = CSIRTEvent(key: fields.known.bytes, type: RSIT.type(of: word) ?? word, time: time)
    event.unknown = fields.unknown
    if let label = fields[3]?.string {
      guard
        let tlp = TLP(label: label.uppercased().hasPrefix("TLP") ? label.drop { $0 != ":" }.dropFirst() : label[...])
      else { throw AdapterFailure(.unreadable, "expected a label of TLP, and found '\(label.prefix(20))'") }
      event.marking = tlp
      event.said.append(fields.at[3])
    }
    if let accuracy = fields[4]?.number { event.confidence = Int64(min(100, max(0, accuracy))) }
    addFacts(fields, to: &event)
    if let name = fields[5]?.string {
      event.malware = ("malware.name", name)
      event.said.append(fields.at[5])
    }
    return event
  }

  private func addFacts(_ fields: Fields, to event: inout CSIRTEvent) {
    for (number, types) in (Self.types + Self.types).enumerated() {
      let place = Self.firstObservable + number
      guard let member = fields[place], let text = member.string ?? member.integer.map({ String($0) }),
        let type = types.first(where: {
          $0 == "autonomous-system" || $0 == "user-account" || ValueForm.fits($0, text)
        })
      else { continue }
      event.facts.append(
        .init(field: Self.wanted[place], type: type, value: text, isSource: number < Self.types.count))
      event.said.append(fields.at[place])
    }
    for place in Self.firstHash..<Self.firstObservable {
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
