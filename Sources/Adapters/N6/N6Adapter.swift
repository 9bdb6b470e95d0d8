package import Contract
import Formats
package import JSON
package import STIX

/// Events of CERT Polska's n6, alone or in batches.
package struct N6Adapter: Adapter {
  package let format = FormatID.n6
  package let abilities: Set<AdapterAbility> = [.read, .write, .prune]

  package init() {}

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    let reading = N6Reading(reading: NativeReading(.n6, origin))
    return Translation(try reading.read(document.root), residue: Self.residue(of: document.root))
  }

  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    var writing = CSIRTEventWriting(bundle, terms, N6Dialect())
    return try writing.write()
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    let pruning = NativePruning(format: N6Format(), noun: "a batch of events", isSkeleton: { _ in false }, read: again)
    return try pruning.prune(
      document, bundle: bundle, keeping: keeping, replacing: replacing, residue: Self.residue(of: document.root))
  }

  static func residue(of root: JSONValue) -> [JSONPointer] {
    let events = root.isArray ? root.elements.map { $0 } : [root]
    var found: [JSONPointer] = []
    for (index, event) in events.enumerated() {
      let place = root.isArray ? JSONPointer(tokens: [String(index)]) : .root
      let unknown = EventFields.names(in: event, Self.isKnown)
      found += unknown.map { place.appending($0) }
      guard let addresses = event["address"], !unknown.contains("address") else { continue }
      for (number, address) in addresses.elements.enumerated() {
        let here = place.appending("address").appending(number)
        found += address.members.filter { !N6Fields.ofAddress.contains($0.key) }.map { here.appending($0.key) }
      }
    }
    return found
  }

  static func isKnown(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
    N6Fields.all.contains(String(decoding: key, as: UTF8.self))
  }
}

struct N6Reading: CSIRTEventReading {
  let reading: NativeReading

  func event(_ value: JSONValue) throws(AdapterFailure) -> CSIRTEvent {
    guard let id = value["id"]?.string, let category = value["category"]?.string,
      let time = value["time"]?.string.flatMap({ N6Time.moment($0)?.text })
    else { throw AdapterFailure(.unreadable, "an event has an id, a category and a time") }
    var event = CSIRTEvent(key: Array(id.utf8), type: RSIT.ofN6[category] ?? "undetermined", time: time)
    value.forEachKey { key, index in
      if !N6Adapter.isKnown(key) || EventFields.hasNothing(value.document.tape, index) { event.unknown.append(index) }
    }
    event.until = value["until"]?.string.flatMap { N6Time.moment($0)?.text }.map { max($0, time) }
    event.count = max(1, value["count"]?.integer ?? 1)
    switch value["restriction"]?.string {
    case "public": event.marking = .clear
    case "need-to-know": event.marking = .amber
    case "internal": event.marking = .red
    default: throw AdapterFailure(.unreadable, "expected a restriction: public, need-to-know or internal")
    }
    if let said = value["restriction"] { event.said.append(said.index) }
    event.lists["address"] = N6Fields.ofAddress
    event.confidence = ["low": 15, "medium": 50, "high": 85][value["confidence"]?.string ?? ""]
    addFacts(value, to: &event)
    if let name = value["name"]?.string, ["bots", "cnc", "malurl", "malware-action"].contains(category) {
      event.malware = ("name", name)
      if let said = value["name"] { event.said.append(said.index) }
    }
    return event
  }

  private func addFacts(_ value: JSONValue, to event: inout CSIRTEvent) {
    func add(_ field: String, _ type: String, _ text: String, isSource: Bool = true) {
      event.facts.append(.init(field: field, type: type, value: text, isSource: isSource))
    }
    for (index, address) in (value["address"]?.elements.map { $0 } ?? []).enumerated() {
      let isSource = !(address["dir"]?.isString("dst") ?? false)
      if let text = address["ip"]?.string, ValueForm.fits("ipv4-addr", text) {
        add("address/\(index)/ip", "ipv4-addr", text, isSource: isSource)
      }
      if let text = address["ipv6"]?.string, ValueForm.fits("ipv6-addr", text) {
        add("address/\(index)/ipv6", "ipv6-addr", text, isSource: isSource)
      }
    }
    let plain = [
      ("dip", "ipv4-addr"), ("fqdn", "domain-name"), ("url", "url"), ("email", "email-addr"),
      ("username", "user-account"),
    ]
    for (field, type) in plain {
      guard let text = value[field]?.string, type == "user-account" || ValueForm.fits(type, text) else { continue }
      add(field, type, text, isSource: field != "dip")
      if let said = value[field] { event.said.append(said.index) }
    }
    for field in ["md5", "sha1", "sha256"] {
      guard let text = value[field]?.string, text == text.lowercased() else { continue }
      add(field, "file", text)
      if let said = value[field] { event.said.append(said.index) }
    }
  }
}
