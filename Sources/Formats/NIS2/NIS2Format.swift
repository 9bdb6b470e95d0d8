package import Contract
package import JSON
import JSONSchema

/// Reports under Article 23 of the NIS2 directive, in a template of our own.
package struct NIS2Format: ReportFormat {
  package let id = FormatID.nis2
  package let title = "NIS2"
  package let versions = ["2026.1"]
  package var rules: [Rule] { NIS2Rules.all }

  package init() {}

  package func findings(_ document: JSONDocument) -> [Finding] {
    let bySchema = Self.schemas.findings("report", in: document.root)
    return bySchema + NIS2Rules.findings(document.root)
  }

  package func kind(of document: JSONDocument) -> MessageKind? {
    document.root["stage"]?.string.flatMap(NIS2Stage.init)?.kind
  }

  /// Whether a report may list this indicator: whoever writes a list is held to the same as whoever sends one.
  package static func accepts(indicator entry: JSONValue) -> Bool { schemas[indicator]?.isValid(entry) ?? false }

  private static let indicator = "report#/$defs/indicator"
  private static let schemas = SchemaSet("nis2/2026.1", parts: [indicator])
}
