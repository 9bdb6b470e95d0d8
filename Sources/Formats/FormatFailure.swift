package import JSON

/// Why a body is no message that this exchange can take; always permanent: the same bytes fail again.
package struct FormatFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// A closed list; each is a word of receipts and dead letters.
  package enum Cause: String, Sendable, CaseIterable {
    case notJSON = "not-json"
    case notXML = "not-xml"
    case tooDeep = "too-deep"
    case tooLarge = "too-large"
    case empty
    case duplicateKey = "duplicate-key"
    case notUTF8 = "not-utf8"
    case numberOutOfRange = "number-out-of-range"
    case contentTypeMismatch = "content-type-mismatch"
    case typeMismatch = "type-mismatch"
    case unknownFormat = "unknown-format"
    case unsupportedVersion = "unsupported-version"
    /// A text of a partner's that is not as its description says.
    case notReadable = "not-readable"
    case schema
    case rule
  }

  /// Where the failure lies.
  package enum Location: Sendable, Equatable, CustomStringConvertible {
    /// The message as a whole.
    case message
    /// A place in the text, both counted from 1.
    case text(line: Int, column: Int)
    case pointer(JSONPointer)
    /// A property of the message beside its body: `content_type`, `type`.
    case property(String)

    /// `12:7`, a JSON Pointer, or the property's name; empty for the message as a whole.
    package var description: String {
      switch self {
      case .message: ""
      case .text(let line, let column): "\(line):\(column)"
      case .pointer(let pointer): pointer.description
      case .property(let name): name
      }
    }
  }

  package var cause: Cause
  package var message: String
  package var location: Location

  package init(_ cause: Cause, _ message: String, at location: Location = .message) {
    self.cause = cause
    self.message = message
    self.location = location
  }

  package var description: String {
    let place = location.description
    return place.isEmpty ? "\(cause.rawValue): \(message)" : "\(cause.rawValue) at \(place): \(message)"
  }
}

extension FormatFailure {
  /// What the parser found wrong with the text.
  init(_ error: JSONError) {
    let cause: Cause =
      switch error.code {
      case .syntax: .notJSON
      case .utf8, .surrogate: .notUTF8
      case .depth: .tooDeep
      case .size: .tooLarge
      case .empty: .empty
      case .duplicateKey: .duplicateKey
      case .number: .numberOutOfRange
      }
    let whole = cause == .tooLarge || cause == .empty
    self.init(cause, error.message, at: whole ? .message : .text(line: error.line, column: error.column))
  }

  /// The failure that errors among the findings amount to, or nil where there is none: the first of them, and how many
  /// more there are.
  package init?(_ findings: [Finding]) {
    let errors = findings.filter { $0.severity == .error }
    guard let first = errors.first else { return nil }
    let more = errors.count - 1
    let suffix = more == 0 ? "" : more == 1 ? " (and 1 more error)" : " (and \(more) more errors)"
    self.init(first.rule.hasPrefix("schema") ? .schema : .rule, first.message + suffix, at: .pointer(first.location))
  }
}
