import Crypto
import FoundationEssentials
import JSON
import STIX

/// Attributes, each with what hangs on it.
extension EventReading {
  mutating func add(_ attribute: SourceAttribute) {
    let tags = attribute.context.tags
    let marking = partMarking(tags, distribution: attribute.distribution, group: attribute.group)
    let uuid = attribute.uuid ?? MISPID.uuid("attribute", event?.uuid ?? "", attribute.type, attribute.value)
    let main: String
    switch attribute.type {
    case "vulnerability", "campaign-name": main = addKnowledge(attribute, uuid, marking)
    case let type where AttributeShape.ruleLanguages.contains(type):
      main = addIndicator(attribute, uuid, marking, pattern: attribute.value, language: type, isExact: true)
    default: main = addValue(attribute, uuid, marking)
    }
    content.append(main)
    if mainOf[uuid] == nil { mainOf[uuid] = main }
    addContext(attribute.context, of: main, marking, attribute.timestamp ?? time)
    for sighting in attribute.sightings { add(sighting, of: main, marking) }
    for proposal in attribute.context.proposals { add(proposal, about: main, named: uuid, marking) }
  }

  /// An indicator or observed data, where STIX has a place for the value.
  private mutating func addValue(_ attribute: SourceAttribute, _ uuid: String, _ marking: PartMarking) -> String {
    guard let (facts, isExact) = AttributeShape.facts(attribute.type, attribute.value) else {
      return addCustom(attribute, uuid, marking)
    }
    var all = facts
    if let file = attribute.file, attribute.type == "attachment" {
      all.append(Fact(type: "file", path: "hashes.SHA-256", value: file.sha256))
      all.append(Fact(type: "file", path: "size", value: String(file.size), isNumber: true))
    }
    if attribute.isForDetection {
      let main = addIndicator(
        attribute, uuid, marking, pattern: PatternText.of(facts), language: "stix", isExact: isExact)
      content += addObservables(all, uuid, marking, from: [attribute.place])
      return main
    }
    let observables = addObservables(all, uuid, marking, from: [attribute.place])
    guard !observables.isEmpty else { return addCustom(attribute, uuid, marking) }
    content += observables
    return addObservedData(attribute, uuid, marking, observables, isExact: isExact)
  }

  /// Places observables in the bundle: one that is there already, equal and equally marked, is the same. Returns the
  /// ids.
  func addObservables(
    _ facts: [Fact], _ uuid: String, _ marking: PartMarking, from sources: [JSONPointer]
  ) -> [String] {
    ObservableMaker { observable, hash in
      self.place(observable, hash, uuid, marking, from: sources)
    }.make(facts)
  }

  private func place(
    _ observable: Observable, _ hash: [UInt8]?, _ uuid: String, _ marking: PartMarking, from sources: [JSONPointer]
  ) -> String {
    if let id = ObservableID.specified(observable, hash), add(observable, id, marking, from: sources) { return id }
    let own = ObservableID.own(observable, uuid)
    if add(observable, own, marking, from: sources) { return own }
    var attempt = 0
    var id = ""
    repeat {
      attempt += 1
      id = "\(observable.type)--" + MISPID.randomLike("observable", observable.type, uuid, String(attempt))
    } while reading.contains(id)
    reading.add(id, from: sources) { write(observable, id: id, marking, to: &$0) }
    return id
  }

  /// Adds an observable, or finds it equal to the one that has the id; false where that is another.
  private func add(
    _ observable: Observable, _ id: String, _ marking: PartMarking, from sources: [JSONPointer]
  ) -> Bool {
    reading.addOrFind(id, from: sources) { write(observable, id: id, marking, to: &$0) }
  }

  private func write(_ observable: Observable, id: String, _ marking: PartMarking, to object: inout JSONWriter) {
    object.member("type", observable.type)
    object.member("spec_version", "2.1")
    object.member("id", id)
    observable.write(to: &object)
    write(marking, to: &object)
  }

  // MARK: The main object of an attribute

  private func addIndicator(
    _ attribute: SourceAttribute, _ uuid: String, _ marking: PartMarking, pattern: String, language: String,
    isExact: Bool
  ) -> String {
    let (id, isOwn) = reading.id("indicator", uuid)
    let modified = attribute.timestamp ?? time
    let from = attribute.firstSeen ?? modified
    reading.add(id, from: [attribute.place]) { object in
      head(&object, "indicator", id, created: modified, modified: modified, marking)
      if let comment = attribute.comment { object.member("description", comment) }
      object.member("pattern", pattern)
      object.member("pattern_type", language)
      if language == "stix" { object.member("pattern_version", "2.1") }
      object.member("valid_from", from.description)
      if let until = attribute.lastSeen, until > from { object.member("valid_until", until.description) }
      if attribute.isDeleted { object.member("revoked", true) }
      writeLabels(attribute, to: &object)
      writeRest(attribute, uuid, isOwn: isOwn, isExact: isExact, hasComment: true, to: &object)
    }
    return id
  }

  private func addObservedData(
    _ attribute: SourceAttribute, _ uuid: String, _ marking: PartMarking, _ observables: [String], isExact: Bool
  ) -> String {
    let (id, isOwn) = reading.id("observed-data", uuid)
    let modified = attribute.timestamp ?? time
    let first = attribute.firstSeen ?? min(attribute.lastSeen ?? modified, modified)
    reading.add(id, from: [attribute.place]) { object in
      head(&object, "observed-data", id, created: modified, modified: modified, marking)
      object.member("first_observed", first.description)
      object.member("last_observed", max(attribute.lastSeen ?? first, first).description)
      object.member("number_observed", 1)
      object.member("object_refs", observables)
      if attribute.isDeleted { object.member("revoked", true) }
      writeLabels(attribute, to: &object)
      writeRest(attribute, uuid, isOwn: isOwn, isExact: isExact, hasComment: false, to: &object)
    }
    return id
  }

  /// A value that STIX has no place for.
  private func addCustom(_ attribute: SourceAttribute, _ uuid: String, _ marking: PartMarking) -> String {
    let (id, isOwn) = reading.id(MISPExtension.customAttribute, uuid)
    let modified = attribute.timestamp ?? time
    reading.add(id, from: [attribute.place]) { object in
      head(&object, MISPExtension.customAttribute, id, created: modified, modified: modified, marking)
      object.member("x_misp_type", attribute.type)
      if let category = attribute.category { object.member("x_misp_category", category) }
      object.member("x_misp_value", attribute.value)
      if let comment = attribute.comment { object.member("x_misp_comment", comment) }
      if attribute.isDeleted { object.member("revoked", true) }
      writeLabels(attribute, to: &object)
      writeRest(attribute, uuid, isOwn: isOwn, isExact: true, hasComment: true, to: &object)
    }
    return id
  }

  private func addKnowledge(_ attribute: SourceAttribute, _ uuid: String, _ marking: PartMarking) -> String {
    let type = attribute.type == "vulnerability" ? "vulnerability" : "campaign"
    let (id, isOwn) = reading.id(type, uuid)
    let modified = attribute.timestamp ?? time
    reading.add(id, from: [attribute.place]) { object in
      head(&object, type, id, created: modified, modified: modified, marking)
      object.member("name", attribute.value)
      if let comment = attribute.comment { object.member("description", comment) }
      if type == "vulnerability" { ExternalNumber.write(source: "cve", id: attribute.value, to: &object) }
      if type == "campaign" {
        if let first = attribute.firstSeen { object.member("first_seen", first.description) }
        if let last = attribute.lastSeen, last >= attribute.firstSeen ?? last {
          object.member("last_seen", last.description)
        }
      }
      if attribute.isDeleted { object.member("revoked", true) }
      writeLabels(attribute, to: &object)
      writeRest(attribute, uuid, isOwn: isOwn, isExact: true, hasComment: true, to: &object)
    }
    return id
  }

  // MARK: What STIX has no property for

  private func writeLabels(_ attribute: SourceAttribute, to object: inout JSONWriter) {
    let tags = attribute.context.tags
    object.member("labels") { list in
      list.array { list in
        list.raw(reading.spelledLabel("type", attribute.type))
        if let category = attribute.category { list.raw(reading.spelledLabel("category", category)) }
        if attribute.isForDetection {
          list.raw(reading.spelledLabel("to_ids", "True"))
        } else if AttributeShape.ruleLanguages.contains(attribute.type) {
          list.raw(reading.spelledLabel("to_ids", "False"))
        }
        for label in labels(tags) { list.string(label) }
      }
    }
    if let confidence = Self.confidence(tags) { object.member("confidence", confidence) }
  }

  /// Our extension, where there is anything to keep in it.
  private func writeRest(
    _ attribute: SourceAttribute, _ uuid: String, isOwn: Bool, isExact: Bool, hasComment: Bool,
    to object: inout JSONWriter
  ) {
    let distribution = attribute.distribution.flatMap { $0 == 5 ? nil : $0 }
    let file = attribute.type == "malware-sample" || attribute.type == "attachment" ? attribute.file : nil
    let isPlain =
      isOwn && isExact && (hasComment || attribute.comment == nil) && distribution == nil && file == nil
      && !attribute.isUncorrelated && attribute.group == nil && attribute.firstSeen == nil
      && attribute.lastSeen == nil
    guard !isPlain else { return }
    writeExtension(&object) { kept in
      kept.member("kind", "attribute")
      if !isOwn { kept.member("uuid", uuid) }
      if !isExact { kept.member("value", attribute.value) }
      if !hasComment, let comment = attribute.comment { kept.member("comment", comment) }
      if let distribution { kept.member("distribution", String(distribution)) }
      if let group = attribute.group { kept.member("sharing_group") { write(group, to: &$0) } }
      if attribute.isUncorrelated { kept.member("disable_correlation", true) }
      if let seen = attribute.firstSeen { kept.member("first_seen", MISPID.moment(seen)) }
      if let seen = attribute.lastSeen { kept.member("last_seen", MISPID.moment(seen)) }
      if let file {
        kept.member("data_sha256", file.sha256)
        kept.member("data_size", file.size)
      }
    }
  }
}

/// The ids that an observable may have.
enum ObservableID {
  /// The one that the specification derives; nil where there is nothing to derive it from.
  static func specified(_ observable: Observable, _ hash: [UInt8]?) -> String? {
    // For a process the specification asks for a random UUID.
    guard observable.type != "process" else { return nil }
    return observable.specifiedUUID(hash: hash).map { "\(observable.type)--\($0)" }
  }

  /// One in the form of a random UUID, which follows from the observable's source all the same: for what has nothing
  /// to derive an id from, and where another observable has that id.
  static func own(_ observable: Observable, _ uuid: String) -> String {
    "\(observable.type)--" + MISPID.randomLike("observable", observable.type, uuid)
  }
}

/// The text of a pattern of facts that hold together.
enum PatternText {
  /// One observation for each type: inside of one, comparisons are of one type.
  static func of(_ facts: [Fact]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(facts.count * 96)
    var types: [String] = []
    for fact in facts where !types.contains(fact.type) { types.append(fact.type) }
    for type in types {
      text.append(contentsOf: text.isEmpty ? "[".utf8 : " AND [".utf8)
      var isFirst = true
      for fact in facts where fact.type == type {
        if !isFirst { text.append(contentsOf: " AND ".utf8) }
        isFirst = false
        append(pathOf: fact, to: &text)
        text.append(contentsOf: " = ".utf8)
        if fact.isNumber {
          text.append(contentsOf: fact.value.utf8)
        } else {
          append(literal: fact.value, to: &text)
        }
      }
      text.append(UInt8(ascii: "]"))
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let quote = UInt8(ascii: "'")

  private static func append(literal value: String, to text: inout [UInt8]) {
    text.append(quote)
    for byte in value.utf8 {
      if byte == quote || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
      text.append(byte)
    }
    text.append(quote)
  }

  /// Keys with a hyphen stand in quotes.
  private static func append(pathOf fact: Fact, to text: inout [UInt8]) {
    text.append(contentsOf: fact.type.utf8)
    text.append(UInt8(ascii: ":"))
    guard fact.path.utf8.contains(UInt8(ascii: "-")) else { return text.append(contentsOf: fact.path.utf8) }
    var isFirst = true
    for step in fact.path.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      if !isFirst { text.append(UInt8(ascii: ".")) }
      isFirst = false
      let isQuoted = step.contains(UInt8(ascii: "-"))
      if isQuoted { text.append(quote) }
      text.append(contentsOf: step)
      if isQuoted { text.append(quote) }
    }
  }
}

/// The file of an attachment: what is told of it.
struct SourceFile {
  var sha256: String
  var size: Int
}

extension SourceAttribute {
  /// The hash and the size of the file; nil where there is none, or it is no base64.
  var file: SourceFile? {
    guard let text = data?.string, let bytes = Data(base64Encoded: text) else { return nil }
    let digits = Array("0123456789abcdef".utf8)
    var hexadecimal: [UInt8] = []
    for byte in SHA256.hash(data: bytes) { hexadecimal += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return SourceFile(sha256: String(decoding: hexadecimal, as: UTF8.self), size: bytes.count)
  }
}
