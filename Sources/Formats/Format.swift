package import Contract
package import JSON

/// A format that messages come in: how it is recognised, what is asked of it, and what it can carry.
///
/// A format is one folder here, one in `Schemas/`, and one line of `FormatCatalogue`.
package protocol Format: Sendable {
  var id: FormatID { get }
  /// Its name as people write it: `STIX`.
  var title: String { get }
  /// The versions that are taken, newest first.
  var versions: [String] { get }
  /// The media types of its own, in lower case and without parameters, beside those that all formats share.
  var mediaTypes: [String] { get }
  /// Where a document of this format carries its marking.
  var markings: Place { get }
  /// Where a document of this format carries obligations.
  var obligations: Place { get }
  /// The rules beyond the schema.
  var rules: [Rule] { get }

  /// What its texts are written in.
  var door: Door { get }

  /// The version that a document claims to be of, taken or not; nil where it is no document of this format.
  func recognises(_ root: JSONValue) -> String?
  /// Everything wrong with a document by schema and rules; empty for a good one.
  func findings(_ document: JSONDocument) -> [Finding]
  /// Only the errors among them, for whoever asks nothing but whether a document can be taken.
  func errors(_ document: JSONDocument) -> [Finding]
  /// Makes ready what judging takes: schemas are compiled at first use, and whoever came first would wait for it.
  func prepare()
  /// What the document is about, derived from its content; nil for what nobody publishes, such as a receipt.
  func kind(of document: JSONDocument) -> MessageKind?
}

/// Where a format carries something that it was not made for.
package enum Place: Sendable, Equatable, CustomStringConvertible {
  /// On each object, as described.
  case objects(String)
  /// Once, on the document as a whole, as described.
  case document(String)
  /// Not in the document, but in a header of the delivery.
  case envelope(String)
  case nowhere

  package var description: String {
    switch self {
    case .objects(let how): "on each object: \(how)"
    case .document(let how): "on the document: \(how)"
    case .envelope(let header): "in the header \(header)"
    case .nowhere: "nowhere"
    }
  }
}

/// What a text is written in. Behind the door it is JSON, whatever it was.
package enum Door: Sendable, Equatable {
  case json, xml, text
}

extension Format {
  package var door: Door { .json }

  /// Judges next to nothing.
  package func prepare() {
    if let nothing = try? JSONDocument(Array("{}".utf8)) { _ = errors(nothing) }
  }

  package func errors(_ document: JSONDocument) -> [Finding] { findings(document).filter { $0.severity == .error } }

  /// As `findings(_:)`; with `strict`, a warning counts as an error.
  package func findings(_ document: JSONDocument, strict: Bool) -> [Finding] {
    let found = findings(document)
    guard strict else { return found }
    return found.map { finding in
      var finding = finding
      finding.severity = .error
      return finding
    }
  }
}
