import Contract
import JSON
import STIX

/// Times of reports to regulators, compared with each other.
enum ReportTimes {
  static func moment(_ object: JSONValue, _ name: String) -> Instant? {
    object[name]?.string.flatMap { Timestamp($0)?.instant }
  }

  /// Findings for the times that the calendar has not, wherever they stand; what is not even written as a time is the
  /// schema's to say.
  static func unreal(_ part: JSONValue, at place: JSONPointer = .root, _ rule: Rule) -> [Finding] {
    var findings: [Finding] = []
    for (name, value) in part.members {
      if let text = value.string {
        guard name.hasSuffix("_at") || name == "first_seen" || name == "until", isWritten(text), Timestamp(text) == nil
        else { continue }
        findings.append(rule.finding(at: place.appending(name), "\(name) is \(text), which does not exist"))
      } else {
        findings += unreal(value, at: place.appending(name), rule)
      }
    }
    for (index, element) in part.elements.enumerated() where element.isObject {
      findings += unreal(element, at: place.appending(index), rule)
    }
    return findings
  }

  private static func isWritten(_ text: String) -> Bool {
    let form = String(text.prefix(19).map { $0.isASCII && $0.isNumber ? "0" : $0 })
    return form == "0000-00-00T00:00:00" && text.hasSuffix("Z")
  }

  /// A finding where the second time is before the first.
  static func order(_ object: JSONValue, _ earlier: String, _ later: String, _ rule: Rule) -> Finding? {
    guard let first = moment(object, earlier), let second = moment(object, later), second < first else { return nil }
    return rule.finding(
      at: JSONPointer(tokens: [later]), "\(later) is \(second), before \(earlier), which is \(first)")
  }

  /// A finding where a report came later than so many hours after its clock began.
  static func late(
    _ start: Instant?, _ submitted: Instant?, hours: Int64, _ rule: Rule, at place: JSONPointer
  ) -> [Finding] {
    guard let start, let submitted, submitted > start.adding(milliseconds: hours * 3_600_000) else { return [] }
    return [rule.finding(at: place, "submitted at \(submitted), more than \(hours) hours after \(start)")]
  }
}
