package import JSON
package import STIX

extension NIS2Adapter {
  /// The report without the indicators that may not be shared, and without residue.
  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    let residue = try NIS2Reading.residue(of: document.root)
    return try RegulatoryPruning(report: "a NIS2 report").prune(
      document, bundle: bundle, keeping: keeping, replacing: replacing, residue: residue)
  }
}
