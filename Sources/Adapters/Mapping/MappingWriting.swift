import Contract
import Formats
import JSON
import Partners
import STIX

/// Writes objects back as a partner's records, as far as the mapping can be turned round.
///
/// A record is made for each object of the last type of the mapping that refers to others, or of its last type: that
/// object, and those that it refers to, fill in the paths that they were read from.
struct MappingWriting {
  private let mapping: Mapping
  private let bundle: STIXBundle
  private let terms: OutgoingTerms
  private var account: LossAccount
  private var carried: Set<Int> = []
  /// The properties of each object that are to stand in the text.
  private var spoken: [(object: STIXObject, properties: [Property])] = []

  private struct Property: Hashable {
    var type: String
    var name: String
    /// Whether great and small letters are one.
    var isFolded: Bool
  }

  init(_ mapping: Mapping, _ bundle: STIXBundle, _ terms: OutgoingTerms) {
    self.mapping = mapping
    self.bundle = bundle
    self.terms = terms
    account = LossAccount(bundle)
  }

  mutating func write() throws(AdapterFailure) -> Translation<[UInt8]> {
    guard mapping.objects.allSatisfy({ $0.each == nil }) else {
      throw AdapterFailure(.cannotWrite, "\(mapping.format) has repeated groups, and a mapping with these is read only")
    }
    guard let main = mapping.objects.last else { throw AdapterFailure(.cannotWrite, "the mapping makes no objects") }
    var records: [JSONDocument] = []
    for object in bundle.objects where object.type == main.type {
      guard let record = record(of: object, main) else { continue }
      records.append(record)
    }
    guard !records.isEmpty else {
      throw AdapterFailure(
        .cannotWrite, "no \(main.type) of the message has what a record of \(mapping.format) needs")
    }
    for object in bundle.objects where !carried.contains(object.index) && !object.isDefinition {
      account.lose(object, why: MappingLosses.noPlace)
    }
    account.loseOtherMarkings(bundle, why: MappingLosses.markings)
    return Translation(MappingText.text(records, mapping), losses: account.losses)
  }

  /// What the text does not say after all, for whoever reads it: two values for one path, a condition that does not hold,
  /// a text that has no such character.
  mutating func losses(for again: STIXBundle) -> [Loss] {
    let before = account.losses.count
    var texts: [Property: Set<String>] = [:]
    for (object, properties) in spoken {
      for property in properties {
        guard let value = object.value[property.name] else { continue }
        if texts[property] == nil {
          let all = again.objects.filter { $0.type == property.type }.compactMap { $0.value[property.name] }
          texts[property] = Set(all.map { Self.text($0, property) })
        }
        if texts[property]?.contains(Self.text(value, property)) ?? false { continue }
        account.loseProperties(of: object, carried: [], only: [property.name], why: MappingLosses.part)
      }
    }
    return Array(account.losses.dropFirst(before))
  }

  /// What a value says, however it is spelt.
  private static func text(_ value: JSONValue, _ property: Property) -> String {
    guard let text = value.string else { return value.description }
    if let moment = Timestamp(text) { return moment.description }
    return property.isFolded ? text.lowercased() : text
  }

  private mutating func record(of object: STIXObject, _ main: MappingObject) -> JSONDocument? {
    var found: [(MappingObject, STIXObject)] = []
    var free = object.references.compactMap { bundle.object(id: $0.target) }
    for made in mapping.objects.dropLast() {
      guard let place = free.firstIndex(where: { $0.type == made.type && fits($0, made) }) else { continue }
      found.append((made, free.remove(at: place)))
    }
    guard fits(object, main) else { return nil }
    found.append((main, object))
    var values: [(JSONPointer, [UInt8])] = []
    var isLabelled = false
    for (made, part) in found {
      for (name, value) in made.properties {
        guard case .path(let source) = value, let said = part.value[name], let text = back(said, source) else {
          continue
        }
        set(source.path.pointer, text, in: &values)
      }
    }
    if case .path(let source) = mapping.label {
      let label = bundle.label(of: object, terms)
      guard let text = word(label, source) else { return nil }
      set(source.path.pointer, text, in: &values)
      isLabelled = true
    }
    if case .path(let source) = mapping.time, let time = object.value["modified"] ?? object.value["created"],
      let text = back(time, source), !values.contains(where: { $0.0 == source.path.pointer })
    {
      values.append((source.path.pointer, text))
    }
    guard
      mapping.required.allSatisfy({ path in values.contains { path.pointer.contains($0.0) || $0.0 == path.pointer } })
    else { return nil }
    // Without a place for it, a label goes in the header of the delivery; a fixed one has to be that of the object.
    if !isLabelled, case .constant(let text) = mapping.label, let fixed = try? JSONDocument(text.bytes),
      fixed.root.string.flatMap({ TLP(label: $0) }) != bundle.label(of: object, terms)
    {
      return nil
    }
    for (made, part) in found where carried.insert(part.index).inserted {
      let said = said(made, part)
      spoken.append((part, paths(made).filter { said.contains($0.name) }))
      let left = part.value.members.map(\.key).filter { !said.contains($0) }
      account.loseProperties(of: part, carried: [], only: left, why: MappingLosses.part)
    }
    return document(values)
  }

  /// The properties that stand in a path of the record.
  private func paths(_ made: MappingObject) -> [Property] {
    made.properties.compactMap { name, value in
      guard case .path(let source) = value else { return nil }
      return Property(type: made.type, name: name, isFolded: source.form == .lowercase)
    }
  }

  /// The properties that the record says, or that follow from the mapping.
  private func said(_ made: MappingObject, _ part: STIXObject) -> [String] {
    made.properties.filter { name, value in
      guard let property = part.value[name] else { return true }
      switch value {
      case .path(let source): return back(property, source) != nil
      case .constant(let text): return (try? JSONDocument(text.bytes)).map { $0.root == property } ?? false
      default: return true
      }
    }.map(\.name) + ["created"]
  }

  /// Whether an object could have come from a record: what is fixed in the mapping is so here.
  private func fits(_ object: STIXObject, _ made: MappingObject) -> Bool {
    made.properties.allSatisfy { name, value in
      guard case .constant(let text) = value, let fixed = try? JSONDocument(text.bytes) else { return true }
      return object.value[name].map { $0 == fixed.root } ?? true
    }
  }

  private mutating func set(_ place: JSONPointer, _ text: [UInt8], in values: inout [(JSONPointer, [UInt8])]) {
    if !values.contains(where: { $0.0 == place }) { values.append((place, text)) }
  }

  private func word(_ label: TLP, _ source: MappingSource) -> [UInt8]? {
    var writer = JSONWriter()
    guard !source.vocabulary.isEmpty else {
      writer.string(label.label)
      return writer.bytes
    }
    guard let pair = source.vocabulary.first(where: { TLP(label: $0.ours) == label }) else { return nil }
    writer.string(pair.theirs)
    return writer.bytes
  }

  /// A property as the partner writes it; nil where the mapping has no way back.
  private func back(_ value: JSONValue, _ source: MappingSource) -> [UInt8]? {
    guard !value.isObject, !value.isArray else { return nil }
    var word = value.string ?? value.description
    if case .date(let date) = source.form {
      guard let text = date.text(word) else { return nil }
      word = text
    }
    if !source.vocabulary.isEmpty {
      guard let pair = source.vocabulary.first(where: { $0.ours == word }) else { return nil }
      word = pair.theirs
    }
    var writer = JSONWriter()
    if mapping.text == .json, source.form == .number || source.form == .boolean, source.vocabulary.isEmpty {
      writer.value(value)
    } else {
      writer.string(word)
    }
    return writer.bytes
  }

  /// A record with these values, objects inside objects.
  private func document(_ values: [(JSONPointer, [UInt8])]) -> JSONDocument? {
    var writer = JSONWriter()
    Self.write(values.map { ($0.0.tokens[...], $0.1) }, to: &writer)
    return try? JSONDocument(writer.bytes)
  }

  private static func write(_ values: [(ArraySlice<String>, [UInt8])], to writer: inout JSONWriter) {
    writer.object { writer in
      var done: Set<String> = []
      for (tokens, text) in values {
        guard let first = tokens.first, done.insert(first).inserted else { continue }
        writer.key(first)
        if tokens.count == 1 {
          writer.raw(text)
        } else {
          write(values.filter { $0.0.first == first && $0.0.count > 1 }.map { ($0.0.dropFirst(), $0.1) }, to: &writer)
        }
      }
    }
  }
}

enum MappingLosses {
  static let noPlace = "the partner's format has no place for it"
  static let part = "no path of the mapping says it"
  static let markings = "the partner's format carries one label and nothing else"
}
