import Contract
import Formats
import JSON
import STIX

/// Indicators, with patterns where STIX can say them.
extension IODEFReading {
  /// Their ids.
  func addIndicators(_ incident: JSONValue, _ context: IODEFContext) -> [String] {
    var ids: [String] = []
    for (index, indicator) in elements(incident["Indicator"]) {
      let place = context.place.appending("Indicator").appending(index)
      let marking = IODEFRestriction.tlp(indicator, within: context.marking)
      let own = indicator["IndicatorID"]
      let key = ["name", "id", "version"].map { own?[$0]?.string ?? "" } + [marking?.word ?? ""]
      let text = keeping.say(indicator["Description"], as: "description")
      var seen: [IODEFObservables.Seen] = []
      let pattern = IODEFPattern.text(of: indicator, &seen)
      for value in seen { _ = addObservable(value, from: place, marking) }
      let type = pattern == nil ? "x-iodef-indicator" : "indicator"
      let id = unique(type, key)
      keeping.refer(indicator, to: id)
      ids.append(id)
      add(type, id, from: [place], context, marking) { object in
        object.member("name", own?["id"]?.string ?? "indicator \(index + 1)")
        if let text { object.member("description", text) }
        if let confidence = Self.confidence(indicator["Confidence"]) { object.member("confidence", confidence) }
        if let pattern { writePattern(pattern, indicator, context, to: &object) }
        keepInside("indicator", indicator, to: &object)
      }
    }
    return ids
  }

  private func writePattern(
    _ pattern: String, _ indicator: JSONValue, _ context: IODEFContext, to object: inout JSONWriter
  ) {
    let start = indicator["StartTime"]?.string.flatMap(IODEFTime.moment)
    let end = indicator["EndTime"]?.string.flatMap(IODEFTime.moment)
    object.member("pattern", pattern)
    object.member("pattern_type", "stix")
    object.member("pattern_version", "2.1")
    object.member("valid_from", start?.text ?? context.time)
    // STIX wants the end behind the start.
    if let end, end.text > start?.text ?? context.time { object.member("valid_until", end.text) }
  }

  private static func confidence(_ value: JSONValue?) -> Int64? {
    switch value?["rating"]?.string {
    case "low": 15
    case "medium": 50
    case "high": 85
    case "numeric":
      value?["value"].flatMap { $0.number ?? $0.string.flatMap { Double($0) } }.flatMap { number in
        (0...100).contains(number) ? Int64(number) : nil
      }
    default: nil
    }
  }
}

/// The pattern that an indicator comes to.
enum IODEFPattern {
  /// Nil where STIX has no pattern that says the same.
  static func text(of indicator: JSONValue, _ seen: inout [IODEFObservables.Seen]) -> String? {
    if let observable = indicator["Observable"] { return expression(of: observable, &seen) }
    return indicator["IndicatorExpression"].flatMap { expression(ofExpression: $0, &seen, depth: 0) }
  }

  /// Observables that are all there, or of which one is.
  private static func expression(
    ofExpression value: JSONValue, _ seen: inout [IODEFObservables.Seen], depth: Int
  ) -> String? {
    let operatorWord = value["operator"]?.string ?? "and"
    guard depth < 8, operatorWord == "and" || operatorWord == "or", value["uid-ref"] == nil,
      value["IndicatorReference"] == nil
    else { return nil }
    var parts: [String] = []
    for observable in value["Observable"]?.elements.map({ $0 }) ?? [] {
      guard let part = expression(of: observable, &seen) else { return nil }
      parts.append(part)
    }
    for inner in value["IndicatorExpression"]?.elements.map({ $0 }) ?? [] {
      guard let part = expression(ofExpression: inner, &seen, depth: depth + 1) else { return nil }
      parts.append("(\(part))")
    }
    guard !parts.isEmpty else { return nil }
    return parts.joined(separator: " \(operatorWord.uppercased()) ")
  }

  /// Any of the values of an observable; a file is all that is said of it.
  private static func expression(of observable: JSONValue, _ seen: inout [IODEFObservables.Seen]) -> String? {
    let found = IODEFObservables.all(in: observable, .named("Observable"))
    let said = [
      "System", "Address", "DomainData", "FileData", "EmailData", "WindowsRegistryKeysModified", "BulkObservable",
    ]
    guard !found.isEmpty, observable.members.allSatisfy({ said.contains($0.key) || $0.key.hasSuffix("restriction") }),
      observable["BulkObservable"].map({ $0["BulkObservableList"]?.count == found.count }) ?? true
    else { return nil }
    seen += found
    return found.map { "[\(comparison($0))]" }.joined(separator: " OR ")
  }

  private static func comparison(_ seen: IODEFObservables.Seen) -> String {
    switch seen.type {
    case "autonomous-system": return "autonomous-system:number = \(seen.text)"
    case "file":
      let name = seen.algorithm.contains("-") ? "'\(seen.algorithm)'" : seen.algorithm
      return "file:hashes.\(name) = \(quoted(seen.text))"
    case "windows-registry-key": return "windows-registry-key:key = \(quoted(seen.text))"
    case "mutex": return "mutex:name = \(quoted(seen.text))"
    case "user-account": return "user-account:account_login = \(quoted(seen.text))"
    default: return "\(seen.type):value = \(quoted(seen.text))"
    }
  }

  private static func quoted(_ text: String) -> String {
    var literal = "'"
    for character in text.unicodeScalars {
      if character == "'" || character == "\\" { literal.unicodeScalars.append("\\") }
      literal.unicodeScalars.append(character)
    }
    return literal + "'"
  }
}
