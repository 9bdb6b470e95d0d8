package import Contract
import Formats
package import JSON
package import STIX

/// Incident reports and indicators in IODEF 2, as XML (RFC 7970).
///
/// | of the document                        | in the bundle                                                      |
/// |----------------------------------------|--------------------------------------------------------------------|
/// | `Incident`                             | an incident with Incident Core                                     |
/// | `Contact`                              | identities; the creator made everything else                       |
/// | `EventData`                            | observed data about the addresses, names, hashes and accounts in it |
/// | `Indicator`                            | an indicator with a pattern; `x-iodef-indicator` where STIX has none |
/// | `Method`: vulnerabilities, patterns    | vulnerabilities and attack patterns                                |
/// | `RelatedActivity`: actors, campaigns   | threat actors and campaigns                                        |
/// | `restriction`                          | markings                                                           |
///
/// Everything else stays under its own name in our extension.
package struct IODEFAdapter: Adapter {
  package let format = FormatID.iodef
  package let abilities: Set<AdapterAbility> = [.read, .write, .prune]
  package var naturalLosses: [NaturalLoss] { IODEFLosses.all }

  package init() {}

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    try IODEFReading.translate(document.root, origin)
  }

  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    var writing = IODEFWriting(bundle, terms)
    return try writing.write(asXML: true)
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    let pruned = try IODEFPruning.prune(document, bundle: bundle, keeping: keeping, replacing: replacing)
    guard let left = try? JSONDocument(pruned.output, limits: JSONLimits(maximumBytes: .max, maximumDepth: 200)) else {
      throw AdapterFailure(.cannotPrune, "what is left of an IODEF document is no JSON")
    }
    return Translation(try IODEFWriting.xml(left.root, .cannotPrune).output, losses: pruned.losses)
  }
}

/// The same as JSON (RFC 8727).
package struct IODEFJSONAdapter: Adapter {
  package let format = FormatID.iodefJSON
  package let abilities: Set<AdapterAbility> = [.read, .write, .prune]
  package var naturalLosses: [NaturalLoss] { IODEFLosses.all }

  package init() {}

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    try IODEFReading.translate(document.root, origin)
  }

  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    var writing = IODEFWriting(bundle, terms)
    return try writing.write(asXML: false)
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    try IODEFPruning.prune(document, bundle: bundle, keeping: keeping, replacing: replacing)
  }
}

enum IODEFPruning {
  static func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    let pruning = NativePruning(
      format: IODEFJSONFormat(), noun: "an IODEF document", isSkeleton: { _ in false },
      read: { IODEFJSONAdapter().again($0) })
    return try pruning.prune(
      document, bundle: bundle, keeping: keeping, replacing: replacing,
      residue: IODEFMembers.unknown(in: document.root))
  }
}

enum IODEFLosses {
  static let noPlace = "an IODEF document has no place for it"
  static let part = "this part of an IODEF document has no place for it"
  static let markings = "an IODEF document carries one label for each part and nothing else"

  static let all = [
    NativeLosses.markings(markings),
    NaturalLoss(
      .meaning,
      "objects beside incidents, indicators of simple values, observed data, vulnerabilities, techniques, actors and campaigns",
      why: noPlace),
    NaturalLoss(.meaning, "what these say beside names, texts, times and values", why: part),
  ]
}

/// The words of `restriction`.
enum IODEFRestriction {
  /// The label of a part: its own, or that of what it stands in where that is stricter.
  ///
  /// Of an incident nothing said is private, as the standard has it; `default` leaves it to the parties.
  static func tlp(_ value: JSONValue, within outer: TLP?, isIncident: Bool = false) -> TLP? {
    let own: TLP?
    switch value["restriction"]?.string {
    case nil: own = isIncident ? .red : nil
    case "default": own = nil
    case "public", "white": own = .clear
    case "partner", "green": own = .green
    case "need-to-know", "amber": own = .amber
    case "ext-value": own = value["ext-restriction"]?.string.flatMap { TLP(label: $0) } ?? .red
    default: own = .red
    }
    return [own, outer].compactMap(\.self).max()
  }

  static func write(_ tlp: TLP, to writer: inout JSONWriter) {
    switch tlp {
    case .clear: writer.member("restriction", "white")
    case .green: writer.member("restriction", "green")
    case .amber: writer.member("restriction", "amber")
    case .amberStrict:
      writer.member("restriction", "ext-value")
      writer.member("ext-restriction", tlp.label)
    case .red: writer.member("restriction", "red")
    }
  }
}
