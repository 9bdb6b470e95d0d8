import JSON
import STIX

/// One entry of a report's `indicators`.
struct ReportedIndicator {
  var pointer: JSONPointer
  var type: String
  var value: String
  var comment: String?
  var firstSeen: Timestamp?
  var marking: TLP?
  /// How many entries before this one have the same type and value.
  var repeats: Int
}

/// Indicators from typed values.
extension RegulatoryReading {
  func indicators(default marking: TLP?) throws(AdapterFailure) -> [ReportedIndicator] {
    var seen: [String: Int] = [:]
    var indicators: [ReportedIndicator] = []
    for index in 0..<(fields.value("indicators")?.count ?? 0) {
      let pointer = JSONPointer(tokens: ["indicators", String(index)])
      func text(_ name: String) -> String? { fields.value(at: pointer.appending(name))?.string }
      guard let type = text("type"), let value = text("value"), !value.isEmpty, Self.indicatorTypes.contains(type)
      else {
        throw AdapterFailure(.unreadable, "expected an indicator with a known type and a value", at: pointer)
      }
      let own = try self.marking(at: pointer.appending("tlp"))
      indicators.append(
        ReportedIndicator(
          pointer: pointer, type: type, value: value, comment: text("comment"),
          firstSeen: text("first_seen").flatMap { Timestamp($0) }, marking: own ?? marking,
          repeats: seen[type + "\n" + value, default: 0]))
      seen[type + "\n" + value, default: 0] += 1
    }
    return indicators
  }

  func add(_ indicator: ReportedIndicator, incident: String, creator: String, _ marking: TLP?) {
    let nth = String(indicator.repeats)
    let id: String
    if indicator.type == "cve" {
      id = self.id("vulnerability", indicator.value, nth)
      writer.add("vulnerability", id: id, from: [indicator.pointer]) { object in
        common(&object, indicator.marking, creator: creator)
        object.member("name", indicator.value)
        if let comment = indicator.comment { object.member("description", comment) }
        ExternalNumber.write(source: "cve", id: indicator.value, to: &object)
      }
    } else {
      id = self.id("indicator", indicator.type, indicator.value, nth)
      writer.add("indicator", id: id, from: [indicator.pointer]) { object in
        common(&object, indicator.marking, creator: creator)
        object.member("name", "\(indicator.type) \(indicator.value)")
        if let comment = indicator.comment { object.member("description", comment) }
        object.member("indicator_types", ["malicious-activity"])
        object.member("pattern", Self.pattern(indicator))
        object.member("pattern_type", "stix")
        object.member("pattern_version", "2.1")
        object.member("valid_from", (indicator.firstSeen ?? created).description)
      }
    }
    relate(id, "related-to", incident, [indicator.marking, marking].compactMap(\.self).max(), creator: creator)
  }

  static var indicatorTypes: Set<String> { Set(IndicatorPaths.all.map(\.type)).union(["cve"]) }

  private static func pattern(_ indicator: ReportedIndicator) -> String {
    let path = IndicatorPaths.all.first { $0.type == indicator.type }?.path ?? "autonomous-system:number"
    // Numbers stand in patterns without quotes.
    if indicator.type == "asn" { return "[\(path) = \(indicator.value.filter(\.isNumber))]" }
    return "[\(path) = \(quoted(indicator.value))]"
  }

  /// A string literal of the pattern language.
  private static func quoted(_ text: String) -> String {
    var literal = "'"
    for character in text.unicodeScalars {
      if character == "'" || character == "\\" { literal.unicodeScalars.append("\\") }
      literal.unicodeScalars.append(character)
    }
    return literal + "'"
  }
}

/// The types of a report's indicators, and where patterns have their values.
enum IndicatorPaths {
  static let all: [(type: String, path: String)] = [
    ("ipv4", "ipv4-addr:value"), ("ipv6", "ipv6-addr:value"), ("domain", "domain-name:value"), ("url", "url:value"),
    ("email", "email-addr:value"), ("md5", "file:hashes.MD5"), ("sha1", "file:hashes.'SHA-1'"),
    ("sha256", "file:hashes.'SHA-256'"), ("sha512", "file:hashes.'SHA-512'"), ("filename", "file:name"),
    ("mutex", "mutex:name"), ("regkey", "windows-registry-key:key"), ("mac", "mac-addr:value"),
    ("asn", "autonomous-system:number"),
  ]

  /// The type and the value of a pattern that says one of these, and nothing else.
  static func value(of pattern: Pattern) -> (type: String, value: String)? {
    guard case .observation(.test(let path, let comparison, isNegated: false, let values)) = pattern,
      values.count == 1, comparison == .equal || comparison == .isSubset,
      let type = all.first(where: { $0.path == path.description })?.type
    else { return nil }
    switch values[0] {
    case .string(let text): return (type, text)
    case .integer(let number): return (type, String(number))
    default: return nil
    }
  }
}
