package import Contract
import JSON
package import Partners

/// The formats of one exchange: those of the catalogue, and those that are taken only from agencies that name them.
package struct ExchangeFormats: Sendable {
  package let partners: [any PartnerFormat]

  /// The catalogue alone.
  package static let builtIn = ExchangeFormats(PartnerDescriptions())

  package init(_ descriptions: PartnerDescriptions) {
    guard !descriptions.isEmpty else {
      partners = Self.always
      return
    }
    partners =
      Self.always
      + descriptions.mappings.values.sorted { $0.format < $1.format }.map { MappingFormat($0) }
      + descriptions.converters.values.sorted { $0.format < $1.format }.map { ConverterFormat($0) }
  }

  private static let always: [any PartnerFormat] = [STIX20Format()]

  package var all: [any Format] { FormatCatalogue.all + partners.map { $0 as any Format } }

  package func format(_ id: FormatID) -> (any Format)? { FormatCatalogue.format(id) ?? partner(id) }

  private func partner(_ id: FormatID) -> (any PartnerFormat)? { partners.first { $0.id == id } }

  /// As ``FormatCatalogue/identify(_:contentType:hint:maximumBytes:)``, and for a sender of partners' formats these too:
  /// where the property `type` names one, or where the content is nothing else and fits one of them.
  package func identify(
    _ body: [UInt8], contentType: String?, hint: String?, sends: [FormatID],
    maximumBytes: Int = JSONLimits().maximumBytes
  ) throws(FormatFailure) -> IdentifiedMessage {
    let candidates = partners.filter { sends.contains($0.id) }
    if let named = hint.flatMap({ FormatID($0) ?? MessageType($0)?.format }),
      let format = candidates.first(where: { $0.id == named })
    {
      return try identify(body, as: format, contentType, hint, maximumBytes)
    }
    let failure: FormatFailure
    do throws(FormatFailure) {
      return try FormatCatalogue.identify(body, contentType: contentType, hint: hint, maximumBytes: maximumBytes)
    } catch {
      failure = error
    }
    guard !candidates.isEmpty, Self.mayBeAPartners.contains(failure.cause) else { throw failure }
    if let hint, !hint.isEmpty {
      return try identify(body, older: hint, candidates, contentType, maximumBytes, failure)
    }
    var fitting: [IdentifiedMessage] = []
    var words = failure.message
    for format in candidates {
      do throws(FormatFailure) {
        let identified = try identify(body, as: format, contentType, nil, maximumBytes)
        if format.fits(identified.document.root) { fitting.append(identified) }
      } catch {
        words += "; as \(format.id): \(error.message)"
      }
    }
    if fitting.count > 1 {
      let names = fitting.map(\.format.slug).joined(separator: ", ")
      throw FormatFailure(
        .unknownFormat, "this could be \(names); name one of them in the property type", at: .property("type"))
    }
    if let one = fitting.first { return one }
    throw FormatFailure(failure.cause, words, at: failure.location)
  }

  /// A text that is known to be of this format.
  package func identify(
    _ body: [UInt8], as id: FormatID, maximumBytes: Int
  ) throws(FormatFailure) -> IdentifiedMessage {
    guard let format = partner(id) else {
      return try FormatCatalogue.identify(body, contentType: nil, hint: nil, maximumBytes: maximumBytes)
    }
    return try identify(body, as: format, nil, nil, maximumBytes)
  }

  /// Everything wrong with a message by the schema and the rules of its format.
  package func findings(in message: IdentifiedMessage, strict: Bool = false) -> [Finding] {
    format(message.format)?.findings(message.document, strict: strict) ?? []
  }

  /// Only the errors among them: a message without any can be taken.
  package func errors(in message: IdentifiedMessage) -> [Finding] {
    format(message.format)?.errors(message.document) ?? []
  }

  /// Who may send STIX 2.0 calls it STIX.
  private func identify(
    _ body: [UInt8], older hint: String, _ candidates: [any PartnerFormat], _ contentType: String?,
    _ maximumBytes: Int, _ failure: FormatFailure
  ) throws(FormatFailure) -> IdentifiedMessage {
    guard failure.cause == .unsupportedVersion, let older = candidates.first(where: { $0.id == .stix20 }),
      (FormatID(hint) ?? MessageType(hint)?.format) == .stix
    else { throw failure }
    let kind = MessageType(hint).map { MessageType(format: .stix20, kind: $0.kind).description }
    return try identify(body, as: older, contentType, kind, maximumBytes)
  }

  private func identify(
    _ body: [UInt8], as format: any PartnerFormat, _ contentType: String?, _ hint: String?, _ maximumBytes: Int
  ) throws(FormatFailure) -> IdentifiedMessage {
    let document = try format.open(body, maximumBytes: maximumBytes)
    let kind = format.kind(of: document)
    try FormatCatalogue.compare(ContentType(contentType), with: format, format.versions[0])
    try FormatCatalogue.compare(hint, with: format, kind)
    return IdentifiedMessage(format: format.id, version: format.versions[0], kind: kind, document: document)
  }

  /// What a text of a partner's is for those who do not know its format.
  private static let mayBeAPartners: Set<FormatFailure.Cause> = [
    .notJSON, .notXML, .unknownFormat, .unsupportedVersion, .contentTypeMismatch,
  ]
}
