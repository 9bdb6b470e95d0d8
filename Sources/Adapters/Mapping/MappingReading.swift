import Contract
import Formats
import JSON
import STIX

/// Reads a partner's text by its mapping.
final class MappingReading {
  private let mapping: Mapping
  private let fields: FieldReader
  private let reading: NativeReading
  private let accepted: String

  init(_ mapping: Mapping, _ document: JSONDocument, _ origin: Origin) {
    self.mapping = mapping
    fields = FieldReader(document.root)
    reading = NativeReading(mapping.format, origin)
    accepted = Timestamp(origin.acceptedAt).description
  }

  var residue: [JSONPointer] { fields.residue }

  func read() throws(AdapterFailure) -> STIXBundle {
    let place = mapping.text == .json ? mapping.records : JSONPointer(tokens: ["records"])
    guard let list = fields.value(at: place) else {
      throw AdapterFailure(.unreadable, "there are no records", at: place)
    }
    if list.isArray {
      for index in 0..<list.count {
        let here = place.appending(index)
        _ = fields.value(at: here)
        try add(here)
      }
    } else {
      try add(place)
    }
    guard !reading.ids.isEmpty else { throw AdapterFailure(.unreadable, "no record became an object", at: place) }
    return try reading.bundle([reading.origin.messageID] + reading.ids)
  }

  private func add(_ record: JSONPointer) throws(AdapterFailure) {
    for path in mapping.required where fields.value(at: join(record, path)) == nil {
      throw AdapterFailure(
        .unreadable, "a record has \(path.pointer.tokens.joined(separator: "/")), and this one has not", at: record)
    }
    let marking = try label(of: record)
    let time =
      try mapping.time.flatMap { (value) throws(AdapterFailure) in try text(of: value, record, [:]) } ?? accepted
    guard Timestamp(time) != nil else {
      throw AdapterFailure(.unreadable, "'\(time.prefix(40))' is no moment of RFC 3339 in UTC", at: record)
    }
    var named: [String: [String]] = [:]
    for object in mapping.objects {
      for place in places(of: object, in: record) {
        guard object.condition.map({ holds($0, place) }) ?? true else { continue }
        guard let id = try add(object, place, record, marking, time, named) else { continue }
        if let name = object.name { named[name, default: []].append(id) }
      }
    }
  }

  private func label(of record: JSONPointer) throws(AdapterFailure) -> TLP? {
    guard let value = mapping.label, let word = try text(of: value, record, [:]) else { return nil }
    guard let tlp = TLP(label: word) else {
      throw AdapterFailure(.unreadable, "'\(word.prefix(40))' is no label of TLP", at: record)
    }
    return tlp
  }

  private func places(of object: MappingObject, in record: JSONPointer) -> [JSONPointer] {
    guard let each = object.each else { return [record] }
    let place = join(record, each)
    guard let list = fields.value(at: place), list.isArray else { return [] }
    return (0..<list.count).map { index in
      let here = place.appending(index)
      _ = fields.value(at: here)
      return here
    }
  }

  private func add(
    _ object: MappingObject, _ place: JSONPointer, _ record: JSONPointer, _ marking: TLP?, _ time: String,
    _ named: [String: [String]]
  ) throws(AdapterFailure) -> String? {
    var properties: [(name: String, text: [UInt8])] = []
    for (name, value) in object.properties {
      if let text = try json(of: value, place, named, isPattern: name == "pattern") {
        properties.append((name, text))
      } else if case .references = value {
        // What it refers to was not made, so it is about nothing.
        return nil
      }
    }
    guard !properties.isEmpty else { return nil }
    let said = properties.map { $0.name + "=" + String(decoding: $0.text, as: UTF8.self) }
    let keyed = object.key.compactMap { path in fields.value(at: join(place, path)).map(Self.words) }
    let key = keyed.isEmpty ? said : keyed
    func write(_ writer: inout JSONWriter) {
      for (name, text) in properties { writer.member(name) { $0.raw(text) } }
    }
    if ObjectKind(type: object.type) == .observable {
      return reading.addObservable(object.type, key: key, from: place, marking) { write(&$0) }
    }
    let id = reading.id(object.type, key + [marking?.word ?? ""])
    reading.add(object.type, id, from: [place], created: time, modified: time, creator: nil, marking) { write(&$0) }
    return id
  }

  // MARK: Values

  private func join(_ place: JSONPointer, _ path: MappingPath) -> JSONPointer {
    JSONPointer(tokens: place.tokens + path.pointer.tokens)
  }

  private static func words(_ value: JSONValue) -> String { value.string ?? value.description }

  private func holds(_ condition: MappingCondition, _ place: JSONPointer) -> Bool {
    switch condition {
    case .present(let path): return fields.value(at: join(place, path)).map { !$0.isNull && $0.string != "" } ?? false
    case .equals(let path, let words):
      return fields.value(at: join(place, path)).map { words.contains(Self.words($0)) } ?? false
    case .not(let inner): return !inner.allSatisfy { holds($0, place) }
    case .all(let all): return all.allSatisfy { holds($0, place) }
    }
  }

  /// A text that a value comes to; nil where it comes to nothing.
  private func text(
    of value: MappingValue, _ place: JSONPointer, _ named: [String: [String]]
  ) throws(AdapterFailure) -> String? {
    guard let bytes = try json(of: value, place, named), let document = try? JSONDocument(bytes) else { return nil }
    return Self.words(document.root)
  }

  private func json(
    of value: MappingValue, _ place: JSONPointer, _ named: [String: [String]], isPattern: Bool = false
  ) throws(AdapterFailure) -> [UInt8]? {
    var writer = JSONWriter()
    switch value {
    case .constant(let text): return text.bytes
    case .path(let source): return try json(of: source, place)
    case .template(let parts):
      var text = ""
      for part in parts {
        text += part.text
        guard let path = part.path, let word = fields.value(at: join(place, path)).map(Self.words) else { continue }
        text += isPattern ? Self.literal(word) : word
      }
      writer.string(text)
    case .references(let names, let isList):
      let ids = names.flatMap { named[$0] ?? [] }
      guard let first = ids.first else { return nil }
      if !isList {
        writer.string(first)
      } else {
        var seen: Set<String> = []
        writer.array { list in for id in ids where seen.insert(id).inserted { list.string(id) } }
      }
    case .list(let values):
      var texts: [[UInt8]] = []
      for value in values { if let text = try json(of: value, place, named) { texts.append(text) } }
      guard !texts.isEmpty else { return nil }
      writer.array { list in for text in texts { list.raw(text) } }
    case .object(let members):
      var texts: [(String, [UInt8])] = []
      for (name, value) in members { if let text = try json(of: value, place, named) { texts.append((name, text)) } }
      guard !texts.isEmpty else { return nil }
      writer.object { object in for (name, text) in texts { object.member(name) { $0.raw(text) } } }
    }
    return writer.bytes
  }

  /// A text that stays inside its quotes in a pattern.
  private static func literal(_ text: String) -> String {
    var literal = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "'" || scalar == "\\" { literal.append("\\") }
      literal.append(scalar)
    }
    return String(literal)
  }

  private func json(of source: MappingSource, _ place: JSONPointer) throws(AdapterFailure) -> [UInt8]? {
    let here = join(place, source.path)
    guard let value = fields.value(at: here), !value.isNull, value.string != "" else { return source.fallback?.bytes }
    if value.isObject || value.isArray {
      // What is inside counts as read with it.
      throw AdapterFailure(.unreadable, "expected a plain value, and found a list or an object", at: here)
    }
    var word = Self.words(value)
    if !source.vocabulary.isEmpty {
      if let known = source.vocabulary.first(where: { $0.theirs == word }) {
        word = known.ours
      } else if let fallback = source.fallback {
        return fallback.bytes
      } else {
        throw AdapterFailure(.unreadable, "'\(word.prefix(40))' is no word that the mapping knows", at: here)
      }
    }
    var writer = JSONWriter()
    switch source.form {
    case .text: writer.string(word)
    case .lowercase: writer.string(word.lowercased())
    case .boolean:
      guard
        let truth = ["true": true, "yes": true, "1": true, "false": false, "no": false, "0": false][word.lowercased()]
      else { throw AdapterFailure(.unreadable, "'\(word.prefix(40))' is neither true nor false", at: here) }
      writer.bool(truth)
    case .number:
      guard let number = try? JSONDocument(Array(word.utf8)), number.root.number != nil else {
        throw AdapterFailure(.unreadable, "'\(word.prefix(40))' is no number", at: here)
      }
      writer.value(number.root)
    case .date(let date):
      guard let moment = date.moment(word) else {
        throw AdapterFailure(
          .unreadable, "'\(word.prefix(40))' is no moment of the form that the mapping names", at: here)
      }
      writer.string(moment)
    }
    return writer.bytes
  }
}
