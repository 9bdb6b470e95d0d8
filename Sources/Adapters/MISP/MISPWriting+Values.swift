import JSON
import STIX

/// Attributes: from indicators, observables, vulnerabilities and campaigns.
extension MISPWriting {
  func writeIndicator(_ object: STIXObject) {
    let pattern = object.value["pattern"]?.string ?? ""
    let language = object.value["pattern_type"]?.string ?? ""
    guard !pattern.isEmpty else { return account.lose(object, why: "its pattern is empty") }
    switch language {
    case "stix": writeSTIXPattern(pattern, of: object)
    case "yara", "sigma", "snort", "suricata":
      add([.init(type: language, value: pattern)], of: object, isForDetection: true)
    default: return account.lose(object, why: "MISP has no type for a pattern of the kind '\(language)'")
    }
    var carried: PropertyNames = [
      "pattern", "pattern_type", "valid_from", "valid_until", "revoked", "name", "description",
    ]
    carried.formUnion(carryCommon(object))
    account.loseProperties(of: object, carried: carried, why: "an attribute has no place for it")
  }

  private func writeSTIXPattern(_ text: String, of object: STIXObject) {
    let alternatives = (try? Pattern(text))?.alternatives ?? []
    let results = alternatives.map { AttributeTable.values(for: $0) }
    let whole = results.compactMap(\.self)
    guard !whole.isEmpty, whole.count == results.count else {
      add([.init(type: "stix2-pattern", value: text)], of: object, isForDetection: true)
      account.add(
        .information, object, object.property("pattern"), what: "the pattern of \(object.id) as values",
        why: "no type of MISP says the same; the pattern is carried as text")
      return
    }
    add(whole.flatMap(\.values), of: object, isForDetection: true)
    for result in whole {
      for name in result.dropped {
        account.add(
          .information, object, object.property("pattern"), what: "\(name) in the pattern of \(object.id)",
          why: "attributes have no place for it")
      }
    }
    if whole.contains(where: \.isWeaker) {
      account.add(
        .meaning, object, object.property("pattern"), what: "that parts of the pattern of \(object.id) hold together",
        why: "each became an attribute that is found alone")
    }
  }

  /// Observables, vulnerabilities and campaigns.
  func writeValue(_ object: STIXObject) {
    switch object.type {
    case "vulnerability":
      guard let name = object.name else { return account.lose(object, why: "it has no name") }
      let references = object.value["external_references"]
      let reference = references?.elements.first { $0["source_name"]?.isString("cve") ?? false }
      let cve = [name, reference?["external_id"]?.string ?? ""].first(where: ExternalNumber.isCVE)
      add([.init(type: cve == nil ? "text" : "vulnerability", value: cve ?? name)], of: object, isForDetection: false)
      var carried: PropertyNames = ["name", "description", "revoked"]
      if let cve, reference?["external_id"]?.string == cve, references?.count == 1, reference?.count == 2 {
        carried.insert("external_references")
      }
      carried.formUnion(carryCommon(object))
      account.loseProperties(of: object, carried: carried, why: "an attribute has no place for it")
    case "campaign":
      guard let name = object.name else { return account.lose(object, why: "it has no name") }
      add([.init(type: "campaign-name", value: name)], of: object, isForDetection: false)
      var carried: PropertyNames = ["name", "description", "revoked", "first_seen", "last_seen"]
      carried.formUnion(carryCommon(object))
      account.loseProperties(of: object, carried: carried, why: "an attribute has no place for it")
    default:
      if details[object.index].isObservable { writeObservable(object) }
    }
  }

  private func writeObservable(_ object: STIXObject) {
    let (facts, unread) = Fact.facts(of: object, in: bundle)
    // Hashes that do not have the length of their algorithm are no hashes of it.
    guard let result = AttributeTable.values(for: facts) else {
      return account.lose(object, why: "no type of MISP says what it says")
    }
    add(result.values, of: object, isForDetection: false)
    if result.isWeaker {
      account.add(
        .information, object, .root, what: "that the values of \(object.id) are of one \(object.type)",
        why: "each became an attribute")
    }
    account.loseProperties(
      of: object, carried: carryCommon(object), only: unread, why: "an attribute has no place for it")
  }

  /// Adds the values of an object as attributes.
  private func add(
    _ values: [AttributeTable.Result.Value], of object: STIXObject, isForDetection: Bool
  ) {
    let from = (object.value["valid_from"] ?? object.value["first_seen"])?.string.flatMap { Timestamp($0) }
    let until = (object.value["valid_until"] ?? object.value["last_seen"])?.string.flatMap { Timestamp($0) }
    let comment = [object.type == "indicator" ? object.name : nil, object.text].compactMap(\.self)
    for (nth, value) in values.enumerated() {
      let candidate = MISPAttribute(
        uuid: "", type: value.type, category: AttributeTable.category(of: value.type), value: value.value,
        isForDetection: isForDetection, timestamp: changed(object),
        comment: comment.joined(separator: ": "), firstSeen: from.map(MISPID.moment),
        lastSeen: until.map(MISPID.moment), isDeleted: object.value["revoked"]?.bool ?? false)
      let (place, isRepeat) = add(candidate)
      attributesOf[self.place(of: object)].append(place)
      if isRepeat {
        account.add(
          .information, object, .root, what: "\(object.id) as an attribute of its own",
          why: "the event has an attribute of this type and value already")
      } else {
        event.attributes[place].uuid = claimUUID(of: object, nth)
      }
      mark(place, as: object)
    }
  }

  /// An attribute marked otherwise than the event says so itself; one that several objects became takes the strictest.
  func mark(_ place: Int, as object: STIXObject) {
    let tlp = label(of: object)
    let tags = event.attributes[place].tags
    let before = tags.lazy.compactMap { $0.hasPrefix("tlp:") ? TLP(label: $0) : nil }.first
    event.attributes[place].tags.removeAll { $0.hasPrefix("tlp:") }
    event.attributes[place].tags.insert(MISPTag.tlp(max(before ?? tlp, tlp)), at: 0)
  }

  /// Labels become tags of the object's attributes, and the creator is the event's where it is the same. Returns the
  /// properties carried.
  func carryCommon(_ object: STIXObject) -> PropertyNames {
    var carried: PropertyNames = []
    if let creator, object.value["created_by_ref"]?.string?.lowerID == creator.id.lowerID {
      carried.insert("created_by_ref")
    }
    guard let labels = object.value["labels"], labels.isArray else { return carried }
    let places = attributes(of: place(of: object))
    let texts = labels.elements.compactMap(\.string)
    guard !places.isEmpty, texts.allSatisfy({ !MISPTag.isReserved($0) && MISPTag.quotable($0) == $0 && !$0.isEmpty })
    else { return carried }
    for place in places {
      for text in texts where !event.attributes[place].tags.contains(text) { event.attributes[place].tags.append(text) }
    }
    return carried.union(["labels"])
  }
}

extension Pattern {
  /// The pattern as alternatives of facts that hold together; nil where it says anything else than equalities.
  var alternatives: [[Fact]]? {
    if case .observation(.test(let path, .isSubset, isNegated: false, let values)) = self,
      path.description == "ipv4-addr:value" || path.description == "ipv6-addr:value", values.count == 1
    {
      // MISP matches networks by the same types as addresses.
      return Fact(PatternEquality(path: path, value: values[0])).map { [[$0]] }
    }
    guard let alternatives = equalities() else { return nil }
    var facts: [[Fact]] = []
    for alternative in alternatives {
      let together = alternative.map { Fact($0) }
      guard together.allSatisfy({ $0 != nil }) else { return nil }
      facts.append(together.compactMap(\.self))
    }
    return facts
  }
}

extension Fact {
  /// Nil where the value is none that MISP would have as text.
  init?(_ equality: PatternEquality) {
    let path = equality.path.steps.enumerated().map { place, step in
      switch step {
      case .property(let name): (place == 0 ? "" : ".") + name
      case .index(let index): "[\(index)]"
      case .any: "[*]"
      }
    }
    let value: String
    var isNumber = false
    switch equality.value {
    case .string(let text): value = text
    case .integer(let number):
      value = String(number)
      isNumber = true
    case .float, .boolean, .binary, .timestamp: return nil
    }
    self.init(type: equality.path.type, path: path.joined(), value: value, isNumber: isNumber)
  }
}
