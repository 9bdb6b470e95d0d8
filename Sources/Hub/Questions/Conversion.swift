package import Adapters
package import Contract
import Crypto
import Formats
package import JSON
package import Partners
package import STIX

/// A document translated from one format into another, with what that cost.
package struct Conversion: Sendable {
  package let output: [UInt8]
  package let from: FormatID
  package let losses: [Loss]
  /// Places of the document that were not read, and are not in the output.
  package let residue: [JSONPointer]
  /// Where each value of the output came from; made when it is asked for.
  private let trace: @Sendable () -> Provenance?

  /// Why a document cannot be converted.
  package enum Refusal: Error, Sendable {
    /// It is no valid document; what is wrong with it.
    case invalid(CheckedDocument)
    /// It cannot be read into, or written from, the canonical.
    case impossible(String)
  }

  /// Where a document is taken to come from: what stands in for times and ids that its format lacks.
  package struct Source: Sendable {
    package var sender: AgencyID?
    package var messageID: String?
    package var at: Instant?
    /// The label of a document that has none; nobody said that everybody may have it.
    package var unlabelled: TLP

    package init(
      sender: AgencyID? = nil, messageID: String? = nil, at: Instant? = nil, unlabelled: TLP = .amberStrict
    ) {
      self.sender = sender
      self.messageID = messageID
      self.at = at
      self.unlabelled = unlabelled
    }

    /// Nobody's slug in the making of ids, where no sender is named.
    fileprivate static let nobody = AgencyID("unknown")!

    /// What is not given comes from the document: the hash of its bytes, and the latest time in it.
    fileprivate func origin(of document: JSONDocument) -> Origin {
      Origin(
        sender: sender ?? Self.nobody, messageID: messageID ?? "sha256-" + Hex.text(SHA256.hash(data: document.text)),
        acceptedAt: at ?? LatestTime.of(document.root) ?? Instant(milliseconds: 0))
    }
  }

  /// Validates, reads and writes.
  ///
  /// - Parameters:
  ///   - format: what the document is said to be; nil recognises it.
  ///   - partners: the formats of a configuration.
  package init(
    of body: [UInt8], named name: String, from format: FormatID?, to target: FormatID, source: Source = Source(),
    maximumBytes: Int = CheckedDocument.maximumBytes, partners: PartnerDescriptions = PartnerDescriptions()
  ) throws(Refusal) {
    let checked = CheckedDocument(name, checking: body, as: format, maximumBytes: maximumBytes, partners: partners)
    guard checked.isValid,
      let identified = try? ExchangeFormats(partners).identify(
        body, asked: format, partners, maximumBytes: maximumBytes)
    else { throw .invalid(checked) }
    let reader = try Self.adapter(identified.format, able: .read, partners)
    let writer = try Self.adapter(target, able: .write, partners)
    let origin = source.origin(of: identified.document)
    do throws(AdapterFailure) {
      let read = try reader.read(identified.document, origin: origin)
      let strictest = read.output.objects.compactMap(\.markings.strictest).max()
      let terms = OutgoingTerms(
        tlp: strictest ?? source.unlabelled, sender: source.sender, acceptedAt: origin.acceptedAt)
      let written = try writer.write(read.output, terms: terms)
      output = written.output
      losses = read.losses + written.losses
      residue = read.residue
      from = identified.format
      let document = identified.document
      trace = {
        guard let output = try? JSONDocument(written.output, limits: JSONLimits(maximumBytes: .max)) else { return nil }
        return Provenance(of: output, by: writer, from: read.output, of: document, by: reader, origin: origin)
      }
    } catch {
      let place = error.location.map { $0.tokens.isEmpty ? "" : " (at \($0))" } ?? ""
      throw .impossible("It cannot be converted into \(target): \(error.message)\(place).")
    }
    let result = CheckedDocument("the output", checking: output, as: target, maximumBytes: .max, partners: partners)
    guard result.isValid else {
      throw .impossible(
        "What was written is no valid \(target): " + (result.remarks.first { $0.severity == .error }?.message ?? ""))
    }
  }

  /// Reads a partner's own format by its mapping, and writes it.
  package init(
    of body: [UInt8], by page: MappingPage, to target: FormatID, source: Source = Source()
  ) throws(Refusal) {
    let writer = try Self.adapter(target, able: .write, PartnerDescriptions())
    let origin = Origin(
      sender: source.sender ?? Source.nobody,
      messageID: source.messageID ?? "sha256-" + Hex.text(SHA256.hash(data: body)),
      acceptedAt: source.at ?? Instant(milliseconds: 0))
    do throws(AdapterFailure) {
      let read = try MappingAdapter(page.mapping).read(body, origin: origin)
      let strictest = read.output.objects.compactMap(\.markings.strictest).max()
      let terms = OutgoingTerms(
        tlp: strictest ?? source.unlabelled, sender: source.sender, acceptedAt: origin.acceptedAt)
      let written = try writer.write(read.output, terms: terms)
      output = written.output
      losses = written.losses
      residue = read.residue
      from = page.mapping.format
      trace = { nil }
    } catch {
      let place = error.location.map { $0.tokens.isEmpty ? "" : " (at \($0))" } ?? ""
      throw .impossible("It cannot be converted into \(target): \(error.message)\(place).")
    }
    let result = CheckedDocument("the output", checking: output, as: target, maximumBytes: .max)
    guard result.isValid else {
      throw .impossible(
        "What was written is no valid \(target): " + (result.remarks.first { $0.severity == .error }?.message ?? ""))
    }
  }

  private static func adapter(
    _ format: FormatID, able ability: AdapterAbility, _ partners: PartnerDescriptions
  ) throws(Refusal) -> any Adapter {
    let adapters = ExchangeAdapters(partners)
    if let adapter = adapters.adapter(for: format), adapter.abilities.contains(ability) { return adapter }
    let able = adapters.all.filter { $0.abilities.contains(ability) }.map { $0.format.slug }
    let word = ability == .read ? "read" : "written"
    throw .impossible("The format \(format) cannot be \(word) here; those that can: \(able.joined(separator: ", ")).")
  }
}

extension Conversion {
  /// The losses and the residue as lines; nothing where nothing is lost.
  package func lines(width: Int = PlainText.width, limit: Int = 30) -> [String] {
    var lines: [String] = []
    for loss in losses.sorted(by: { $0.severity > $1.severity }).prefix(limit) {
      let place = loss.location.tokens.isEmpty ? "" : " at \(loss.location)"
      lines += "\(loss.what)\(place): \(loss.why)".printable.cut(to: 400)
        .under("lost (\(loss.severity.rawValue))  ", width: width)
    }
    if losses.count > limit { lines.append("and \(PlainText.count(losses.count - limit, "more loss", "more losses"))") }
    for place in residue.prefix(limit) { lines += place.description.printable.under("not read  ", width: width) }
    if residue.count > limit { lines.append("and \(PlainText.count(residue.count - limit, "more place")) not read") }
    return lines
  }

  /// The losses and the residue as one JSON object.
  package func encodedLosses() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { report in
      report.member("losses") { list in
        list.array { list in
          for loss in losses {
            list.object { item in
              item.member("severity", loss.severity.rawValue)
              item.member("location", loss.location.description)
              item.member("what", loss.what)
              item.member("why", loss.why)
            }
          }
        }
      }
      report.member("residue", residue.map(\.description))
    }
    return writer.bytes
  }
}

extension Conversion {
  /// Where each value of the output came from.
  package var provenance: [Provenance.Entry] { trace()?.entries ?? [] }

  /// Where each value of the output came from: one line each.
  package func explanation() -> [String] {
    func text(_ places: [JSONPointer]) -> String {
      let more = places.count > 1 ? " and \(PlainText.count(places.count - 1, "more place"))" : ""
      return (places.first?.description ?? "-").printable + more
    }
    let lines = provenance.map { entry in
      "\(entry.output.description.printable)  \(entry.basis.rawValue)  \(text(entry.canonical))  \(text(entry.source))"
    }
    return ["in the output  how  in the canonical  in the \(from) document"] + lines + [
      "says: read again, it says what stands there. follows: it follows from what stands there.",
      "same-text: found by its text. added: by the format, its terms or the adapter.",
    ]
  }

  /// The same as one JSON object.
  package func encodedExplanation() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { report in
      report.member("from", from.slug)
      report.member("values") { list in
        list.array { list in
          for entry in provenance {
            list.object { item in
              item.member("output", entry.output.description)
              item.member("how", entry.basis.rawValue)
              item.member("canonical", entry.canonical.map(\.description))
              item.member("source", entry.source.map(\.description))
            }
          }
        }
      }
    }
    return writer.bytes
  }
}

/// The latest time that a document speaks of: RFC 3339 in UTC, and MISP's seconds since 1970.
private enum LatestTime {
  static func of(_ value: JSONValue) -> Instant? { latest(value, key: "") }

  private static func latest(_ value: JSONValue, key: String) -> Instant? {
    switch value.kind {
    case .object: value.members.lazy.compactMap { latest($0.value, key: $0.key) }.max()
    case .array: value.elements.lazy.compactMap { latest($0, key: key) }.max()
    case .string, .integer: moment(value, key: key)
    default: nil
    }
  }

  private static func moment(_ value: JSONValue, key: String) -> Instant? {
    if key.hasSuffix("timestamp"), let seconds = value.integer ?? value.string.flatMap({ Int64($0) }) {
      // Four digits of a year at most.
      return (0..<253_402_300_800).contains(seconds) ? Instant(milliseconds: seconds * 1000) : nil
    }
    return value.string.flatMap { Timestamp($0) }?.instant
  }
}
