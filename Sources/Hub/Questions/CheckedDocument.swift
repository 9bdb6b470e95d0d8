import Adapters
package import Contract
package import Formats
import JSON
package import Partners

/// What the schemas and rules say of one document: the answer of `validate`.
package struct CheckedDocument: Sendable, Equatable {
  /// One thing that is wrong, or could be better.
  package struct Remark: Sendable, Equatable {
    package var severity: Finding.Severity
    package var rule: String
    /// A JSON Pointer, or `line:column` where the text is no JSON; empty for the document as a whole.
    package var location: String
    package var message: String
  }

  /// The most bytes that are looked at where nobody asks for more.
  package static let maximumBytes = 256 << 20

  /// What the document is called, as the asker named it.
  package let name: String
  /// Nil where it was not recognised.
  package private(set) var format: FormatID?
  package private(set) var version: String?
  /// What it holds, in a few words: `1,826 objects`.
  package private(set) var content: String?
  /// The first ones, errors before warnings.
  package private(set) var remarks: [Remark] = []
  /// How many more there are: a hostile document has no end of them.
  package private(set) var omitted = 0

  private static let mostRemarks = 1000

  /// Checks a text.
  ///
  /// - Parameters:
  ///   - format: the format that it should be of; nil recognises it.
  ///   - strict: warnings count as errors.
  ///   - partners: the formats of a configuration, which are recognised too.
  package init(
    _ name: String, checking body: [UInt8], as format: FormatID? = nil, strict: Bool = false,
    maximumBytes: Int = CheckedDocument.maximumBytes, partners: PartnerDescriptions = PartnerDescriptions()
  ) {
    self.name = name
    let formats = ExchangeFormats(partners)
    do throws(FormatFailure) {
      let identified = try formats.identify(body, asked: format, partners, maximumBytes: maximumBytes)
      self.format = identified.format
      version = identified.version
      if let format, format != identified.format {
        remarks = [Self.mismatch(identified, asked: format)]
        return
      }
      content = Self.content(of: identified)
      var findings = formats.findings(in: identified, strict: strict)
      if partners.formats.contains(identified.format), !findings.contains(where: { $0.severity == .error }) {
        findings += Self.readingFaults(identified, partners)
      }
      take(findings)
    } catch {
      guard error.cause == .unknownFormat, let format, let asked = FormatCatalogue.format(format),
        let document = try? JSONDocument(body, limits: JSONLimits(maximumBytes: maximumBytes))
      else {
        remarks = [Remark(error)]
        return
      }
      // Not recognised, and the asker knows better: what keeps it from being one says more than that it is none.
      self.format = format
      take(asked.findings(document, strict: strict))
      if isValid { remarks.append(Remark(error)) }
    }
  }

  /// Whether a description takes a text shows only when it is read.
  private static func readingFaults(_ message: IdentifiedMessage, _ partners: PartnerDescriptions) -> [Finding] {
    guard let adapter = ExchangeAdapters(partners).adapter(for: message.format), adapter.abilities.contains(.read)
    else {
      return []
    }
    do throws(AdapterFailure) {
      _ = try adapter.read(message.document, origin: try .anyone())
      return []
    } catch {
      return [
        Finding(.error, rule: "\(message.format)-read", location: error.location ?? .root, message: error.message)
      ]
    }
  }

  private mutating func take(_ findings: [Finding]) {
    for severity in [Finding.Severity.error, .warning] {
      let room = Self.mostRemarks - remarks.count
      remarks += findings.lazy.filter { $0.severity == severity }.prefix(room).map(Remark.init)
    }
    omitted = findings.count - remarks.count
  }

  /// A document that could not be read at all.
  package init(_ name: String, unreadable reason: String) {
    self.name = name
    remarks = [Remark(severity: .error, rule: "unreadable", location: "", message: reason)]
  }

  package var isValid: Bool { !remarks.contains { $0.severity == .error } }

  /// One line, and beneath it what was found: `ok   stix 2.1  FILE (1,826 objects)`.
  ///
  /// - Parameter limit: how many findings are shown.
  package func lines(width: Int = PlainText.width, limit: Int = 20) -> [String] {
    let kind = [format?.slug, version].compactMap { $0 }.joined(separator: " ")
    let head = [isValid ? "ok " : "bad", kind, name].filter { !$0.isEmpty }.joined(separator: "  ").printable
    var lines = [head + (content.map { " (\($0))" } ?? "")]
    for remark in remarks.prefix(limit) {
      let place = remark.location.isEmpty ? "the whole" : remark.location.printable
      lines.append("  \(remark.severity.rawValue)  \(place.cut(to: width))  \(remark.rule)")
      lines += remark.message.printable.under("         ", width: width)
    }
    let more = omitted + max(0, remarks.count - limit)
    if more > 0 { lines.append("  and \(PlainText.grouped(more)) more; --json shows up to 1,000") }
    return lines
  }

  /// One line of JSON: `file`, `format`, `valid`, `findings`; where there is no end of these, how many were `omitted`.
  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { line in
      line.member("file", name)
      line.key("format")
      if let format { line.string(format.slug) } else { line.null() }
      line.member("valid", isValid)
      line.key("findings")
      line.array { list in
        for remark in remarks {
          list.object { item in
            item.member("severity", remark.severity.rawValue)
            item.member("rule", remark.rule)
            item.member("location", remark.location)
            item.member("message", remark.message)
          }
        }
      }
      if omitted > 0 { line.member("omitted", omitted) }
    }
    return writer.bytes
  }

  private static func mismatch(_ identified: IdentifiedMessage, asked: FormatID) -> Remark {
    Remark(
      severity: .error, rule: FormatFailure.Cause.typeMismatch.rawValue, location: "",
      message: "this is \(identified.format) \(identified.version), and \(asked) was asked for")
  }

  private static func content(of message: IdentifiedMessage) -> String? {
    let root = message.document.root
    switch message.format {
    case .stix:
      guard root["type"]?.isString("bundle") ?? false else { return root["type"]?.string?.printable.cut(to: 60) }
      return PlainText.count(root["objects"]?.count ?? 0, "object")
    case .misp:
      let event = root["Event"]
      let attributes = PlainText.count(event?["Attribute"]?.count ?? 0, "attribute")
      let objects = event?["Object"]?.count ?? 0
      return objects == 0 ? attributes : "\(attributes), \(PlainText.count(objects, "object"))"
    default: return message.kind?.rawValue
    }
  }
}

extension ExchangeFormats {
  /// What a text is, for somebody who may know it: STIX 2.0 is one where it is asked for.
  func identify(
    _ body: [UInt8], asked: FormatID?, _ partners: PartnerDescriptions, maximumBytes: Int
  ) throws(FormatFailure) -> IdentifiedMessage {
    if let asked, asked == .stix20 || partners.formats.contains(asked) {
      return try identify(body, as: asked, maximumBytes: maximumBytes)
    }
    return try identify(
      body, contentType: nil, hint: nil, sends: partners.formats, maximumBytes: maximumBytes)
  }
}

extension CheckedDocument.Remark {
  package init(_ finding: Finding) {
    self.init(
      severity: finding.severity, rule: finding.rule, location: finding.location.description, message: finding.message)
  }

  package init(_ failure: FormatFailure) {
    self.init(
      severity: .error, rule: failure.cause.rawValue, location: failure.location.description, message: failure.message)
  }
}
