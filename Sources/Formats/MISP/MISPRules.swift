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
  static let infoOneLine = Rule(
    "misp-info-line", .warning, "The info of an event is one line of at most 256 characters.",
    source: "MISP core format, section 2.2.1.4")
  static let dateExists = Rule(
    "misp-date-exists", .error, "The date of an event is one that the calendar has.",
    source: "MISP core format, section 2.2.1.7")

  static let all = [uniqueUUIDs, hashLength, infoOneLine, dateExists]

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
      event.isObject ? info(event, place) + date(event, place) + parts(event, place) : []
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
      findings += hash(value, place)
    }
    func visitAll(_ list: JSONValue?, _ place: JSONPointer) {
      guard let list, list.isArray else { return }
      for (index, attribute) in list.elements.enumerated() { visit(attribute, place.appending(index)) }
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

  private static func hash(_ attribute: JSONValue, _ place: JSONPointer) -> [Finding] {
    guard let type = attribute["type"]?.string, let value = attribute["value"]?.string,
      let length = HashLengths.length(of: type), !HashLengths.fits(type, value)
    else { return [] }
    return [
      hashLength.finding(
        at: place.appending("value"),
        "the value '\(value.prefix(140))' does not end in the \(length) hexadecimal digits of \(type)")
    ]
  }
}
