package import Contract
package import JSON
package import STIX

/// MISP events: read into STIX, written from it, and reduced in their own format.
package struct MISPAdapter: Adapter {
  package let format = FormatID.misp
  package let abilities: Set<AdapterAbility> = [.read, .write, .prune]

  package init() {}

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    let reading = MISPReading(origin: origin)
    let bundle = try reading.read(document.root)
    return Translation(bundle, residue: reading.residue.places)
  }

  /// One event with everything that the bundle says and MISP has a place for; the losses name the rest.
  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    guard bundle.objects.contains(where: { !$0.isDefinition }) else {
      throw AdapterFailure(.cannotWrite, "nothing of the message is left to be written as a MISP event")
    }
    let writing = MISPWriting(bundle, terms: terms)
    writing.writeAll()
    return Translation(writing.event.text(), losses: writing.account.losses)
  }
}
