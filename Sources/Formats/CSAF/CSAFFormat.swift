package import Contract
package import JSON

/// Security advisories and VEX documents of the Common Security Advisory Framework (OASIS).
package struct CSAFFormat: Format {
  package let id = FormatID.csaf
  package let title = "CSAF"
  package let versions = ["2.1", "2.0"]
  package let mediaTypes = ["application/csaf+json"]
  package let markings = Place.document("the member distribution/tlp/label")
  package let obligations = Place.envelope(HeaderKeys.obligations)
  package var rules: [Rule] { CSAFRules.all }

  package init() {}

  package func recognises(_ root: JSONValue) -> String? {
    guard let document = root["document"], document.isObject, let version = document["csaf_version"] else { return nil }
    return version.string ?? "without a version"
  }

  package func findings(_ document: JSONDocument) -> [Finding] { findings(document, withAdvice: true) }

  package func errors(_ document: JSONDocument) -> [Finding] {
    findings(document, withAdvice: false).filter { $0.severity == .error }
  }

  /// An advisory, also where it is a VEX document: both say which products have which vulnerabilities.
  package func kind(of document: JSONDocument) -> MessageKind? { .advisory }

  /// The places of members that CSAF does not know: the topmost ones.
  package static func unknownMembers(of document: JSONDocument) -> [JSONPointer] {
    let isNew = document.root["document"]?["csaf_version"]?.isString("2.1") ?? false
    return CSAFMembers.unknown(in: document.root, isNew ? .v21 : .v20).map { document.root.pointer(to: $0) }
  }

  package func prepare() { _ = (Self.schemas20, Self.schemas21) }

  private func findings(_ document: JSONDocument, withAdvice: Bool) -> [Finding] {
    let isNew = document.root["document"]?["csaf_version"]?.isString("2.1") ?? false
    let bySchema = (isNew ? Self.schemas21 : Self.schemas20).findings("document", in: document.root)
    return bySchema + CSAFCheck.findings(document.root, version: isNew ? .v21 : .v20, withAdvice: withAdvice)
  }

  private static let schemas20 = SchemaSet("csaf/2.0")
  private static let schemas21 = SchemaSet("csaf/2.1")
}

/// The versions of CSAF that are taken.
enum CSAFVersion {
  case v20, v21
}
