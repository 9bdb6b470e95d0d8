import CLibXML2

/// What a schema finds wrong with a document.
package struct XMLFinding: Sendable, Equatable {
  package var message: String
  package var line: Int
  /// Where it stands, as an XPath: `/IODEF-Document/Incident[2]`.
  package var path: String

  package init(message: String, line: Int, path: String) {
    self.message = message
    self.line = line
    self.path = path
  }
}

/// A schema (XSD), compiled once. It stands for itself: nothing else is loaded.
package final class XMLSchema: @unchecked Sendable {
  // Compiled, it is only read: each validation has a context of its own.
  private let schema: OpaquePointer

  package init(_ text: [UInt8]) throws(XMLError) {
    _ = try XMLDocument(text)
    let parsed: OpaquePointer? = text.withUnsafeBytes { bytes in
      guard
        let context = xmlSchemaNewMemParserCtxt(
          bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
      else { return nil }
      defer { xmlSchemaFreeParserCtxt(context) }
      xmlSchemaSetParserStructuredErrors(context, { _, _ in }, nil)
      return xmlSchemaParse(context)
    }
    guard let parsed else { throw XMLError(.schema, "the schema cannot be used") }
    schema = parsed
  }

  deinit { xmlSchemaFree(schema) }

  func findings(in tree: UnsafeMutablePointer<xmlDoc>, limit: Int) -> [XMLFinding] {
    guard let context = xmlSchemaNewValidCtxt(schema) else {
      return [XMLFinding(message: "there is no memory left to judge it", line: 0, path: "")]
    }
    defer { xmlSchemaFreeValidCtxt(context) }
    let collector = Collector(limit: limit)
    return withExtendedLifetime(collector) {
      xmlSchemaSetValidStructuredErrors(
        context,
        { place, error in
          guard let place, let error else { return }
          Unmanaged<Collector>.fromOpaque(place).takeUnretainedValue().add(error.pointee)
        }, Unmanaged.passUnretained(collector).toOpaque())
      let verdict = xmlSchemaValidateDoc(context, tree)
      if verdict != 0, collector.findings.isEmpty {
        return [XMLFinding(message: "the schema does not accept it", line: 0, path: "")]
      }
      return collector.findings
    }
  }

  /// Takes what the library says.
  private final class Collector {
    private(set) var findings: [XMLFinding] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func add(_ error: xmlError) {
      guard findings.count < limit else { return }
      var path = ""
      if let node = error.node?.assumingMemoryBound(to: xmlNode.self), let text = xmlGetNodePath(node) {
        path = String(cString: text)
        clibxml2_free(text)
      }
      let message = error.message.map { String(cString: $0).trimmed } ?? ""
      // Names come with their namespace in braces, which only hides them.
      let plain = message.split(separator: "{urn:ietf:params:xml:ns:iodef-2.0}", omittingEmptySubsequences: false)
      findings.append(
        XMLFinding(message: plain.joined(), line: Int(error.line), path: path))
    }
  }
}
