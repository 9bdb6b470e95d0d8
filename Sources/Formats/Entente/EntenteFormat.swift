package import Contract
package import JSON

/// Our own documents: the lines that come back to a sender as receipts.
package struct EntenteFormat: Format {
  package let id = FormatID.entente
  package let title = "Entente"
  package let versions = ["1"]
  package let mediaTypes = ["application/entente+json"]
  package let markings = Place.nowhere
  package let obligations = Place.nowhere
  package let rules: [Rule] = []

  package init() {}

  package func recognises(_ root: JSONValue) -> String? {
    root["receipt"]?.string != nil && root["message_id"] != nil ? "1" : nil
  }

  package func findings(_ document: JSONDocument) -> [Finding] {
    Self.schemas.findings("receipt", in: document.root)
  }

  /// A receipt is an answer: nobody publishes one.
  package func kind(of document: JSONDocument) -> MessageKind? { nil }

  private static let schemas = SchemaSet("entente/1")
}
