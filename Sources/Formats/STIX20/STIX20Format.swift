package import Contract
package import JSON

/// STIX 2.0: taken from agencies whose files name it, and read as the STIX 2.1 that it becomes.
package struct STIX20Format: PartnerFormat {
  package let id = FormatID.stix20
  package let title = "STIX 2.0"
  package let versions = ["2.0"]
  package let mediaTypes = ["application/stix+json", "application/vnd.oasis.stix+json"]
  package let markings = Place.objects("object_marking_refs and granular_markings")
  package let obligations = Place.envelope(HeaderKeys.obligations)

  package init() {}

  package var rules: [Rule] { STIXFormat().rules }

  /// Never by content alone: where no agency's file names it, STIX 2.0 is a version of STIX that is not taken.
  package func recognises(_ root: JSONValue) -> String? { nil }

  package func open(_ body: [UInt8], maximumBytes: Int) throws(FormatFailure) -> JSONDocument {
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(body, limits: JSONLimits(maximumBytes: maximumBytes, maximumDepth: 100))
    } catch {
      throw FormatFailure(error)
    }
    guard fits(document.root) else {
      throw FormatFailure(.unknownFormat, "STIX 2.0 is a bundle that says spec_version 2.0", at: .pointer(.root))
    }
    return document
  }

  package func fits(_ root: JSONValue) -> Bool {
    root["type"]?.isString("bundle") ?? false && root["spec_version"]?.isString("2.0") ?? false
      && root["objects"]?.isArray ?? false
  }

  /// What is wrong with the STIX 2.1 that it becomes, at the places of STIX 2.0.
  package func findings(_ document: JSONDocument) -> [Finding] {
    let upgrade = STIX20Upgrade(document)
    guard let upgraded = upgrade.document else {
      return [Finding(.error, rule: "schema-type", location: .root, message: "the objects of the bundle are none")]
    }
    return STIXFormat().findings(upgraded).map { finding in
      var finding = finding
      finding.location = upgrade.source(of: finding.location)
      return finding
    }
  }

  package func errors(_ document: JSONDocument) -> [Finding] {
    if let upgraded = STIX20Upgrade(document).document, STIXFormat().errors(upgraded).isEmpty { return [] }
    return findings(document).filter { $0.severity == .error }
  }

  package func kind(of document: JSONDocument) -> MessageKind? {
    STIX20Upgrade(document).document.flatMap { STIXFormat().kind(of: $0) }
  }
}
