import Formats
package import JSON
package import STIX
package import Contract

/// Security advisories and VEX documents.
///
/// | of the document                    | in the bundle                                                              |
/// |------------------------------------|----------------------------------------------------------------------------|
/// | `document/publisher`               | an identity, the creator of everything else                                |
/// | `document`                         | a report that names all                                                    |
/// | products of the tree               | software                                                                   |
/// | product groups                     | groupings                                                                  |
/// | vulnerabilities                    | vulnerabilities; statuses, scores, flags and threats in our extension      |
/// | remediations                       | courses of action, and that they mitigate the vulnerability                |
/// | references                         | external references                                                        |
/// | the label of distribution          | the marking of all objects                                                 |
package struct CSAFAdapter: Adapter {
  package let format = FormatID.csaf
  package let abilities: Set<AdapterAbility> = [.read, .write, .prune]

  package init() {}

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    let reading = try CSAFReading(document.root, origin)
    return Translation(try reading.read(), residue: CSAFFormat.unknownMembers(of: document))
  }

  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    var writing = CSAFWriting(bundle, terms)
    return try writing.write()
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    let pruning = NativePruning(
      format: CSAFFormat(), noun: "a CSAF document",
      isSkeleton: { !["vulnerability", "course-of-action", "relationship"].contains($0.type) }, read: again)
    return try pruning.prune(
      document, bundle: bundle, keeping: keeping, replacing: replacing,
      residue: CSAFFormat.unknownMembers(of: document))
  }
}
