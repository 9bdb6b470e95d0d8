package import Contract
package import JSON

/// MISP's core format: one event in its envelope, or a collection as MISP's interface answers.
package struct MISPFormat: Format {
  package let id = FormatID.misp
  package let title = "MISP"
  package let versions = ["core"]
  package let mediaTypes = ["application/misp+json"]
  package let markings = Place.objects("tags tlp:* and PAP:* on the event and its attributes")
  package let obligations = Place.document("tags entente:* on the event")
  package var rules: [Rule] { MISPRules.all }

  package init() {}

  package func recognises(_ root: JSONValue) -> String? {
    if root["Event"]?.isObject ?? false { return "core" }
    if let response = root["response"] {
      let isCollection = response[0]?["Event"]?.isObject ?? response["Attribute"]?.isArray ?? false
      return isCollection ? "core" : nil
    }
    return root["Attribute"]?[0]?["value"] != nil ? "core" : nil
  }

  package func findings(_ document: JSONDocument) -> [Finding] {
    let bySchema = Self.schemas.findings("message", in: document.root)
    return bySchema + MISPRules.findings(document.root)
  }

  /// Indicators where there are attributes and nothing else; a bundle where objects, galaxies or reports give them a
  /// context, or there are several events.
  package func kind(of document: JSONDocument) -> MessageKind? {
    let events = MISPRules.events(document.root)
    guard let event = events.first?.event else { return .indicators }
    let context = ["Object", "Galaxy", "EventReport"].contains { (event[$0]?.count ?? 0) > 0 }
    return events.count == 1 && !context && (event["Attribute"]?.count ?? 0) > 0 ? .indicators : .bundle
  }

  private static let schemas = SchemaSet("misp/core")
}
