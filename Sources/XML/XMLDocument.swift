import CLibXML2

/// The library's tree, which lives as long as somebody looks at a part of it.
final class XMLTree {
  let document: UnsafeMutablePointer<xmlDoc>

  init(_ document: UnsafeMutablePointer<xmlDoc>) { self.document = document }

  deinit { xmlFreeDoc(document) }
}

/// An XML text, parsed once: no entities of its own, no network, size and depth bounded.
package final class XMLDocument {
  private let tree: XMLTree
  package let root: XMLElement
  /// Whether there are comments or processing instructions, which say nothing and are read by nobody.
  package let hasRemarks: Bool

  /// Reads a text, or says why it is refused.
  package init(_ text: [UInt8], limits: XMLLimits = XMLLimits()) throws(XMLError) {
    guard !text.isEmpty else { throw XMLError(.empty, "the text is empty") }
    guard text.count <= limits.maximumBytes, text.count < Int(Int32.max) else {
      throw XMLError(.size, "the text has \(text.count) bytes, more than the \(limits.maximumBytes) allowed")
    }
    try XMLProlog.check(text)
    _ = Self.isReady
    tree = XMLTree(try Self.parse(text))
    let document = tree.document
    guard document.pointee.intSubset == nil, document.pointee.extSubset == nil,
      let top = xmlDocGetRootElement(document)
    else { throw XMLError(.doctype, "the text has a document type, which is not read here") }
    root = XMLElement(node: top, tree: tree)
    hasRemarks = try Self.survey(document, limits)
  }

  /// What a schema finds wrong with it; at most so many.
  package func findings(_ schema: XMLSchema, limit: Int = 100) -> [XMLFinding] {
    schema.findings(in: tree.document, limit: limit)
  }

  private static let isReady: Void = xmlInitParser()

  private static func parse(_ text: [UInt8]) throws(XMLError) -> UnsafeMutablePointer<xmlDoc> {
    guard let context = xmlNewParserCtxt() else { throw XMLError(.syntax, "there is no memory left to read it") }
    defer { xmlFreeParserCtxt(context) }
    let options =
      XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
      | XML_PARSE_NOCDATA.rawValue | XML_PARSE_COMPACT.rawValue | XML_PARSE_BIG_LINES.rawValue
    let tree = text.withUnsafeBytes { bytes in
      xmlCtxtReadMemory(
        context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), nil, "UTF-8",
        Int32(options))
    }
    if let tree { return tree }
    let error = xmlCtxtGetLastError(context)
    let message = error?.pointee.message.map { String(cString: $0) } ?? "it is no XML"
    let isDeep = message.contains("depth") || message.contains("Excessive")
    throw XMLError(
      isDeep ? .depth : .syntax, message.trimmed, line: Int(error?.pointee.line ?? 1),
      column: Int(error?.pointee.int2 ?? 1))
  }

  /// Walks the tree once: how deep it is, and whether something stands in it that nobody reads.
  private static func survey(
    _ tree: UnsafeMutablePointer<xmlDoc>, _ limits: XMLLimits
  ) throws(XMLError) -> Bool {
    var hasRemarks = false
    var depth = 1
    var next = tree.pointee.children
    while let node = next {
      let type = node.pointee.type
      if type == XML_COMMENT_NODE || type == XML_PI_NODE { hasRemarks = true }
      if type == XML_ENTITY_REF_NODE { throw XMLError(.doctype, "the text refers to an entity", line: 1, column: 1) }
      if type == XML_ELEMENT_NODE, let child = node.pointee.children {
        depth += 1
        guard depth <= limits.maximumDepth else {
          throw XMLError(
            .depth, "elements stand more than \(limits.maximumDepth) deep in each other", line: Int(xmlGetLineNo(node)),
            column: 1)
        }
        next = child
        continue
      }
      var at = node
      while at.pointee.next == nil {
        guard let parent = at.pointee.parent, parent.pointee.type == XML_ELEMENT_NODE else { return hasRemarks }
        at = parent
        depth -= 1
      }
      next = at.pointee.next
    }
    return hasRemarks
  }
}

extension String {
  var trimmed: String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}
