package import Contract
package import JSON
import Schemas
import XML

/// IODEF 2 in XML (RFC 7970): incident reports and indicators of CSIRTs.
///
/// At the door the text is judged by its schema and becomes the JSON that RFC 8727 makes of it.
package struct IODEFFormat: Format {
  package let id = FormatID.iodef
  package let title = "IODEF"
  package let versions = ["2.0"]
  package let mediaTypes = ["application/iodef+xml", "application/xml", "text/xml"]
  package let markings = Place.objects("the attribute restriction of incident, event, contact and indicator")
  package let obligations = Place.envelope(HeaderKeys.obligations)
  package let door = Door.xml
  package var rules: [Rule] { IODEFRules.xml.all }

  package init() {}

  package func prepare() { _ = Self.schema }

  package func recognises(_ root: JSONValue) -> String? {
    root[IODEFFromXML.mark]?.isString("urn:ietf:params:xml:ns:iodef-2.0") ?? false ? "2.0" : nil
  }

  package func findings(_ document: JSONDocument) -> [Finding] {
    let root = document.root
    let bySchema = (root[IODEFFromXML.faults]?.elements.map { $0 } ?? []).map { fault in
      let place = "line \(fault["line"]?.integer ?? 0), \(fault["path"]?.string ?? "")"
      return Finding(
        .error, rule: "schema-xsd", location: .root, message: "\(place): \(fault["message"]?.string ?? "")")
    }
    return bySchema + IODEFRules.xml.findings(root)
  }

  package func kind(of document: JSONDocument) -> MessageKind? { IODEFKind.kind(of: document.root) }

  /// What a text in XML becomes; nil where the root is none of IODEF's.
  static func open(_ document: XMLDocument) -> [UInt8]? {
    guard document.root.name == "IODEF-Document", document.root.namespace == IODEFFromXML.namespace else { return nil }
    guard let schema else {
      let missing = XMLFinding(message: "the schema of IODEF is missing from the installation", line: 0, path: "")
      return IODEFFromXML.json(document, faults: [missing])
    }
    return IODEFFromXML.json(document, faults: document.findings(schema))
  }

  private static let schema: XMLSchema? = (try? SchemaFiles.read("iodef/2.0/iodef.xsd")).flatMap {
    try? XMLSchema($0)
  }
}

/// IODEF 2 in JSON (RFC 8727).
package struct IODEFJSONFormat: Format {
  package let id = FormatID.iodefJSON
  package let title = "IODEF in JSON"
  package let versions = ["2.0"]
  package let mediaTypes = ["application/iodef+json"]
  package let markings = Place.objects("the member restriction of incident, event, contact and indicator")
  package let obligations = Place.envelope(HeaderKeys.obligations)
  package var rules: [Rule] { IODEFRules.json.all }

  package init() {}

  package func recognises(_ root: JSONValue) -> String? {
    guard let incidents = root["Incident"] ?? root["Incidents"], incidents.isArray, root["version"] != nil else {
      return nil
    }
    let version = root["version"]?.string ?? "without a version"
    return ["2.0", "2.00", "2"].contains(version) ? "2.0" : version
  }

  package func findings(_ document: JSONDocument) -> [Finding] {
    Self.schemas.findings("document", in: document.root) + IODEFRules.json.findings(document.root)
  }

  package func kind(of document: JSONDocument) -> MessageKind? { IODEFKind.kind(of: document.root) }

  private static let schemas = SchemaSet("iodef/2.0")
}

/// What a document is about: incidents, or what to watch for.
enum IODEFKind {
  static func kind(of root: JSONValue) -> MessageKind {
    let incidents = root["Incident"]?.elements.map { $0 } ?? []
    let isWatch = incidents.allSatisfy { incident in
      incident["purpose"]?.isString("watch") ?? false && incident["Indicator"]?.count ?? 0 > 0
        && incident["EventData"]?.count ?? 0 == 0
    }
    return isWatch && !incidents.isEmpty ? .indicators : .alert
  }
}
