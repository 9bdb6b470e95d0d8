import Contract
import JSON

/// Makes a mapping of its description, and collects what is wrong with it.
struct MappingCompiler {
  private let root: JSONValue
  private(set) var faults: [Mapping.Fault] = []
  private static let most = 200

  init(_ root: JSONValue) { self.root = root }

  mutating func compile() -> Mapping? {
    allow(
      root, .root,
      [
        "mapping", "title", "version", "kind", "text", "separator", "records", "required", "tlp", "time", "objects",
        "examples",
      ])
    let slug = text(root, "mapping", .root)
    let format = slug.flatMap { FormatID($0) }
    if slug != nil, format == nil {
      fault(["mapping"], "the name of a format is a slug of small letters, digits and hyphens, such as acme-feed")
    }
    let kind = kind()
    let form = textForm()
    let records = root["records"]?.string.map { path($0, at: ["records"]) }
    if records != nil, form != .json { fault(["records"], "only a text in json has its records somewhere inside") }
    var required: [MappingPath] = []
    for (index, entry) in list(root["required"], ["required"]).enumerated() {
      if let word = entry.string { required.append(path(word, at: ["required", String(index)])) }
    }
    if required.isEmpty { fault(["required"], "name what every record has: required: [ip, time]") }
    let label = root["tlp"].flatMap { value($0, JSONPointer(tokens: ["tlp"])) }
    let time = root["time"].flatMap { value($0, JSONPointer(tokens: ["time"])) }
    let objects = compileObjects()
    let examples = compileExamples()
    guard let format, faults.isEmpty else { return nil }
    return Mapping(
      format: format, title: root["title"]?.string ?? format.slug, version: root["version"]?.string ?? "1",
      kind: kind, text: form,
      records: records?.pointer ?? .root, required: required, label: label, time: time, objects: objects,
      examples: examples)
  }

  private mutating func kind() -> MessageKind {
    guard let word = root["kind"] else { return .bundle }
    if let kind = word.string.flatMap({ MessageKind(rawValue: $0) }), kind != .acknowledgement, !kind.isReserved {
      return kind
    }
    let known = MessageKind.allCases.filter { $0 != .acknowledgement && !$0.isReserved }.map(\.rawValue)
    fault(["kind"], "what its messages are about is one of \(known.joined(separator: ", "))")
    return .bundle
  }

  private mutating func textForm() -> Mapping.Text {
    switch text(root, "text", .root) {
    case "json": return .json
    case "key-value": return .keyValue
    case "csv":
      let separator = root["separator"]?.string ?? ","
      if separator.unicodeScalars.count == 1, let scalar = separator.unicodeScalars.first, scalar != "\"" {
        return .csv(scalar)
      }
      fault(["separator"], "what stands between cells is one character")
    case let word?: fault(["text"], "expected json, csv or key-value, and found '\(word.prefix(40))'")
    case nil: break
    }
    return .json
  }

  // MARK: Objects

  private mutating func compileObjects() -> [MappingObject] {
    var objects: [MappingObject] = []
    let entries = list(root["objects"], ["objects"])
    if entries.isEmpty {
      fault(["objects"], "a record becomes at least one object: objects: [{type: ..., set: {...}}]")
    }
    if entries.count > Self.most { fault(["objects"], "a record becomes at most \(Self.most) objects") }
    for (index, entry) in entries.prefix(Self.most).enumerated() {
      let place = JSONPointer(tokens: ["objects", String(index)])
      allow(entry, place, ["name", "type", "each", "when", "key", "set"])
      guard let type = text(entry, "type", place) else { continue }
      if !Self.types.contains(type), !type.hasPrefix("x-") {
        fault(place.appending("type"), "'\(type.prefix(40))' is no type of STIX 2.1, and does not begin with x-")
      }
      var properties: [(name: String, value: MappingValue)] = []
      guard let set = entry["set"], set.isObject else {
        fault(place, "an object sets properties: set: {value: {from: ip}}")
        continue
      }
      for (name, description) in set.members {
        let here = place.appending("set").appending(name)
        if ["id", "type", "spec_version", "created", "modified", "object_marking_refs"].contains(name) {
          fault(here, "\(name) is made, and cannot be set")
        } else if let value = value(description, here) {
          properties.append((name, value))
        }
      }
      var key: [MappingPath] = []
      for (number, word) in list(entry["key"], place.tokens + ["key"]).enumerated() {
        if let word = word.string { key.append(path(word, at: place.tokens + ["key", String(number)])) }
      }
      objects.append(
        MappingObject(
          name: entry["name"]?.string, type: type,
          each: entry["each"]?.string.map { path($0, at: place.tokens + ["each"]) },
          condition: entry["when"].flatMap { condition($0, place.appending("when")) }, key: key, properties: properties,
          place: place))
    }
    checkReferences(objects)
    return objects
  }

  private mutating func checkReferences(_ objects: [MappingObject]) {
    var before: Set<String> = []
    var names: Set<String> = []
    for object in objects {
      for (name, value) in object.properties {
        guard case .references(let wanted, _) = value else { continue }
        for word in wanted where !before.contains(word) {
          fault(
            object.place.appending("set").appending(name), "no object before this one has the name '\(word.prefix(40))'"
          )
        }
      }
      if let name = object.name {
        before.insert(name)
        if !names.insert(name).inserted { fault(object.place.appending("name"), "the name \(name) is taken already") }
      }
    }
  }

  // MARK: Values

  private mutating func value(_ description: JSONValue, _ place: JSONPointer) -> MappingValue? {
    if description.isArray {
      return .list(description.elements.enumerated().compactMap { value($0.element, place.appending($0.offset)) })
    }
    guard description.isObject else { return .constant(JSONPointerText(bytes: Array(description.source))) }
    if let constant = description["constant"] {
      allow(description, place, ["constant"])
      return .constant(JSONPointerText(bytes: Array(constant.source)))
    }
    if let words = description["template"]?.string {
      allow(description, place, ["template"])
      return template(words, place)
    }
    if let names = description["refs"] ?? description["ref"] {
      allow(description, place, ["refs", "ref"])
      let words = names.isArray ? names.elements.compactMap(\.string) : [names.string].compactMap(\.self)
      if words.isEmpty { fault(place, "refs names objects of this mapping: refs: [address]") }
      return .references(words, isList: description["refs"] != nil)
    }
    if let members = description["object"], members.isObject {
      allow(description, place, ["object"])
      return .object(
        members.members.compactMap { name, inner in
          value(inner, place.appending("object").appending(name)).map { (name, $0) }
        })
    }
    guard description["from"] != nil else {
      fault(place, "expected one of from, constant, template, refs, ref, object, or a plain value")
      return nil
    }
    return source(description, place)
  }

  private mutating func source(_ description: JSONValue, _ place: JSONPointer) -> MappingValue? {
    allow(description, place, ["from", "as", "date", "values", "default"])
    guard let word = text(description, "from", place) else { return nil }
    var form = MappingSource.Form.text
    switch description["as"]?.string {
    case nil, "text": break
    case "lowercase": form = .lowercase
    case "number": form = .number
    case "boolean": form = .boolean
    case let other?:
      fault(place.appending("as"), "expected text, lowercase, number or boolean, and found '\(other.prefix(40))'")
    }
    if let date = description["date"]?.string {
      if let known = MappingDate(date) {
        form = .date(known)
      } else {
        fault(
          place.appending("date"),
          "'\(date.prefix(40))' is no form of dates; write YYYY-MM-DD hh:mm:ss, rfc3339, seconds or milliseconds")
      }
    }
    var vocabulary: [(theirs: String, ours: String)] = []
    for (theirs, ours) in description["values"]?.members.map({ $0 }) ?? [] {
      vocabulary.append((theirs, ours.string ?? ours.description))
    }
    if let values = description["values"], !values.isObject || values.count == 0 {
      fault(place.appending("values"), "values pairs the partner's words with ours: values: {mal: malware}")
    }
    return .path(
      MappingSource(
        path: path(word, at: place.tokens + ["from"]), form: form, vocabulary: vocabulary,
        fallback: description["default"].map { JSONPointerText(bytes: Array($0.source)) }))
  }

  /// Texts with paths in braces.
  private mutating func template(_ words: String, _ place: JSONPointer) -> MappingValue {
    var parts: [(text: String, path: MappingPath?)] = []
    var rest = Substring(words)
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else { break }
      parts.append((String(rest[..<open]), nil))
      parts.append(("", path(String(rest[rest.index(after: open)..<close]), at: place.tokens)))
      rest = rest[rest.index(after: close)...]
    }
    if rest.contains("{") { fault(place, "a brace of the template is not closed") }
    parts.append((String(rest), nil))
    return .template(parts)
  }

  private mutating func condition(_ description: JSONValue, _ place: JSONPointer) -> MappingCondition? {
    guard description.isObject, description.count > 0 else {
      fault(place, "a condition is present, equals or not: when: {present: ip}")
      return nil
    }
    var all: [MappingCondition] = []
    for (word, value) in description.members {
      let here = place.appending(word)
      switch word {
      case "present":
        for entry in value.isArray ? value.elements.map({ $0 }) : [value] {
          if let text = entry.string { all.append(.present(path(text, at: here.tokens))) }
        }
      case "equals":
        for (name, wanted) in value.members {
          let words = (wanted.isArray ? wanted.elements.map { $0 } : [wanted]).map { $0.string ?? $0.description }
          all.append(.equals(path(name, at: here.tokens), words))
        }
      case "not": if let inner = condition(value, here) { all.append(.not([inner])) }
      default: fault(here, "expected present, equals or not, and found '\(word.prefix(40))'")
      }
    }
    return .all(all)
  }

  // MARK: Examples

  private mutating func compileExamples() -> [MappingExample] {
    var examples: [MappingExample] = []
    let entries = list(root["examples"], ["examples"])
    if entries.isEmpty {
      fault(["examples"], "a mapping shows what it does: examples: [{name: ..., input: ..., gives: [...]}]")
    }
    for (index, entry) in entries.enumerated() {
      let place = JSONPointer(tokens: ["examples", String(index)])
      allow(entry, place, ["name", "input", "gives", "back"])
      guard let input = entry["input"] else {
        fault(place, "an example has an input")
        continue
      }
      let bytes = input.string.map { Array($0.utf8) } ?? Array(input.source)
      let gives = list(entry["gives"], place.tokens + ["gives"]).map { JSONPointerText(bytes: Array($0.source)) }
      if gives.isEmpty { fault(place, "an example says what it gives: a list of objects, each with what matters") }
      examples.append(
        MappingExample(
          name: entry["name"]?.string ?? "example \(index + 1)", input: bytes, gives: gives,
          comesBack: entry["back"]?.bool ?? false, place: place))
    }
    return examples
  }

  // MARK: What is common

  private mutating func fault(_ tokens: [String], _ message: String) {
    fault(JSONPointer(tokens: tokens), message)
  }

  private mutating func fault(_ place: JSONPointer, _ message: String) {
    if faults.count < Self.most { faults.append(Mapping.Fault(place: place, message: message)) }
  }

  private mutating func allow(_ value: JSONValue, _ place: JSONPointer, _ names: Set<String>) {
    guard value.isObject else { return fault(place, "expected members here") }
    for (name, _) in value.members where !names.contains(name) {
      fault(
        place.appending(name),
        "'\(name.prefix(40))' is no word here; known are \(names.sorted().joined(separator: ", "))")
    }
  }

  private mutating func text(_ value: JSONValue, _ name: String, _ place: JSONPointer) -> String? {
    guard let member = value[name] else {
      fault(place, "\(name) is missing")
      return nil
    }
    guard let text = member.string, !text.isEmpty else {
      fault(place.appending(name), "\(name) is a text")
      return nil
    }
    return text
  }

  private mutating func list(_ value: JSONValue?, _ tokens: [String]) -> [JSONValue] {
    guard let value else { return [] }
    guard value.isArray else {
      fault(tokens, "expected a list")
      return []
    }
    return value.elements.map { $0 }
  }

  /// `source/ip`, or `source.ip` for a column whose name has a point: only slashes lead inside.
  private mutating func path(_ word: String, at tokens: [String]) -> MappingPath {
    let parts = word.split(separator: "/", omittingEmptySubsequences: true).map { String($0) }
    if parts.isEmpty || parts.count > 20 { fault(tokens, "a path names members, with slashes between: source/ip") }
    return MappingPath(pointer: JSONPointer(tokens: parts))
  }

  private static let types: Set<String> = [
    "attack-pattern", "campaign", "course-of-action", "grouping", "identity", "incident", "indicator",
    "infrastructure", "intrusion-set", "location", "malware", "note", "observed-data", "report", "threat-actor", "tool",
    "vulnerability", "relationship", "sighting", "autonomous-system", "domain-name", "email-addr", "file", "ipv4-addr",
    "ipv6-addr", "mac-addr", "mutex", "network-traffic", "software", "url", "user-account", "windows-registry-key",
  ]
}
