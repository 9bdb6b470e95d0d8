import Contract
import JSON
import STIX

/// Times of reports to regulators, compared with each other.
enum ReportTimes {
  static func moment(_ object: JSONValue, _ name: String) -> Instant? {
    object[name]?.string.flatMap { Timestamp($0)?.instant }
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
