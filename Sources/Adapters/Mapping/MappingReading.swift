import Contract
import Formats
import JSON
import Partners
import STIX

/// Reads a partner's text by its mapping.
final class MappingReading {
  /// A value of the document, and where it stands.
  private struct Place {
    var value: JSONValue
    var pointer: JSONPointer

    func element(_ value: JSONValue, _ index: Int) -> Place { Place(value: value, pointer: pointer.appending(index)) }
  }

  private let mapping: Mapping
  private let root: JSONValue
  private var isRead: ReadMarks
  private let reading: NativeReading
  private let accepted: String

  init(_ mapping: Mapping, _ document: JSONDocument, _ origin: Origin) {
    self.mapping = mapping
    root = document.root
    isRead = ReadMarks(document.root)
    reading = NativeReading(mapping.format, origin)
    accepted = Timestamp(origin.acceptedAt).description
  }

  var residue: [JSONPointer] { isRead.residue(of: root) }

  func read() throws(AdapterFailure) -> STIXBundle {
    let pointer = mapping.text == .json ? mapping.records : JSONPointer(tokens: ["records"])
    guard let list = find(pointer, in: root) else {
      throw AdapterFailure(.unreadable, "there are no records", at: pointer)
    }
    let place = Place(value: list, pointer: pointer)
    if list.isArray {
      var index = 0
      for record in list.elements {
        isRead.mark(record)
        try add(place.element(record, index))
        index += 1
      }
    } else {
      try add(place)
    }
    guard !reading.isEmpty else { throw AdapterFailure(.unreadable, "no record became an object", at: pointer) }
    return try reading.bundle([reading.origin.messageID] + reading.ids)
  }

  private func add(_ record: Place) throws(AdapterFailure) {
    for path in mapping.required where find(path.pointer, in: record.value) == nil {
      throw AdapterFailure(
        .unreadable, "a record has \(path.pointer.tokens.joined(separator: "/")), and this one has not",
        at: record.pointer)
    }
    let marking = try label(of: record)
    let time =
      try mapping.time.flatMap { (value) throws(AdapterFailure) in try text(of: value, record, [:]) } ?? accepted
    guard Timestamp(time) != nil else {
      throw AdapterFailure(.unreadable, "'\(time.prefix(40))' is no moment of RFC 3339 in UTC", at: record.pointer)
    }
    var named: [String: [String]] = [:]
    for object in mapping.objects {
      if let each = object.each {
        guard let list = find(each.pointer, in: record.value), list.isArray else { continue }
        let place = Place(value: list, pointer: Self.join(record.pointer, each))
        var index = 0
        for element in list.elements {
          isRead.mark(element)
          try add(object, place.element(element, index), marking, time, &named)
          index += 1
        }
      } else {
        try add(object, record, marking, time, &named)
      }
    }
  }

  private func add(
    _ object: MappingObject, _ place: Place, _ marking: TLP?, _ time: String, _ named: inout [String: [String]]
  ) throws(AdapterFailure) {
    guard object.condition.map({ holds($0, place) }) ?? true else { return }
    guard let id = try make(object, place, marking, time, named) else { return }
    if let name = object.name { named[name, default: []].append(id) }
  }

  private func label(of record: Place) throws(AdapterFailure) -> TLP? {
    guard let value = mapping.label, let word = try text(of: value, record, [:]) else { return nil }
    guard let tlp = TLP(label: word) else {
      throw AdapterFailure(.unreadable, "'\(word.prefix(40))' is no label of TLP", at: record.pointer)
    }
    return tlp
  }

  private func make(
    _ object: MappingObject, _ place: Place, _ marking: TLP?, _ time: String, _ named: [String: [String]]
  ) throws(AdapterFailure) -> String? {
    // The values, one behind the other, and where each stands.
    var values = JSONWriter()
    values.reserve(1024)
    var properties: [(name: String, text: Range<Int>)] = []
    properties.reserveCapacity(object.properties.count)
    for (name, value) in object.properties {
      // A comma stands between it and the one before.
      let start = values.bytes.count + (properties.isEmpty ? 0 : 1)
      if try write(value, place, named, isPattern: name == "pattern", to: &values) {
        properties.append((name, start..<values.bytes.count))
      } else if case .references = value {
        // What it refers to was not made, so it is about nothing.
        return nil
      }
    }
    guard !properties.isEmpty else { return nil }
    let texts = values.bytes
    var key = object.key.compactMap { path in find(path.pointer, in: place.value).map(Self.words) }
    if key.isEmpty { key = properties.map { $0.name + "=" + String(decoding: texts[$0.text], as: UTF8.self) } }
    func writeProperties(to writer: inout JSONWriter) {
      for (name, text) in properties {
        writer.key(name)
        writer.raw(texts[text])
      }
    }
    if ObjectKind(type: object.type) == .observable {
      return reading.addObservable(object.type, key: key, from: place.pointer, marking) { writeProperties(to: &$0) }
    }
    let id = reading.id(object.type, key + [marking?.word ?? ""])
    reading.add(object.type, id, from: [place.pointer], created: time, modified: time, creator: nil, marking) {
      writeProperties(to: &$0)
    }
    return id
  }

  // MARK: Values

  private static func join(_ place: JSONPointer, _ path: MappingPath) -> JSONPointer {
    JSONPointer(tokens: place.tokens + path.pointer.tokens)
  }

  /// The value that a path leads to; it counts as read, and so does what it stands in.
  private func find(_ path: JSONPointer, in value: JSONValue) -> JSONValue? {
    if path.tokens.count == 1, value.isObject {
      guard let found = value[path.tokens[0]] else { return nil }
      isRead.mark(found)
      return found
    }
    guard let found = value.at(path) else { return nil }
    var value = value
    for token in path.tokens {
      guard let next = value.at(JSONPointer(tokens: [token])) else { return nil }
      isRead.mark(next)
      value = next
    }
    return found
  }

  private static func words(_ value: JSONValue) -> String { value.string ?? value.description }

  private func holds(_ condition: MappingCondition, _ place: Place) -> Bool {
    switch condition {
    case .present(let path): return find(path.pointer, in: place.value).map { !$0.isNull && $0.string != "" } ?? false
    case .equals(let path, let words):
      return find(path.pointer, in: place.value).map { words.contains(Self.words($0)) } ?? false
    case .not(let inner): return !inner.allSatisfy { holds($0, place) }
    case .all(let all): return all.allSatisfy { holds($0, place) }
    }
  }

  /// A text that a value comes to; nil where it comes to nothing.
  private func text(
    of value: MappingValue, _ place: Place, _ named: [String: [String]]
  ) throws(AdapterFailure) -> String? {
    var writer = JSONWriter()
    guard try write(value, place, named, to: &writer) else { return nil }
    let bytes = writer.bytes
    // A text without anything escaped is what stands between its quotes.
    if bytes.first == UInt8(ascii: "\""), !bytes.contains(UInt8(ascii: "\\")) {
      return String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
    }
    guard let document = try? JSONDocument(bytes) else { return nil }
    return Self.words(document.root)
  }

  /// Writes what a value comes to, and returns whether that is anything; where it is nothing, nothing is written.
  private func write(
    _ value: MappingValue, _ place: Place, _ named: [String: [String]], isPattern: Bool = false,
    to writer: inout JSONWriter
  ) throws(AdapterFailure) -> Bool {
    switch value {
    case .constant(let text): writer.raw(text.bytes)
    case .path(let source): return try write(source, place, to: &writer)
    case .template(let parts):
      var text = ""
      for part in parts {
        text += part.text
        guard let path = part.path, let word = find(path.pointer, in: place.value).map(Self.words) else { continue }
        text += isPattern ? Self.literal(word) : word
      }
      writer.string(text)
    case .references(let names, let isList):
      let ids = names.flatMap { named[$0] ?? [] }
      guard let first = ids.first else { return false }
      if !isList {
        writer.string(first)
      } else {
        var seen: Set<String> = []
        writer.array { list in for id in ids where seen.insert(id).inserted { list.string(id) } }
      }
    case .list(let values):
      let mark = writer.mark
      var isEmpty = true
      try writer.array { (list) throws(AdapterFailure) in
        for value in values { if try write(value, place, named, to: &list) { isEmpty = false } }
      }
      if isEmpty { writer.rewind(to: mark) }
      return !isEmpty
    case .object(let members):
      let mark = writer.mark
      var isEmpty = true
      try writer.object { (object) throws(AdapterFailure) in
        for (name, value) in members {
          let before = object.mark
          object.key(name)
          if try write(value, place, named, to: &object) { isEmpty = false } else { object.rewind(to: before) }
        }
      }
      if isEmpty { writer.rewind(to: mark) }
      return !isEmpty
    }
    return true
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

  private func write(
    _ source: MappingSource, _ place: Place, to writer: inout JSONWriter
  ) throws(AdapterFailure) -> Bool {
    func fallBack() -> Bool {
      guard let fallback = source.fallback else { return false }
      writer.raw(fallback.bytes)
      return true
    }
    guard let value = find(source.path.pointer, in: place.value), !value.isNull, !value.isString("") else {
      return fallBack()
    }
    var here: JSONPointer { Self.join(place.pointer, source.path) }
    if value.isObject || value.isArray {
      // What is inside counts as read with it.
      throw AdapterFailure(.unreadable, "expected a plain value, and found a list or an object", at: here)
    }
    var word = Self.words(value)
    if !source.vocabulary.isEmpty {
      if let known = source.vocabulary.first(where: { $0.theirs == word }) {
        word = known.ours
      } else if fallBack() {
        return true
      } else {
        throw AdapterFailure(.unreadable, "'\(word.prefix(40))' is no word that the mapping knows", at: here)
      }
    }
    switch source.form {
    case .text: writer.string(word)
    case .lowercase: writer.string(word.lowercased())
    case .boolean:
      guard
        let truth = ["true": true, "yes": true, "1": true, "false": false, "no": false, "0": false][word.lowercased()]
      else { throw AdapterFailure(.unreadable, "'\(word.prefix(40))' is neither true nor false", at: here) }
      writer.bool(truth)
    case .number where source.vocabulary.isEmpty && value.number != nil: writer.value(value)
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
    return true
  }
}
