package import JSON

/// What is wrong with a document, or could be better: where, by which rule, and in a sentence that a person understands.
package struct Finding: Sendable, Equatable, CustomStringConvertible {
  package enum Severity: String, Sendable, Comparable {
    case warning
    case error

    package static func < (left: Severity, right: Severity) -> Bool { left == .warning && right == .error }
  }

  package var severity: Severity
  /// The keyword of the schema (`schema-required`), or the id of a rule beyond it (`nis2-times-in-order`).
  package var rule: String
  package var location: JSONPointer
  package var message: String

  package init(_ severity: Severity, rule: String, location: JSONPointer, message: String) {
    self.severity = severity
    self.rule = rule
    self.location = location
    self.message = message
  }

  package var description: String {
    "\(severity.rawValue) at \(location.tokens.isEmpty ? "the top" : location.description): \(message) (\(rule))"
  }
}

/// A rule that no schema can say, with the text that it comes from.
package struct Rule: Sendable, Equatable {
  package var id: String
  package var severity: Finding.Severity
  /// What the rule asks, as one sentence.
  package var statement: String
  /// Where that is written (`Directive (EU) 2022/2555, Article 23(4)(a)`).
  package var source: String

  package init(_ id: String, _ severity: Finding.Severity, _ statement: String, source: String) {
    self.id = id
    self.severity = severity
    self.statement = statement
    self.source = source
  }

  /// A finding by this rule.
  package func finding(at location: JSONPointer, _ message: String) -> Finding {
    Finding(severity, rule: id, location: location, message: message)
  }
}
