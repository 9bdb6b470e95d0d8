import Formats
package import JSON
package import STIX

extension NIS2Adapter {
  package func source(of pointer: JSONPointer, in object: STIXObject, of document: JSONDocument) -> PropertySource {
    RegulatoryPlaces(root: document.root, partyName: "name").source(of: pointer, in: object)
  }

  /// The report without the indicators that may not be shared, with what is replaced, and without residue.
  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    let residue = try NIS2Reading.residue(of: document.root)
    return try RegulatoryPruning(report: "a NIS2 report", format: NIS2Format()).prune(
      document, bundle: bundle, keeping: keeping, replacing: replacing, residue: residue)
  }
}
