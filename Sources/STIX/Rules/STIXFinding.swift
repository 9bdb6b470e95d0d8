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

/// A rule that no schema can say, with its source.
package struct STIXRule: Sendable, Equatable {
  package let id: String
  package let severity: STIXFinding.Severity
  /// The section of the specification that asks for it.
  package let source: String
  package let summary: String

  private init(_ id: String, _ severity: STIXFinding.Severity, _ source: String, _ summary: String) {
    self.id = id
    self.severity = severity
    self.source = source
    self.summary = summary
  }

  static let idType = STIXRule(
    "stix-id-type", .error, "STIX 2.1 section 2.9", "An identifier begins with the type of its object.")
  static let timestampNotReal = STIXRule(
    "stix-timestamp-not-real", .error, "STIX 2.1 section 3.2, RFC 3339 section 5.7",
    "A timestamp names a day and a time that exist.")
  static let modifiedBeforeCreated = STIXRule(
    "stix-modified-before-created", .error, "STIX 2.1 section 3.2",
    "An object is modified when it is created, or later.")
  static let timesOutOfOrder = STIXRule(
    "stix-times-out-of-order", .error, "STIX 2.1 sections 4.2, 4.7 to 4.12, 4.14, 4.17, 5.1, 5.2, 6.12",
    "What ends does not end before it begins; validity and relationships end later than they begin.")
  static let creatorType = STIXRule(
    "stix-creator-type", .warning, "STIX 2.1 section 3.2", "created_by_ref names an identity.")
  static let selectorDangling = STIXRule(
    "stix-selector-dangling", .error, "STIX 2.1 section 7.2.3.1",
    "A selector of a granular marking points at something in its object.")
  static let markingCircular = STIXRule(
    "stix-marking-circular", .error, "STIX 2.1 section 7.2.1", "A marking definition does not mark itself.")
  static let tlpDefinition = STIXRule(
    "stix-tlp-definition", .error, "STIX 2.1 section 7.2.1.4", "TLP is marked with the published definitions only.")
  static let pattern = STIXRule(
    "stix-pattern", .error, "STIX 2.1 section 9", "The pattern of an indicator of type stix follows the grammar.")
  static let characterSet = STIXRule(
    "stix-character-set", .error, "STIX 2.1 sections 6.3 and 6.7, IANA character sets",
    "path_enc and name_enc name a registered character set.")
  static let language = STIXRule(
    "stix-language", .error, "STIX 2.1 sections 3.2, 6.14, 7.1, 7.2.3, RFC 5646", "A language tag names a language.")
  static let mediaType = STIXRule(
    "stix-media-type", .error, "STIX 2.1 sections 6.1 and 6.7, IANA media types",
    "mime_type is of a registered top-level type.")
  static let observableReference = STIXRule(
    "stix-observable-reference", .error, "STIX 2.1 section 4.14",
    "Inside the deprecated objects of observed-data a reference names a key of it.")
  static let contradiction = STIXRule(
    "stix-bundle-contradiction", .error, "STIX 2.1 section 3.6",
    "Two objects of one bundle with equal id and modified have equal content.")
  static let repeated = STIXRule(
    "stix-bundle-repeated", .warning, "STIX 2.1 section 8", "A bundle holds each object once.")
  static let versionCreated = STIXRule(
    "stix-version-created", .error, "STIX 2.1 section 3.6", "All versions of an object have one created time.")
  static let versionRevoked = STIXRule(
    "stix-version-after-revoked", .error, "STIX 2.1 section 3.6", "After revocation there is no further version.")

  /// Every rule, in the order in which it is looked at.
  package static let all = [
    idType, timestampNotReal, modifiedBeforeCreated, timesOutOfOrder, creatorType, selectorDangling, markingCircular,
    tlpDefinition, pattern, characterSet, language, mediaType, observableReference, contradiction, repeated,
    versionCreated, versionRevoked,
  ]

  func finding(at pointer: JSONPointer, _ message: String) -> STIXFinding {
    STIXFinding(severity: severity, rule: id, pointer: pointer, message: message)
  }
}
