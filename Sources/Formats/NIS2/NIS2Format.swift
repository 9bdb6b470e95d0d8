package import Contract
package import JSON

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

  private static let schemas = SchemaSet("nis2/2026.1")
}
