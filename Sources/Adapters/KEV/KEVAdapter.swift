package import Contract
import Formats
package import JSON
package import STIX

/// CISA's catalogue of known exploited vulnerabilities, whole, in part, or one entry.
///
/// An entry becomes a vulnerability, with the action that is required as a course of action that mitigates it; the
/// catalogue becomes a report. What STIX has no property for stands in our extension.
package struct KEVAdapter: Adapter {
  package let format = FormatID.kev
  package let abilities: Set<AdapterAbility> = [.read, .write, .prune]

  package init() {}

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    let reading = KEVReading(document.root, origin)
    return Translation(try reading.read(), residue: Self.residue(of: document.root))
  }

  /// Only what came out of a catalogue goes back into one: its entries say what CISA requires, which nobody else can.
  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    var writing = KEVWriting(bundle: bundle, terms: terms)
    return try writing.write()
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    var pruning = NativePruning(
      format: KEVFormat(), noun: "a KEV catalogue", isSkeleton: { $0.type == "report" }, read: again)
    pruning.finish = { root, edits in
      guard let list = root["vulnerabilities"] else { return }
      let place = JSONPointer(tokens: ["vulnerabilities"])
      let left = (0..<list.count).count { !edits.gone.contains(place.appending($0)) }
      edits.set(JSONPointer(tokens: ["count"]), Array(String(left).utf8), orRemove: JSONPointer(tokens: ["count"]))
    }
    return try pruning.prune(
      document, bundle: bundle, keeping: keeping, replacing: replacing, residue: Self.residue(of: document.root))
  }

  static let catalogueFields: Set<String> = ["title", "catalogVersion", "dateReleased", "count", "vulnerabilities"]
  static let entryFields: Set<String> = [
    "cveID", "vendorProject", "product", "vulnerabilityName", "dateAdded", "shortDescription", "requiredAction",
    "dueDate", "knownRansomwareCampaignUse", "notes", "cwes",
  ]

  static func residue(of root: JSONValue) -> [JSONPointer] {
    func unknown(_ value: JSONValue, _ known: Set<String>, _ place: JSONPointer) -> [JSONPointer] {
      value.members.map(\.key).filter { !known.contains($0) }.map { place.appending($0) }
    }
    guard root["cveID"] == nil else { return unknown(root, entryFields, .root) }
    var found = unknown(root, catalogueFields, .root)
    for (index, entry) in (root["vulnerabilities"]?.elements.map { $0 } ?? []).enumerated() {
      found += unknown(entry, entryFields, JSONPointer(tokens: ["vulnerabilities", String(index)]))
    }
    return found
  }
}
