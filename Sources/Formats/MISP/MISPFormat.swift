package import Contract
package import JSON

/// MISP's core format: one event in its envelope.
package struct MISPFormat: Format {
  package let id = FormatID.misp
  package let title = "MISP"
  package let versions = ["core"]
  package let mediaTypes = ["application/misp+json"]
  package let markings = Place.objects("tags tlp:* and PAP:* on the event and its attributes")
  package let obligations = Place.document("tags entente:* on the event")
  package var rules: [Rule] { MISPRules.all }

  package init() {}

  package func recognises(_ root: JSONValue) -> String? { root["Event"]?.isObject ?? false ? "core" : nil }

  package func findings(_ document: JSONDocument) -> [Finding] {
    let bySchema = Self.schemas.findings("message", in: document.root)
    return bySchema + MISPRules.findings(document.root)
  }

  /// Indicators where the event carries attributes and nothing else; a bundle where objects, galaxies or reports give
  /// them a context.
  package func kind(of document: JSONDocument) -> MessageKind? {
    guard let event = document.root["Event"] else { return nil }
    let context = ["Object", "Galaxy", "EventReport"].contains { (event[$0]?.count ?? 0) > 0 }
    return !context && (event["Attribute"]?.count ?? 0) > 0 ? .indicators : .bundle
  }

  private static let schemas = SchemaSet("misp/core")
}
