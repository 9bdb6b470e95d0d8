import Contract
import Formats
import JSON
import STIX

/// What a format of events calls what indicators and observations say.
protocol CSIRTDialect {
  var format: FormatID { get }
  var noun: String { get }
  /// The field that an observable's value stands in; nil where the format has none.
  func field(for type: String, _ value: String) -> String?
  /// The members that every event has, before those of `values`.
  func writeHead(_ said: CSIRTStatement, _ terms: OutgoingTerms, _ label: TLP, to event: inout JSONWriter)
  func writeValues(_ values: [(field: String, value: String)], to event: inout JSONWriter)
  /// The label, where an event was read in this format.
  func writeLabel(_ label: TLP, to event: inout JSONWriter)
}

/// An indicator or an observation that no event said.
struct CSIRTStatement {
  var id: String
  /// A type of the reference incident taxonomy.
  var type: String
  var time: String
  var text: String?
  var malware: String?
  var confidence: Int64?
}

/// Writes events back from what reading kept, and others anew.
struct CSIRTEventWriting<Dialect: CSIRTDialect> {
  let bundle: STIXBundle
  let terms: OutgoingTerms
  let dialect: Dialect
  private let format: (any BatchFormat)?
  private var account: LossAccount
  /// Of each object whether an event says it.
  private var isCarried: [Bool]
  private var events: [[UInt8]] = []

  init(_ bundle: STIXBundle, _ terms: OutgoingTerms, _ dialect: Dialect) {
    self.bundle = bundle
    self.terms = terms
    self.dialect = dialect
    format = FormatCatalogue.format(dialect.format) as? any BatchFormat
    account = LossAccount(bundle)
    isCarried = Array(repeating: false, count: bundle.objects.count)
  }

  mutating func write() throws(AdapterFailure) -> Translation<[UInt8]> {
    for object in bundle.objects where object.type == "observed-data" {
      if let kept = object.kept(dialect.format, "event") { restore(object, kept) }
    }
    for object in bundle.objects where object.type == "indicator" && !isCarried[object.index] {
      if let origin = object.kept(dialect.format, "indicator")?["event_ref"],
        let event = bundle.object(id: origin), isCarried[event.index]
      {
        isCarried[object.index] = true
      } else {
        make(fromIndicator: object)
      }
    }
    for object in bundle.objects where object.type == "observed-data" && !isCarried[object.index] {
      make(fromObserved: object)
    }
    guard !events.isEmpty else {
      throw AdapterFailure(.cannotWrite, "nothing in the message can be said as \(dialect.noun)")
    }
    finish()
    let text = events.count == 1 ? events[0] : Array(events.joined(separator: [0x0A])) + [0x0A]
    return Translation(text, losses: account.losses)
  }

  // MARK: Back

  private mutating func restore(_ object: STIXObject, _ kept: JSONValue) {
    var values: [(field: String, value: JSONValue)] = []
    var parts = [object.index]
    kept["places"]?.forEachElement { entry in
      guard let field = entry["field"]?.string, let target = entry["value_ref"].flatMap({ bundle.object(id: $0) }),
        let value = Self.value(of: target.value)
      else { return }
      values.removeAll { $0.field == field }
      values.append((field, value))
      parts.append(target.index)
    }
    // An event that names nothing observable is of its kind.
    object.value["object_refs"]?.forEachElement { id in
      if let target = bundle.object(id: id), target.type == "x-csirt-event" { parts.append(target.index) }
    }
    values.sort { $0.field < $1.field }
    let inLists = values.filter { $0.field.utf8.contains(UInt8(ascii: "/")) }
    let label = bundle.label(of: object, terms)
    var writer = JSONWriter()
    writer.reserve(1024)
    writer.object { event in
      if let fields = kept["fields"] {
        event.members(of: fields) { event, key, index in
          guard !inLists.isEmpty else { return true }
          let name = String(decoding: key, as: UTF8.self)
          let list = JSONValue(document: fields.document, index: index)
          guard list.isArray, inLists.contains(where: { $0.field.hasPrefix(name + "/") }) else { return true }
          event.member(name) { Self.write(list, named: name, inLists, to: &$0) }
          return false
        }
      }
      for (field, value) in values where inLists.isEmpty || !field.utf8.contains(UInt8(ascii: "/")) {
        event.member(field, value)
      }
      dialect.writeLabel(label, to: &event)
    }
    add(writer.bytes, saying: parts)
  }

  /// A list of objects, with the values that objects of their own say: `<name>/<place>/<member>`.
  private static func write(
    _ list: JSONValue, named name: String, _ values: [(field: String, value: JSONValue)], to writer: inout JSONWriter
  ) {
    writer.array { writer in
      for (index, entry) in list.elements.enumerated() {
        let place = "\(name)/\(index)/"
        writer.object { writer in
          for (field, value) in values where field.hasPrefix(place) {
            writer.member(String(field.dropFirst(place.count)), value)
          }
          for (name, value) in entry.members { writer.member(name, value) }
        }
      }
    }
  }

  /// Adds an event where its format takes it, and returns whether it does; what it would have said is lost otherwise.
  @discardableResult private mutating func add(_ event: [UInt8], saying parts: [Int]) -> Bool {
    guard let format, let document = try? JSONDocument(event), format.errors(item: document.root, at: .root).isEmpty
    else { return false }
    for part in parts { isCarried[part] = true }
    events.append(event)
    return true
  }

  /// The value of an observable, or the name of malware.
  private static func value(of object: JSONValue) -> JSONValue? {
    if let value = object["value"] { return value }
    if let value = object["number"] { return value }
    if let value = object["account_login"] { return value }
    if let value = object["name"] { return value }
    return object["hashes"]?.members.first { _ in true }?.value
  }

  // MARK: Anew

  private mutating func make(fromIndicator object: STIXObject) {
    guard object.value["pattern_type"]?.isString("stix") ?? false,
      let pattern = object.value["pattern"]?.string.flatMap({ try? Pattern($0) }),
      let (type, value) = IndicatorPaths.value(of: pattern),
      let field = dialect.field(for: type, value)
    else { return }
    let indicated = malware(of: object)
    let said = CSIRTStatement(
      id: object.id, type: Self.type(of: object) ?? "undetermined",
      time: object.value["valid_from"]?.string ?? Timestamp(terms.acceptedAt).description,
      text: object.text ?? object.name, malware: indicated?.name,
      confidence: object.value["confidence"]?.integer)
    guard append(said, [(field, value)], [object.index] + (indicated?.parts ?? []), of: object) else { return }
    account.loseProperties(
      of: object, carried: ["name", "description", "pattern", "pattern_type", "valid_from", "confidence", "labels"],
      why: "\(dialect.noun) has no place for it")
  }

  private mutating func make(fromObserved object: STIXObject) {
    var values: [(field: String, value: String)] = []
    var parts = [object.index]
    for id in object.value["object_refs"]?.elements.map({ $0 }) ?? [] {
      guard let target = id.string.flatMap({ bundle.object(id: $0) }) else { continue }
      let name = ["ipv4-addr": "ipv4", "ipv6-addr": "ipv6", "domain-name": "domain", "email-addr": "email"][target.type]
      var found: (String, String)?
      if target.type == "file" {
        for (type, algorithm) in [("md5", "MD5"), ("sha1", "SHA-1"), ("sha256", "SHA-256")] {
          if let hash = target.value["hashes"]?[algorithm]?.string { found = (type, hash) }
        }
      } else if let value = Self.value(of: target.value) {
        found = (name ?? target.type, value.string ?? value.integer.map { String($0) } ?? "")
      }
      guard let (type, value) = found, let field = dialect.field(for: type, value),
        !values.contains(where: { $0.field == field })
      else { continue }
      values.append((field, value))
      parts.append(target.index)
    }
    guard !values.isEmpty else { return }
    let said = CSIRTStatement(
      id: object.id, type: Self.type(of: object) ?? "undetermined",
      time: object.value["first_observed"]?.string ?? Timestamp(terms.acceptedAt).description,
      confidence: object.value["confidence"]?.integer)
    guard append(said, values, parts, of: object) else { return }
    account.loseProperties(
      of: object, carried: ["first_observed", "object_refs", "confidence", "labels"],
      why: "\(dialect.noun) has no place for it")
  }

  private mutating func append(
    _ said: CSIRTStatement, _ values: [(field: String, value: String)], _ parts: [Int], of object: STIXObject
  ) -> Bool {
    var writer = JSONWriter()
    let label = bundle.label(of: object, terms)
    writer.object { event in
      dialect.writeHead(said, terms, label, to: &event)
      dialect.writeValues(values, to: &event)
    }
    return add(writer.bytes, saying: parts)
  }

  /// By a label of the reference incident taxonomy.
  private static func type(of object: STIXObject) -> String? {
    for label in object.value["labels"]?.elements.map({ $0 }) ?? [] {
      guard let text = label.string, text.hasPrefix("rsit:"), let mark = text.firstIndex(of: "\"") else { continue }
      if let type = RSIT.type(of: String(text[text.index(after: mark)...].dropLast())) { return type }
    }
    return nil
  }

  private func malware(of indicator: STIXObject) -> (name: String, parts: [Int])? {
    for object in bundle.objects
    where object.type == "relationship" && object.value["source_ref"]?.string == indicator.id
      && object.value["relationship_type"]?.isString("indicates") ?? false
    {
      guard let target = object.value["target_ref"]?.string.flatMap({ bundle.object(id: $0) }),
        target.type == "malware", let name = target.name
      else { continue }
      return (name, [object.index, target.index])
    }
    return nil
  }

  private mutating func finish() {
    for object in bundle.objects where !isCarried[object.index] && !object.isDefinition && !isSaid(object) {
      account.lose(object, why: "\(dialect.noun) has no place for it")
    }
    account.loseOtherMarkings(bundle, why: "\(dialect.noun) carries one label and nothing else")
  }

  /// Whether it is a relationship that an event says with the two that it is between.
  private func isSaid(_ object: STIXObject) -> Bool {
    guard object.type == "relationship", let type = object.value["relationship_type"],
      type.isString("based-on") || type.isString("indicates")
    else { return false }
    return hasSaid(object.value["source_ref"]) && hasSaid(object.value["target_ref"])
  }

  private func hasSaid(_ id: JSONValue?) -> Bool {
    id.flatMap { bundle.object(id: $0) }.map { isCarried[$0.index] } ?? false
  }
}
