import Contract
import JSON

/// What the schema of a MISP event cannot say.
enum MISPRules {
  static let uniqueUUIDs = Rule(
    "misp-uuid-unique", .warning, "Attributes and objects of an event have different UUIDs.",
    source: "MISP core format, sections 2.4 and 2.5")
  static let hashLength = Rule(
    "misp-hash-length", .error, "A hash has as many hexadecimal digits as its type asks for.",
    source: "MISP core format, section 2.4.2.3")
  static let value = Rule(
    "misp-value", .error,
    "Addresses, ports, numbers and yes-or-no values have the form of their type, alone and in composite types.",
    source: "MISP core format, section 2.4.2.3")
  static let valueForm = Rule(
    "misp-value-form", .warning,
    "Names of hosts, e-mail addresses, links, numbers of vulnerabilities and fuzzy hashes have the form of their type.",
    source: "MISP core format, section 2.4.2.3")
  static let knownCategory = Rule(
    "misp-category", .warning, "The category of an attribute is one that the format lists.",
    source: "MISP core format, section 2.4.2.4")
  static let sharingGroup = Rule(
    "misp-sharing-group", .error, "A sharing group is named where the distribution is 4.",
    source: "MISP core format, sections 2.2.1.11 and 2.4.2.8")
  static let unusedSharingGroup = Rule(
    "misp-sharing-group-unused", .warning, "A sharing group is named only where the distribution is 4.",
    source: "MISP core format, sections 2.2.1.11 and 2.4.2.8")
  static let seenInOrder = Rule(
    "misp-seen-in-order", .warning, "What is seen last is not seen before it is seen first.",
    source: "MISP core format, sections 2.4.2.14 and 2.4.2.15")
  static let infoOneLine = Rule(
    "misp-info-line", .warning, "The info of an event is one line of at most 256 characters.",
    source: "MISP core format, section 2.2.1.4")
  static let dateExists = Rule(
    "misp-date-exists", .error, "The date of an event is one that the calendar has.",
    source: "MISP core format, section 2.2.1.7")

  static let all = [
    uniqueUUIDs, hashLength, value, valueForm, knownCategory, sharingGroup, unusedSharingGroup, seenInOrder,
    infoOneLine,
    dateExists,
  ]

  /// The events of a message, with their places.
  static func events(_ root: JSONValue) -> [(event: JSONValue, place: JSONPointer)] {
    if let event = root["Event"], event.isObject { return [(event, JSONPointer(tokens: ["Event"]))] }
    guard let response = root["response"], response.isArray else { return [] }
    return response.elements.enumerated().compactMap { index, entry in
      entry["Event"].map { ($0, JSONPointer(tokens: ["response", String(index), "Event"])) }
    }
  }

  static func findings(_ root: JSONValue) -> [Finding] {
    events(root).flatMap { event, place in
      event.isObject ? info(event, place) + date(event, place) + group(event, place) + parts(event, place) : []
    } + parts(root, .root) + (root["response"].map { parts($0, JSONPointer(tokens: ["response"])) } ?? [])
  }

  private static func parts(_ event: JSONValue, _ place: JSONPointer) -> [Finding] {
    var findings: [Finding] = []
    var seen: Set<String> = []
    func visit(_ value: JSONValue, _ place: JSONPointer) {
      if let uuid = value["uuid"]?.string, !seen.insert(uuid.lowercased()).inserted {
        findings.append(
          uniqueUUIDs.finding(at: place.appending("uuid"), "\(uuid.prefix(40)) is already the UUID of another"))
      }
      findings += group(value, place) + seenOrder(value, place)
    }
    func visitAttribute(_ attribute: JSONValue, _ place: JSONPointer) {
      visit(attribute, place)
      findings += hash(attribute, place) + form(attribute, place) + category(attribute, place)
    }
    func visitAll(_ list: JSONValue?, _ place: JSONPointer) {
      guard let list, list.isArray else { return }
      for (index, attribute) in list.elements.enumerated() { visitAttribute(attribute, place.appending(index)) }
    }
    visitAll(event["Attribute"], place.appending("Attribute"))
    guard let objects = event["Object"], objects.isArray else { return findings }
    for (index, object) in objects.elements.enumerated() {
      let place = place.appending("Object").appending(index)
      visit(object, place)
      visitAll(object["Attribute"], place.appending("Attribute"))
    }
    return findings
  }

  private static func info(_ event: JSONValue, _ place: JSONPointer) -> [Finding] {
    guard let info = event["info"]?.string else { return [] }
    guard info.contains(where: \.isNewline) || info.unicodeScalars.count > 256 else { return [] }
    return [infoOneLine.finding(at: place.appending("info"), "info is longer than one line of 256 characters")]
  }

  private static func date(_ event: JSONValue, _ place: JSONPointer) -> [Finding] {
    guard let text = event["date"]?.string else { return [] }
    let parts = text.split(separator: "-").compactMap { Int64($0) }
    guard parts.count == 3, (1...12).contains(parts[1]), (1...31).contains(parts[2]) else { return [] }
    let date = CivilDate(year: parts[0], month: parts[1], day: parts[2])
    guard CivilDate(dayNumber: date.dayNumber) != date else { return [] }
    return [dateExists.finding(at: place.appending("date"), "there is no day \(text)")]
  }
}
