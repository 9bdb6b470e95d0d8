package import JSON
import STIX

/// A bundle of STIX 2.0 as STIX 2.1, with what that changed.
///
/// Objects keep their ids and their order. What stood inside observed data becomes objects of its own behind all
/// others, under the marking of the observed data, or under that of their part of it.
package struct STIX20Upgrade: Sendable {
  /// Something that is another thing in STIX 2.1, or none.
  package struct Change: Sendable, Equatable {
    /// Whether nothing is left of it.
    package var isLost: Bool
    /// Where it stood in STIX 2.0.
    package var place: JSONPointer
    package var what: String
    package var why: String
  }

  /// Nil where the bundle has no list of objects.
  package let document: JSONDocument?
  /// Where each object of the upgraded bundle stood.
  package let sources: [JSONPointer]
  package let changes: [Change]

  package init(_ document: JSONDocument) {
    var upgrading = Upgrading()
    let root = document.root
    var writer = JSONWriter()
    writer.object { bundle in
      for (name, value) in root.members where name != "spec_version" && name != "objects" {
        bundle.member(name, value)
      }
      bundle.member("objects") { list in
        list.array { list in
          for (index, object) in (root["objects"].map { Array($0.elements) } ?? []).enumerated() {
            upgrading.add(object, JSONPointer(tokens: ["objects", String(index)]), to: &list)
          }
          for observable in upgrading.observables { list.raw(observable.text) }
        }
      }
    }
    changes = upgrading.changes
    sources = upgrading.sources + upgrading.observables.map(\.source)
    let isList = root["objects"]?.isArray ?? false
    self.document = isList ? try? JSONDocument(writer.bytes, limits: JSONLimits(maximumBytes: .max)) : nil
  }

  /// Where in STIX 2.0 something of the upgraded bundle stood, as near as it can be told.
  package func source(of pointer: JSONPointer) -> JSONPointer {
    guard pointer.tokens.count > 1, pointer.tokens[0] == "objects", let index = Int(pointer.tokens[1]),
      sources.indices.contains(index)
    else { return pointer }
    return JSONPointer(tokens: sources[index].tokens + pointer.tokens.dropFirst(2))
  }
}

/// The upgrade of one bundle as it goes on.
private struct Upgrading {
  var changes: [STIX20Upgrade.Change] = []
  var sources: [JSONPointer] = []
  var observables: [(text: [UInt8], source: JSONPointer)] = []

  private static let namespace = "4c2f6f0e-7d0b-5b6e-9b0a-0a53a1c4f0d2"

  /// What labels are called in STIX 2.1, by type.
  private static let labels = [
    "indicator": "indicator_types", "malware": "malware_types", "report": "report_types",
    "threat-actor": "threat_actor_types", "tool": "tool_types",
  ]

  mutating func add(_ object: JSONValue, _ place: JSONPointer, to list: inout JSONWriter) {
    sources.append(place)
    guard object.isObject else { return list.value(object) }
    let type = object["type"]?.string ?? ""
    let renamed = Self.labels[type]
    list.object { writer in
      for (name, value) in object.members {
        switch (type, name) {
        case (_, "spec_version"): break
        case (_, "labels") where renamed != nil:
          writer.member(renamed ?? name, value)
          change(place.appending(name), "labels are \(renamed ?? name)", "STIX 2.1 has a property of its own for them")
        case ("indicator", "pattern"):
          let (pattern, isChanged) = Self.pattern(value.string ?? "")
          if value.string == nil { writer.member(name, value) } else { writer.member(name, pattern) }
          if isChanged { change(place.appending(name), "times of the pattern", "STIX 2.1 writes t before them") }
        case ("observed-data", "objects"): add(observablesOf: object, value, place, to: &writer)
        case (_, "granular_markings"): add(granular: value, of: type, renamed, to: &writer)
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
  }

  private mutating func change(_ place: JSONPointer, _ what: String, _ why: String, isLost: Bool = false) {
    changes.append(STIX20Upgrade.Change(isLost: isLost, place: place, what: what, why: why))
  }

  /// `START '2016…'` becomes `START t'2016…'`; what stands in quotes stays as it is.
  private static func pattern(_ text: String) -> (String, Bool) {
    var result = String.UnicodeScalarView()
    var isQuoted = false
    var isEscaped = false
    var word = ""
    var last = ""
    var isChanged = false
    for scalar in text.unicodeScalars {
      if !isQuoted, scalar == "'" {
        if word.isEmpty, last == "START" || last == "STOP" {
          result.append("t")
          isChanged = true
        }
        isQuoted = true
      } else if isQuoted {
        if scalar == "'", !isEscaped { isQuoted = false }
        isEscaped = scalar == "\\" && !isEscaped
        result.append(scalar)
        continue
      }
      if scalar.properties.isAlphabetic {
        word.unicodeScalars.append(scalar)
      } else if !word.isEmpty {
        last = word
        word = ""
      }
      if scalar != " ", !scalar.properties.isAlphabetic { last = "" }
      result.append(scalar)
    }
    return (String(result), isChanged)
  }

  /// Selectors follow what they select; those into observed data's objects mark these.
  private func add(granular value: JSONValue, of type: String, _ renamed: String?, to writer: inout JSONWriter) {
    var entries: [[UInt8]] = []
    for entry in value.elements {
      var selectors: [String] = []
      for selector in entry["selectors"]?.elements.compactMap(\.string) ?? [] {
        if type == "observed-data", Self.leads(selector, into: "objects") { continue }
        if let renamed, Self.leads(selector, into: "labels") {
          selectors.append(renamed + selector.dropFirst("labels".count))
        } else {
          selectors.append(selector)
        }
      }
      guard !selectors.isEmpty else { continue }
      var text = JSONWriter()
      text.object { text in
        for (name, member) in entry.members where name != "selectors" { text.member(name, member) }
        text.member("selectors", selectors)
      }
      entries.append(text.bytes)
    }
    guard !entries.isEmpty else { return }
    writer.member("granular_markings") { $0.array { list in for entry in entries { list.raw(entry) } } }
  }

  private static func leads(_ selector: String, into name: String) -> Bool {
    selector == name || selector.hasPrefix(name + ".")
  }

  // MARK: Observables

  private mutating func add(
    observablesOf object: JSONValue, _ value: JSONValue, _ place: JSONPointer, to writer: inout JSONWriter
  ) {
    let here = place.appending("objects")
    var ids: [String: String] = [:]
    for (key, observable) in value.members {
      guard let type = observable["type"]?.string else { continue }
      let name = (object["id"]?.string ?? "") + " " + key
      ids[key] = type + "--" + DeterministicID.uuid5(namespace: Self.namespace, name: name.utf8)
    }
    guard value.isObject, value.count > 0, ids.count == value.count else { return writer.member("objects", value) }
    for (key, observable) in value.members {
      let own = here.appending(key)
      var text = JSONWriter()
      text.object { text in
        text.member("type", observable["type"]?.string ?? "")
        text.member("spec_version", "2.1")
        text.member("id", ids[key] ?? "")
        let marks = marks(on: key, of: object)
        if !marks.isEmpty { text.member("object_marking_refs", marks) }
        add(observable, own, ids, to: &text)
      }
      observables.append((text.bytes, own))
    }
    writer.member("object_refs", value.members.compactMap { ids[$0.key] })
    change(here, "observables are objects of their own", "STIX 2.1 keeps them beside the observed data")
  }

  /// The markings of the observed data, and those of this part of it.
  private func marks(on key: String, of object: JSONValue) -> [String] {
    var marks = object["object_marking_refs"]?.elements.compactMap(\.string) ?? []
    for entry in object["granular_markings"]?.elements.map({ $0 }) ?? [] {
      let selectors = entry["selectors"]?.elements.compactMap(\.string) ?? []
      guard let mark = entry["marking_ref"]?.string, !marks.contains(mark) else { continue }
      if selectors.contains(where: { $0 == "objects" || Self.leads($0, into: "objects." + key) }) { marks.append(mark) }
    }
    return marks
  }

  private mutating func add(
    _ value: JSONValue, _ place: JSONPointer, _ ids: [String: String], to writer: inout JSONWriter
  ) {
    let type = value["type"]?.string ?? ""
    for (name, member) in value.members where !["type", "id", "spec_version"].contains(name) {
      let here = place.appending(name)
      if Self.gone[type]?.contains(name) ?? false {
        change(here, "\(name) of \(type)", "STIX 2.1 has no such property", isLost: true)
        continue
      }
      let name = Self.renamed[type]?[name] ?? name
      if name.hasSuffix("_ref"), let key = member.string {
        if let id = ids[key] { writer.member(name, id) } else { writer.member(name, member) }
      } else if name.hasSuffix("_refs"), member.isArray {
        writer.member(name, member.elements.compactMap(\.string).map { ids[$0] ?? $0 })
      } else if member.isObject {
        // Extensions and parts of mails refer to objects too.
        writer.member(name) { inner in inner.object { add(inside: member, here, name, ids, to: &$0) } }
      } else if member.isArray, member[0]?.isObject ?? false {
        writer.member(name) { inner in
          inner.array { list in
            for (index, element) in member.elements.enumerated() {
              list.object { add(inside: element, here.appending(index), name, ids, to: &$0) }
            }
          }
        }
      } else {
        writer.member(name, member)
      }
    }
  }

  private mutating func add(
    inside value: JSONValue, _ place: JSONPointer, _ parent: String, _ ids: [String: String],
    to writer: inout JSONWriter
  ) {
    for (name, member) in value.members {
      let here = place.appending(name)
      if Self.gone[parent]?.contains(name) ?? false {
        change(here, "\(name) of \(parent)", "STIX 2.1 has no such property", isLost: true)
      } else if name.hasSuffix("_ref"), let key = member.string {
        writer.member(name, ids[key] ?? key)
      } else if name.hasSuffix("_refs"), member.isArray {
        writer.member(name, member.elements.compactMap(\.string).map { ids[$0] ?? $0 })
      } else if member.isObject, member.count > 0 {
        writer.member(name) { inner in inner.object { add(inside: member, here, name, ids, to: &$0) } }
      } else {
        writer.member(name, member)
      }
    }
  }

  private static let renamed: [String: [String: String]] = [
    "file": ["created": "ctime", "modified": "mtime", "accessed": "atime"],
    "directory": ["created": "ctime", "modified": "mtime", "accessed": "atime"],
    "process": ["binary_ref": "image_ref", "created": "created_time"],
    "user-account": ["password_last_changed": "credential_last_changed"],
    "windows-registry-key": ["modified": "modified_time"],
  ]

  private static let gone: [String: Set<String>] = [
    "file": ["is_encrypted", "encryption_algorithm", "decryption_key"],
    "process": ["name", "arguments"],
    "archive-ext": ["version"],
    "raster-image-ext": ["image_compression_algorithm"],
    "socket-ext": ["protocol_family"],
  ]
}
