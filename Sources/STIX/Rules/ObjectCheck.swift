import JSON

/// What one object must be beyond its schema: every finding is an error.
struct ObjectCheck {
  let object: Subject
  private(set) var findings: [STIXFinding] = []

  /// An object of a bundle, or an observable inside the deprecated `objects` of another.
  struct Subject {
    let value: JSONValue
    let id: String
    let type: String
    let pointer: JSONPointer

    var kind: ObjectKind { ObjectKind(type: type) }
  }

  init(_ object: STIXObject) {
    self.object = Subject(value: object.value, id: object.id, type: object.type, pointer: object.pointer)
  }

  private init(inside object: Subject) { self.object = object }

  mutating func run() {
    checkIdentity()
    withExtendedLifetime(object.value.document) { checkTimestamps(object.value.index, at: []) }
    checkOrder()
    checkGranularMarkings()
    checkLanguages()
    checkContents()
  }

  private mutating func checkContents() {
    switch object.type {
    case "artifact": checkMediaType()
    case "directory": checkCharacterSet("path_enc")
    case "domain-name": checkDomainName()
    case "file": checkCharacterSet("name_enc")
    case "indicator": checkPattern()
    case "marking-definition": checkMarkingDefinition()
    case "observed-data":
      checkObservableReferences()
      checkObservables()
    default: break
    }
  }

  /// In the old form observables stand inside, and are what they are all the same.
  private mutating func checkObservables() {
    guard let objects = object.value["objects"], objects.isObject else { return }
    for (key, observable) in objects.members {
      guard let type = observable["type"]?.string, ObjectKind(type: type) == .observable else { continue }
      let pointer = object.pointer.appending("objects").appending(key)
      var check = ObjectCheck(
        inside: Subject(value: observable, id: observable["id"]?.string ?? key, type: type, pointer: pointer))
      check.checkTimestamps(observable.index, at: [])
      check.checkOrder()
      check.checkLanguages()
      check.checkContents()
      findings += check.findings
    }
  }

  mutating func add(_ rule: STIXRule, at tokens: [String], _ message: String) {
    findings.append(rule.finding(at: object.pointer.appending(JSONPointer(tokens: tokens)), message))
  }

  mutating func add(_ rule: STIXRule, _ member: String, _ message: String) {
    findings.append(rule.finding(at: object.pointer.appending(member), message))
  }

  // MARK: Identity

  private mutating func checkIdentity() {
    // For types of the specification the schema says it.
    if object.kind == .custom, !object.id.hasPrefix(object.type + "--") {
      add(.idType, "id", "the id \(object.id) does not begin with the object's type, \(object.type)--")
    }
    guard let names = DeterministicID.contributing[object.type], let id = STIXID(object.id), id.version != 4 else {
      return
    }
    if !names.contains(where: { object.value[$0] != nil }) {
      add(
        .idRandom, "id",
        "id has a UUID of version \(id.version), and \(object.id) has none of \(names.joined(separator: ", ")) "
          + "to derive it from; it must be random, version 4")
    }
  }

  // MARK: Times

  /// Looks at the text first and at the name only when the text is no moment that exists.
  private mutating func checkTimestamps(_ index: Int, at path: [String]) {
    let tape = object.value.document.tape
    let end = tape.close(index)
    var at = index + 1
    while at < end {
      let value = at + 1
      if tape.tag(value) == JSONTape.Tag.string {
        let bytes = tape.bytes(value)
        if Timestamp.hasShape(bytes), Timestamp(bytes) == nil {
          let name = String(decoding: tape.bytes(at), as: UTF8.self)
          if isTimestamp(name) {
            let text = String(decoding: bytes, as: UTF8.self)
            add(.timestampNotReal, at: path + [name], "\(name) is \(text), which does not exist")
          }
        }
      } else if tape.tag(value) == JSONTape.Tag.object {
        let name = tape.bytes(at)
        if name.isName("extensions") || name.ends(with: "-ext") || name.isName("x509_v3_extensions") {
          checkTimestamps(value, at: path + [String(decoding: name, as: UTF8.self)])
        }
      }
      at = tape.next(value)
    }
  }

  /// A custom type may give any other property a meaning of its own.
  private func isTimestamp(_ name: String) -> Bool {
    object.kind == .custom ? name == "created" || name == "modified" : Self.timestamps.contains(name)
  }

  /// Properties of the specification that hold a timestamp.
  private static let timestamps: Set<String> = [
    "account_created", "account_expires", "account_first_login", "account_last_login", "analysis_ended",
    "analysis_started", "atime", "created", "created_time", "credential_last_changed", "ctime", "date", "end",
    "first_observed", "first_seen", "last_observed", "last_seen", "modified", "modified_time", "mtime",
    "object_modified", "private_key_usage_period_not_after", "private_key_usage_period_not_before", "published",
    "start", "start_time", "stop_time", "submitted", "time_date_stamp", "valid_from", "valid_until",
    "validity_not_after", "validity_not_before",
  ]

  private mutating func checkOrder() {
    check(.modifiedBeforeCreated, "created", "modified", mayBeEqual: true)
    guard let order = Self.orders[object.type] else { return }
    check(.timesOutOfOrder, order.first, order.last, mayBeEqual: order.mayBeEqual)
  }

  private static let orders: [String: (first: String, last: String, mayBeEqual: Bool)] = [
    "campaign": ("first_seen", "last_seen", true),
    "indicator": ("valid_from", "valid_until", false),
    "infrastructure": ("first_seen", "last_seen", true),
    "intrusion-set": ("first_seen", "last_seen", true),
    "malware": ("first_seen", "last_seen", true),
    "malware-analysis": ("analysis_started", "analysis_ended", true),
    "network-traffic": ("start", "end", true),
    "observed-data": ("first_observed", "last_observed", true),
    "relationship": ("start_time", "stop_time", false),
    "sighting": ("first_seen", "last_seen", true),
    "threat-actor": ("first_seen", "last_seen", true),
  ]

  private mutating func check(_ rule: STIXRule, _ first: String, _ last: String, mayBeEqual: Bool) {
    guard let from = object.value[first]?.string, let until = object.value[last]?.string else { return }
    check(rule, (first, from), (last, until), mayBeEqual: mayBeEqual)
  }

  private mutating func check(
    _ rule: STIXRule, _ first: (name: String, text: String), _ last: (name: String, text: String), mayBeEqual: Bool
  ) {
    guard let from = Timestamp(first.text), let until = Timestamp(last.text) else { return }
    if until < from || (until == from && !mayBeEqual) {
      add(
        rule, last.name,
        "\(last.name) (\(last.text)) must be later than \(mayBeEqual ? "or equal to " : "")"
          + "\(first.name) (\(first.text))")
    }
  }

  // MARK: Markings

  private mutating func checkGranularMarkings() {
    guard let markings = object.value["granular_markings"] else { return }
    var walk = SelectorWalk(object.value)
    for (place, marking) in markings.elements.enumerated() {
      guard let selectors = marking["selectors"] else { continue }
      for (index, selector) in selectors.elements.enumerated() {
        guard let text = selector.string, !walk.holds(text) else { continue }
        add(
          .selectorDangling, at: ["granular_markings", "\(place)", "selectors", "\(index)"],
          "the selector \(text) points at nothing in \(object.id)")
      }
    }
  }

  private mutating func checkMarkingDefinition() {
    let own = object.id.lowercased()
    for (key, name) in [("object_marking_refs", ""), ("granular_markings", "marking_ref")] {
      guard let list = object.value[key] else { continue }
      for element in list.elements {
        let reference = name.isEmpty ? element.string : element[name]?.string
        if reference?.lowercased() == own { add(.markingCircular, key, "\(object.id) marks itself") }
      }
    }
    guard let type = object.value["definition_type"], type.isString("tlp") else { return }
    let published = TLP.known(object.id)
    guard let published, published.generation == .one, let word = object.value["definition"]?["tlp"]?.string,
      TLP(label: word) == published.tlp, object.value["created"]?.isString("2017-01-20T00:00:00.000Z") == true,
      object.value["name"]?.string == "TLP:" + word.uppercased()
    else {
      add(
        .tlpDefinition, "definition",
        "\(object.id) is none of the four published TLP definitions; these must be used as they are")
      return
    }
  }
}
