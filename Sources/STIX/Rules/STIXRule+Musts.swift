/// What the specification says with MUST.
extension STIXRule {
  static let idType = must(
    "stix-id-type", "STIX 2.1 section 2.9", "An identifier begins with the type of its object.")
  static let idRandom = must(
    "stix-id-random", "STIX 2.1 section 2.9",
    "An observable with nothing to derive its identifier from has a random one, UUIDv4.")
  static let timestampNotReal = must(
    "stix-timestamp-not-real", "STIX 2.1 section 3.2, RFC 3339 section 5.7",
    "A timestamp names a day and a time that exist.")
  static let modifiedBeforeCreated = must(
    "stix-modified-before-created", "STIX 2.1 section 3.2", "An object is modified when it is created, or later.")
  static let timesOutOfOrder = must(
    "stix-times-out-of-order", "STIX 2.1 sections 4.2, 4.7 to 4.12, 4.14, 4.17, 5.1, 5.2, 6.12",
    "What ends does not end before it begins; validity and relationships end later than they begin.")
  static let selectorDangling = must(
    "stix-selector-dangling", "STIX 2.1 section 7.2.3.1",
    "A selector of a granular marking points at something in its object.")
  static let markingCircular = must(
    "stix-marking-circular", "STIX 2.1 section 7.2.1", "A marking definition does not mark itself.")
  static let tlpDefinition = must(
    "stix-tlp-definition", "STIX 2.1 section 7.2.1.4", "TLP is marked with the published definitions only.")
  static let pattern = must(
    "stix-pattern", "STIX 2.1 section 9", "The pattern of an indicator of type stix follows the grammar.")
  static let patternNames = must(
    "stix-pattern-name", "STIX 2.1 section 9.7",
    "An object path in a pattern names a property that the type has, or that could be a custom one.")
  static let patternHash = must(
    "stix-pattern-hash", "STIX 2.1 sections 2.7 and 9.6", "A hash in a pattern has the form of its algorithm.")
  static let domainName = must(
    "stix-domain-name", "STIX 2.1 section 6.4, RFC 1034, RFC 5890", "The value of a domain-name is a domain name.")
  static let characterSet = must(
    "stix-character-set", "STIX 2.1 sections 6.3 and 6.7, IANA character sets",
    "path_enc and name_enc name a registered character set.")
  static let language = must(
    "stix-language", "STIX 2.1 sections 3.2, 6.14, 7.1, 7.2.3, RFC 5646", "A language tag names a language.")
  static let artifactMediaType = must(
    "stix-artifact-media-type", "STIX 2.1 section 6.1, IANA media types",
    "The mime_type of an artifact is of a registered top-level type.")
  static let observableReference = must(
    "stix-observable-reference", "STIX 2.1 section 4.14",
    "Inside the deprecated objects of observed-data a reference names a key of it, of a type that it can lead to.")
  static let contradiction = must(
    "stix-bundle-contradiction", "STIX 2.1 section 3.6",
    "Two objects of one bundle with equal id and modified have equal content.")
  package static let sharedUUID = must(
    "stix-uuid-shared", "a limit of this exchange", "At most 16 ids of a bundle share one UUID.")
  static let versionCreated = must(
    "stix-version-created", "STIX 2.1 section 3.6", "All versions of an object have one created time.")
  static let versionRevoked = must(
    "stix-version-after-revoked", "STIX 2.1 section 3.6", "After revocation there is no further version.")

  static let musts = [
    idType, idRandom, timestampNotReal, modifiedBeforeCreated, timesOutOfOrder, selectorDangling, markingCircular,
    tlpDefinition, pattern, patternNames, patternHash, domainName, characterSet, language, artifactMediaType,
    observableReference, contradiction, sharedUUID, versionCreated, versionRevoked,
  ]

  private static func must(_ id: String, _ source: String, _ summary: String) -> STIXRule {
    STIXRule(id, .error, source, summary)
  }
}
