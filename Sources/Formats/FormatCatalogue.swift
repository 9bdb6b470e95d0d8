package import Contract
package import JSON

/// The formats that this exchange takes, and how a body is recognised as one of them.
package enum FormatCatalogue {
  /// One line per format, in the order in which a document is compared with them.
  package static let all: [any Format] = [
    STIXFormat(),
    MISPFormat(),
    NIS2Format(),
    CRAFormat(),
    CIRCIAFormat(),
    CSAFFormat(),
    KEVFormat(),
    IntelMQFormat(),
    N6Format(),
    IODEFFormat(),
    IODEFJSONFormat(),
    CEFFormat(),
    CSVFormat(),
    ECSFormat(),
    OCSFFormat(),
    BriefFormat(),
    EntenteFormat(),
  ]

  /// The format of that slug, or nil where there is none.
  package static func format(_ id: FormatID) -> (any Format)? { byID[id] }

  private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

  /// Parses a body, once, and recognises its format and version from the content.
  ///
  /// `contentType` and `hint` (the property `type`, `<format>/<kind>` or `<format>`) may be absent; present, they must
  /// agree with the content.
  package static func identify(
    _ body: [UInt8], contentType: String?, hint: String?, maximumBytes: Int = JSONLimits().maximumBytes
  ) throws(FormatFailure) -> IdentifiedMessage {
    let limits = JSONLimits(maximumBytes: maximumBytes, maximumDepth: 100)
    let contentType = ContentType(contentType)
    try refuseForeign(contentType)
    let (document, door) = try open(body, limits)
    guard let (format, version) = recognise(document.root, door) else { throw unknown(document.root) }
    try compare(contentType, with: format, version)
    guard format.versions.contains(version) else { throw unsupported(format, version) }
    let kind = format.kind(of: document)
    try compare(hint, with: format, kind)
    return IdentifiedMessage(format: format.id, version: version, kind: kind, document: document)
  }

  /// Everything wrong with a message by the schema and the rules of its format.
  package static func findings(in message: IdentifiedMessage, strict: Bool = false) -> [Finding] {
    format(message.format)?.findings(message.document, strict: strict) ?? []
  }

  /// Only the errors among them: a message without any can be taken.
  package static func errors(in message: IdentifiedMessage) -> [Finding] {
    format(message.format)?.errors(message.document) ?? []
  }

  /// Makes ready what judging these formats takes.
  package static func prepare(_ ids: Set<FormatID>) {
    for id in ids { format(id)?.prepare() }
  }

  /// What a message is about; nil for what nobody publishes, such as a receipt.
  package static func kind(of message: IdentifiedMessage) -> MessageKind? { message.kind }

  /// A text, or a batch of them on lines, which becomes a list.
  private static func parse(_ body: [UInt8], _ limits: JSONLimits) throws(JSONError) -> JSONDocument {
    do { return try JSONDocument(body, limits: limits) } catch {
      guard error.code == .syntax, let list = JSONLines.array(body) else { throw error }
      return try JSONDocument(list, limits: limits)
    }
  }

  /// The text as JSON, and what it was written in.
  private static func open(_ body: [UInt8], _ limits: JSONLimits) throws(FormatFailure) -> (JSONDocument, Door) {
    do {
      if let text = try XMLDoor.open(body, maximumBytes: limits.maximumBytes) {
        // What it becomes is longer than what it was.
        return (try JSONDocument(text, limits: JSONLimits(maximumBytes: .max, maximumDepth: 200)), .xml)
      }
      if body.count <= limits.maximumBytes, let text = TextDoor.open(body) {
        return (try JSONDocument(text, limits: JSONLimits(maximumBytes: .max)), .text)
      }
      return (try parse(body, limits), .json)
    } catch let error as JSONError {
      throw FormatFailure(error)
    } catch let failure as FormatFailure {
      throw failure
    } catch {
      throw FormatFailure(.notJSON, "\(error)")
    }
  }

  private static func recognise(_ root: JSONValue, _ door: Door) -> (any Format, version: String)? {
    for format in all where format.door == door {
      if let version = format.recognises(root) { return (format, version) }
    }
    return nil
  }
}

/// A parsed body whose format is known; whether it is valid has still to be asked.
package struct IdentifiedMessage: Sendable {
  package var format: FormatID
  package var version: String
  /// What it is about; nil for what nobody publishes, such as a receipt.
  package var kind: MessageKind?
  package var document: JSONDocument
}

// MARK: Hints that contradict the content

extension FormatCatalogue {
  /// Refuses a media type that no format here uses, without a look at the body.
  private static func refuseForeign(_ contentType: ContentType?) throws(FormatFailure) {
    guard let contentType, !ContentType.general.contains(contentType.mediaType),
      !all.contains(where: { $0.mediaTypes.contains(contentType.mediaType) })
    else { return }
    throw FormatFailure(
      .contentTypeMismatch,
      "content_type is \(quoted(contentType.mediaType)), which no format here has; "
        + "set application/json (application/xml for XML), or leave it out",
      at: .property("content_type"))
  }

  static func compare(
    _ contentType: ContentType?, with format: any Format, _ version: String
  ) throws(FormatFailure) {
    guard let contentType, !ContentType.general.contains(contentType.mediaType) else { return }
    guard format.mediaTypes.contains(contentType.mediaType) else {
      throw FormatFailure(
        .contentTypeMismatch,
        "content_type is \(quoted(contentType.mediaType)), and the body is \(format.title) \(version)",
        at: .property("content_type"))
    }
    if let claimed = contentType.version, claimed != version {
      throw FormatFailure(
        .contentTypeMismatch,
        "content_type says version \(quoted(claimed)), and the body is \(format.title) \(version)",
        at: .property("content_type"))
    }
  }

  /// `bundle` is the general word for what travels on the threat lane, and agrees with each of its kinds.
  static func compare(
    _ hint: String?, with format: any Format, _ kind: MessageKind?
  ) throws(FormatFailure) {
    guard let hint, !hint.isEmpty else { return }
    let content = kind.map { "\(format.id)/\($0.rawValue)" } ?? format.id.slug
    func mismatch(_ end: String) -> FormatFailure {
      FormatFailure(.typeMismatch, "type is \(quoted(hint)), \(end)", at: .property("type"))
    }
    if FormatID(hint) == format.id { return }
    guard let claimed = MessageType(hint) else {
      throw mismatch("which is not of the form <format>/<kind>; by its content the message is \(content)")
    }
    guard claimed.format == format.id else { throw mismatch("and the body is \(format.title): \(content)") }
    guard let kind else { throw mismatch("and the body is \(format.title), which has no kind") }
    let general = (claimed.kind == .bundle || kind == .bundle) && claimed.kind.lane == kind.lane
    if claimed.kind != kind, !general { throw mismatch("and by its content the message is \(content)") }
  }

  private static func unsupported(_ format: any Format, _ version: String) -> FormatFailure {
    let taken = format.versions.map { "\(format.title) \($0)" }.joined(separator: ", ")
    return FormatFailure(
      .unsupportedVersion,
      "this is \(format.title) \(version), and only \(taken) is taken; convert it before you send it")
  }

  private static func unknown(_ root: JSONValue) -> FormatFailure {
    let known = all.map { "\($0.title) \($0.versions[0]) (\($0.id))" }.joined(separator: ", ")
    let found =
      root.kind == .object
      ? "the members at the top belong to no format that is known here"
      : "a message is a JSON object, or XML, and this is neither"
    return FormatFailure(.unknownFormat, "\(found); known are \(known)", at: .pointer(.root))
  }

  /// A property of the sender's, shortened so that it cannot flood a receipt.
  private static func quoted(_ text: String) -> String {
    let kept = text.prefix(80)
    return "'\(kept)\(kept.count < text.count ? "…" : "")'"
  }
}
