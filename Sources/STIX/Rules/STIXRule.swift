import JSON

/// A rule that no schema can say, with its source.
package struct STIXRule: Sendable, Equatable {
  package let id: String
  package let severity: STIXFinding.Severity
  /// The section of the specification that asks for it.
  package let source: String
  package let summary: String

  init(_ id: String, _ severity: STIXFinding.Severity, _ source: String, _ summary: String) {
    self.id = id
    self.severity = severity
    self.source = source
    self.summary = summary
  }

  /// Every rule: what must be first, then what should be.
  package static let all = musts + shoulds

  /// A finding by this rule; what a sender wrote can be long, and is cut.
  func finding(at pointer: JSONPointer, _ message: String) -> STIXFinding {
    let isLong = message.utf8.count > 800
    return STIXFinding(
      severity: severity, rule: id, pointer: pointer, message: isLong ? message.prefix(400) + "..." : message)
  }
}
