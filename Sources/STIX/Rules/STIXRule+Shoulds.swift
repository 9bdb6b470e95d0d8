/// What the specification says with SHOULD.
extension STIXRule {
  static let idVersion = should(
    "stix-id-version", "STIX 2.1 section 2.9",
    "Identifiers are random, UUIDv4; those of observables are derived from their content, UUIDv5.")
  static let idDerived = should(
    "stix-id-derived", "STIX 2.1 section 2.9",
    "The identifier of an observable is the one that its contributing properties give in the namespace of STIX.")
  static let creatorType = should("stix-creator-type", "STIX 2.1 section 3.2", "created_by_ref names an identity.")
  static let vocabulary = should(
    "stix-vocabulary", "STIX 2.1 sections 2.13 and 10", "A value comes from the open vocabulary of its property.")
  static let vocabularyForm = should(
    "stix-vocabulary-form", "STIX 2.1 section 2.13",
    "A value of an open vocabulary is in lower case, with hyphens between words.")
  static let killChainName = should(
    "stix-kill-chain-name", "STIX 2.1 section 2.11",
    "Names of kill chains and phases are in lower case, with hyphens between words.")
  static let externalReferenceHashes = should(
    "stix-external-reference-hashes", "STIX 2.1 section 2.5", "An external reference with a url has hashes of it.")
  static let hashAlgorithm = should(
    "stix-hash-algorithm", "STIX 2.1 sections 2.7 and 10.6", "Hashes are of algorithms that the vocabulary names.")
  static let hashName = should(
    "stix-hash-name", "STIX 2.1 section 2.7", "The name of a hash algorithm has at most 30 characters.")
  static let dictionaryKey = should(
    "stix-dictionary-key", "STIX 2.1 section 2.3", "Keys of dictionaries are in lower case.")
  static let relationshipType = should(
    "stix-relationship-type", "STIX 2.1 sections 3.7 and 4",
    "A relationship is one that the specification suggests between these types.")
  static let indicatorWords = should(
    "stix-indicator-words", "STIX 2.1 section 4.7", "An indicator has a name and a description.")
  static let country = should("stix-country", "STIX 2.1 section 4.10", "A country is a code of ISO 3166-1 alpha-2.")
  static let productName = should(
    "stix-product-name", "STIX 2.1 section 4.12",
    "The product of a malware analysis is in lower case, with hyphens between words.")
  static let deprecated = should(
    "stix-deprecated", "STIX 2.1 section 4.14", "Observed data names its objects by object_refs.")
  static let observableKey = should(
    "stix-observable-key", "STIX 2.1 section 4.14",
    "Keys of the deprecated objects of observed-data are whole numbers.")
  static let domainLabel = should(
    "stix-domain-label", "STIX 2.1 section 6.4, RFC 5890 section 2.3.1",
    "The labels of a domain name are those of hosts: no underscores, no hyphens in the third and fourth place.")
  static let mediaType = should(
    "stix-media-type", "STIX 2.1 section 6.7, IANA media types", "The mime_type of a file is a registered one.")
  static let `protocol` = should(
    "stix-protocol", "STIX 2.1 section 6.12, IANA service names", "Protocols have names of the form of IANA's registry."
  )
  static let ports = should(
    "stix-ports", "STIX 2.1 section 6.12", "Network traffic has both ports.")
  static let informationElement = should(
    "stix-ipfix", "STIX 2.1 section 6.12, IANA IPFIX entities",
    "Keys of ipfix have the form of information elements.")
  static let requestField = should(
    "stix-request-header", "STIX 2.1 section 6.12.2", "Keys of request_header are fields of HTTP requests.")
  static let socketOption = should(
    "stix-socket-option", "STIX 2.1 section 6.12.4", "Keys of options are options of sockets.")
  static let documentInformation = should(
    "stix-pdf-information", "STIX 2.1 section 6.7.4", "Keys of document_info_dict are those of PDF.")
  static let processPriority = should(
    "stix-process-priority", "STIX 2.1 section 6.13.1", "The priority of a Windows process ends with _CLASS.")
  static let markingType = should(
    "stix-marking-type", "STIX 2.1 sections 7.2.1 and 7.3",
    "A marking is a statement, a TLP level, or an extension.")
  static let extensionDescription = should(
    "stix-extension-description", "STIX 2.1 section 7.3", "An extension definition has a description.")
  static let extensionProperties = should(
    "stix-extension-properties", "STIX 2.1 section 7.3",
    "A definition of an extension at the top level names its properties.")
  static let customProperty = should(
    "stix-custom-property", "STIX 2.1 sections 7.3 and 11.1",
    "Properties that the specification does not define come with an extension.")
  static let customObject = should(
    "stix-custom-object", "STIX 2.1 sections 7.3 and 11.2",
    "Types that the specification does not define come with an extension.")
  static let customExtension = should(
    "stix-custom-extension", "STIX 2.1 sections 7.3 and 11.3",
    "Extensions that the specification does not define are named by an extension definition.")
  static let repeated = should(
    "stix-bundle-repeated", "STIX 2.1 section 8", "A bundle holds each version of an object once.")

  static let shoulds = [
    idVersion, idDerived, creatorType, vocabulary, vocabularyForm, killChainName, externalReferenceHashes,
    hashAlgorithm, hashName, dictionaryKey, relationshipType, indicatorWords, country, productName, deprecated,
    observableKey, domainLabel, mediaType, `protocol`, ports, informationElement, requestField, socketOption,
    documentInformation,
    processPriority, markingType, extensionDescription, extensionProperties, customProperty, customObject,
    customExtension, repeated,
  ]

  private static func should(_ id: String, _ source: String, _ summary: String) -> STIXRule {
    STIXRule(id, .warning, source, summary)
  }
}
