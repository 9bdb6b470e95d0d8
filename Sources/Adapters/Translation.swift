package import JSON

/// What an adapter returns: its output, and honestly what is not in it.
package struct Translation<Output: Sendable>: Sendable {
  package var output: Output
  /// What the target cannot carry.
  package var losses: [Loss]
  /// On reading: places of the document that were not read. They are shared with nobody.
  package var residue: [JSONPointer]

  package init(_ output: Output, losses: [Loss] = [], residue: [JSONPointer] = []) {
    self.output = output
    self.losses = losses
    self.residue = residue
  }
}

/// Something that a translation could not carry.
package struct Loss: Sendable, Equatable, CustomStringConvertible {
  package enum Severity: String, Sendable, Comparable, CaseIterable {
    /// A detail: the recipient acts the same without it.
    case information
    /// Something that the content means.
    case meaning
    /// Something that the recipient has to keep to.
    case obligation

    package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .information: 0
      case .meaning: 1
      case .obligation: 2
      }
    }
  }

  package var severity: Severity
  /// Where it stood: in the canonical document when writing, in the sender's when reading or pruning.
  package var location: JSONPointer
  /// What is lost, by name.
  package var what: String
  package var why: String

  package init(_ severity: Severity, at location: JSONPointer, what: String, why: String) {
    self.severity = severity
    self.location = location
    self.what = what
    self.why = why
  }

  package var description: String {
    "\(severity.rawValue) at \(location.tokens.isEmpty ? "the top" : location.description): \(what) (\(why))"
  }
}

/// Why a translation is not possible at all.
package struct AdapterFailure: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Code: String, Sendable, CaseIterable {
    /// This adapter does not read its format.
    case cannotRead = "cannot-read"
    /// This adapter does not write its format, or nothing in the bundle can be written in it.
    case cannotWrite = "cannot-write"
    /// The document cannot be reduced to what may be shared.
    case cannotPrune = "cannot-prune"
    /// The document lacks what reading it needs.
    case unreadable
  }

  package var code: Code
  package var message: String
  package var location: JSONPointer?

  package init(_ code: Code, _ message: String, at location: JSONPointer? = nil) {
    self.code = code
    self.message = message
    self.location = location
  }

  package var description: String {
    guard let location, !location.tokens.isEmpty else { return "\(code.rawValue): \(message)" }
    return "\(code.rawValue) at \(location): \(message)"
  }
}
