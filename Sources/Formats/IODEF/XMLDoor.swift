import XML

/// The way of texts in XML into formats.
enum XMLDoor {
  /// The JSON that a text in XML becomes; nil where it is no XML at all.
  static func open(_ body: [UInt8], maximumBytes: Int) throws(FormatFailure) -> [UInt8]? {
    let start = body.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    guard let first = body[start...].first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }),
      first == UInt8(ascii: "<")
    else { return nil }
    let document: XMLDocument
    do throws(XMLError) {
      document = try XMLDocument(body, limits: XMLLimits(maximumBytes: maximumBytes, maximumDepth: 100))
    } catch {
      throw FormatFailure(error)
    }
    guard let text = IODEFFormat.open(document) else { throw FormatFailure(unknown: document.root) }
    return text
  }
}

extension FormatFailure {
  init(unknown root: XMLElement) {
    self.init(
      .unknownFormat,
      "the root element is \(root.name.prefix(60)), and known is IODEF-Document of "
        + "urn:ietf:params:xml:ns:iodef-2.0 (iodef)")
  }

  /// What the parser found wrong with the text.
  init(_ error: XMLError) {
    let cause: Cause =
      switch error.code {
      case .empty: .empty
      case .size: .tooLarge
      case .depth: .tooDeep
      case .encoding: .notUTF8
      case .doctype, .syntax, .schema: .notXML
      }
    self.init(cause, error.message, at: error.line > 0 ? .text(line: error.line, column: error.column) : .message)
  }
}
