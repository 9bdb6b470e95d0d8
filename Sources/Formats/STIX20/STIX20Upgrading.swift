import JSON
import STIX

/// The upgrade of one bundle as it goes on.
struct STIX20Upgrading {
  var changes: [STIX20Upgrade.Change] = []
  var sources: [JSONPointer] = []
  var observables: [(text: [UInt8], source: JSONPointer)] = []
  /// How many observed data of an id there were.
  var occurrences: [String: Int] = [:]

  mutating func add(_ object: JSONValue, _ place: JSONPointer, to list: inout JSONWriter) {
    sources.append(place)
    // Objects of STIX 2.0 do not say their version.
    guard object.isObject, !(object["spec_version"]?.isString("2.1") ?? false) else { return list.value(object) }
    let type = object["type"]?.string ?? ""
    let labels = STIX20Names.labels[type].flatMap { object[$0] == nil ? $0 : nil }
    let ids = type == "observed-data" && object["object_refs"] == nil ? ids(of: object) : [:]
    list.object { writer in
      for (name, value) in object.members {
        switch (type, name) {
        case (_, "spec_version"): break
        case (_, "labels"):
          writer.member(labels ?? name, value)
          guard let labels else { break }
          change(place.appending(name), "labels are \(labels)", "STIX 2.1 has a property of its own for them")
        case (_, "external_references"): add(value, name, place.appending(name), [:], to: &writer)
        case ("indicator", "pattern"): add(pattern: value, place.appending(name), to: &writer)
        case ("observed-data", "objects") where !ids.isEmpty:
          writer.member("object_refs", value.members.compactMap { ids[$0.key] })
        case (_, "granular_markings"): add(granular: value, labels, ids, to: &writer)
        default: writer.member(name, value)
        }
      }
      writer.member("spec_version", "2.1")
      if type == "indicator", object["pattern_type"] == nil { writer.member("pattern_type", "stix") }
      if type == "marking-definition", object["name"] == nil, object["definition_type"]?.isString("tlp") ?? false,
        let word = object["definition"]?["tlp"]?.string
      {
        // As STIX 2.1 publishes them.
        writer.member("name", "TLP:" + word.uppercased())
      }
      if type == "malware", object["is_family"] == nil {
        writer.member("is_family", false)
        change(place, "is_family is false", "STIX 2.1 asks for it, and STIX 2.0 does not say")
      }
    }
    if !ids.isEmpty { add(observablesOf: object, place, ids) }
  }

  mutating func change(_ place: JSONPointer, _ what: String, _ why: String, isLost: Bool = false) {
    changes.append(STIX20Upgrade.Change(isLost: isLost, place: place, what: what, why: why))
  }

  private mutating func add(pattern value: JSONValue, _ place: JSONPointer, to writer: inout JSONWriter) {
    guard let text = value.string else { return writer.member("pattern", value) }
    let pattern = STIX20Pattern(text)
    writer.member("pattern", pattern.text)
    if pattern.hasTimes { change(place, "times of the pattern", "STIX 2.1 writes t before them") }
    for (old, new) in pattern.renamed {
      change(place, "\(old) of the pattern is \(new)", "STIX 2.1 calls it so")
    }
    for name in pattern.gone {
      change(place, "\(name) of the pattern", "STIX 2.1 has no such property, so nothing is found by it", isLost: true)
    }
  }

  /// Selectors follow what they select; those into observed data's objects mark these.
  private func add(
    granular value: JSONValue, _ labels: String?, _ ids: [String: String], to writer: inout JSONWriter
  ) {
    guard value.isArray else { return writer.member("granular_markings", value) }
    var entries: [[UInt8]] = []
    for entry in value.elements {
      guard let old = Self.selectors(of: entry) else {
        entries.append(Array(entry.source))
        continue
      }
      var selectors: [String] = []
      for selector in old where !Self.marks(selector, anyOf: ids) {
        if let labels, Self.leads(selector, into: "labels") {
          selectors.append(labels + selector.dropFirst("labels".count))
        } else {
          selectors.append(selector)
        }
      }
      guard !selectors.isEmpty || old.isEmpty else { continue }
      var text = JSONWriter()
      text.object { text in
        for (name, member) in entry.members where name != "selectors" { text.member(name, member) }
        text.member("selectors", selectors)
      }
      entries.append(text.bytes)
    }
    guard !entries.isEmpty || value.count == 0 else { return }
    writer.member("granular_markings") { $0.array { list in for entry in entries { list.raw(entry) } } }
  }

  /// The selectors of a granular marking; nil where it is none that can be understood.
  static func selectors(of entry: JSONValue) -> [String]? {
    guard entry["marking_ref"]?.string != nil, let list = entry["selectors"], list.isArray else { return nil }
    let selectors = list.elements.compactMap(\.string)
    return selectors.count == list.count ? selectors : nil
  }

  static func leads(_ selector: String, into name: String) -> Bool {
    selector == name || selector.hasPrefix(name + ".")
  }

  /// Whether a selector leads to some of these objects of observed data.
  private static func marks(_ selector: String, anyOf ids: [String: String]) -> Bool {
    guard !ids.isEmpty, leads(selector, into: "objects") else { return false }
    return selector == "objects" || ids.keys.contains { leads(selector, into: "objects." + $0) }
  }
}
