package import JSON

/// Something that a rule beyond the schema found.
package struct STIXFinding: Sendable, Equatable {
  package enum Severity: Sendable, Equatable {
    /// A MUST of the specification is broken.
    case error
    /// A SHOULD is not followed.
    case warning
  }

  package let severity: Severity
  /// The rule's id, such as `stix-modified-before-created`.
  package let rule: String
  /// Where, in the document of the bundle.
  package let pointer: JSONPointer
  package let message: String
}
