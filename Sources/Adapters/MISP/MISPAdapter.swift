package import Contract
package import JSON
package import STIX

/// MISP events, written from STIX.
package struct MISPAdapter: Adapter {
  package let format = FormatID.misp
  package let abilities: Set<AdapterAbility> = [.write]

  package init() {}

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    throw AdapterFailure(.cannotRead, "MISP events are written and not read by this version; send STIX 2.1 instead")
  }

  /// One event with everything that the bundle says and MISP has a place for; the losses name the rest.
  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    guard bundle.objects.contains(where: { !$0.isDefinition }) else {
      throw AdapterFailure(.cannotWrite, "nothing of the message is left to be written as a MISP event")
    }
    var writing = MISPWriting(bundle, terms: terms)
    writing.writeAll()
    return Translation(writing.event.text(), losses: writing.account.losses)
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    throw AdapterFailure(.cannotPrune, "MISP events are not read by this version, so they cannot be reduced")
  }
}
