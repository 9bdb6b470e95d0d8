package import Contract
package import JSON
package import Partners

/// A format that is taken only from agencies whose files name it: what is not recognised by its content alone.
package protocol PartnerFormat: Format {
  /// The text as JSON; what cannot be opened is no text of this format.
  func open(_ body: [UInt8], maximumBytes: Int) throws(FormatFailure) -> JSONDocument
  /// Whether a document that was opened looks like one that nobody said is one.
  func fits(_ root: JSONValue) -> Bool
}

/// A format that a mapping of the configuration describes.
package struct MappingFormat: PartnerFormat {
  package let mapping: Mapping

  package init(_ mapping: Mapping) { self.mapping = mapping }

  package var id: FormatID { mapping.format }
  package var title: String { mapping.title }
  package var versions: [String] { [mapping.version] }
  package var mediaTypes: [String] {
    switch mapping.text {
    case .json: []
    case .csv: ["text/csv", "text/plain"]
    case .keyValue: ["text/plain"]
    }
  }
  package var markings: Place { mapping.label == nil ? .nowhere : .objects("where its mapping says") }
  package let obligations = Place.envelope(HeaderKeys.obligations)
  package var rules: [Rule] { [Self.required(id)] }
  package var door: Door { mapping.text == .json ? .json : .text }

  /// Never by content alone.
  package func recognises(_ root: JSONValue) -> String? { nil }

  package func open(_ body: [UInt8], maximumBytes: Int) throws(FormatFailure) -> JSONDocument {
    try MappingText.document(body, mapping, maximumBytes: maximumBytes)
  }

  package func fits(_ root: JSONValue) -> Bool {
    guard let list = records(of: root) else { return false }
    guard list.isArray else { return list.isObject && isWhole(list) }
    return list.count > 0 && list.elements.allSatisfy { $0.isObject && isWhole($0) }
  }

  package func findings(_ document: JSONDocument) -> [Finding] {
    let rule = Self.required(id)
    guard let list = records(of: document.root) else {
      return [rule.finding(at: place, "there are no records")]
    }
    let entries = list.isArray ? Array(list.elements) : [list]
    if entries.isEmpty { return [rule.finding(at: place, "there are no records")] }
    var found: [Finding] = []
    for (index, entry) in entries.enumerated() where found.count < 100 {
      let here = list.isArray ? place.appending(index) : place
      for path in mapping.required where !Self.holds(entry, path) {
        found.append(
          rule.finding(at: here, "a record has \(path.pointer.tokens.joined(separator: "/")), and this one has not"))
      }
    }
    return found
  }

  package func kind(of document: JSONDocument) -> MessageKind? { mapping.kind }

  private var place: JSONPointer { mapping.text == .json ? mapping.records : JSONPointer(tokens: ["records"]) }

  private func records(of root: JSONValue) -> JSONValue? { root.at(place) }

  private func isWhole(_ record: JSONValue) -> Bool { mapping.required.allSatisfy { Self.holds(record, $0) } }

  private static func holds(_ record: JSONValue, _ path: MappingPath) -> Bool { record.at(path.pointer) != nil }

  private static func required(_ id: FormatID) -> Rule {
    Rule("\(id)-required", .error, "A record has what its mapping requires.", source: "the mapping, required")
  }
}

/// A format that a program reads or writes; the hub knows nothing of its texts.
package struct ConverterFormat: PartnerFormat {
  package let converter: Converter

  package init(_ converter: Converter) { self.converter = converter }

  package var id: FormatID { converter.format }
  package var title: String { converter.title }
  package var versions: [String] { [converter.version] }
  package let mediaTypes = ["application/xml", "text/xml", "text/plain", "text/csv"]
  package let markings = Place.objects("as its converter reads them")
  package let obligations = Place.envelope(HeaderKeys.obligations)
  package let rules: [Rule] = []
  package var door: Door { .text }

  package func recognises(_ root: JSONValue) -> String? { nil }

  /// The text itself, inside a JSON object: only the program knows what is in it.
  package func open(_ body: [UInt8], maximumBytes: Int) throws(FormatFailure) -> JSONDocument {
    guard !body.isEmpty else { throw FormatFailure(.empty, "the text is empty") }
    guard body.count <= maximumBytes else {
      throw FormatFailure(.tooLarge, "the text has more than \(maximumBytes) bytes")
    }
    guard let text = String(validating: body, as: UTF8.self) else {
      throw FormatFailure(.notUTF8, "a text for a converter is UTF-8")
    }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member(TextDoor.mark, id.slug)
      writer.member("text", text)
    }
    do throws(JSONError) {
      return try JSONDocument(writer.bytes, limits: JSONLimits(maximumBytes: .max))
    } catch {
      throw FormatFailure(error)
    }
  }

  /// Its texts are taken only where the property `type` names the format.
  package func fits(_ root: JSONValue) -> Bool { false }
  package func findings(_ document: JSONDocument) -> [Finding] { [] }
  package func kind(of document: JSONDocument) -> MessageKind? { converter.kind }
}
