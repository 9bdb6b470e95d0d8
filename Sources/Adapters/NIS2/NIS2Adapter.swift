package import Contract
package import JSON
package import STIX

/// NIS2 reports: read into an incident with its regulatory fields, and reduced in their own format.
package struct NIS2Adapter: Adapter {
  package let format = FormatID.nis2
  package let abilities: Set<AdapterAbility> = [.read, .prune]

  package init() {}

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    let reading = try NIS2Reading(document.root, origin: origin)
    return Translation(try reading.bundle(), residue: reading.fields.residue)
  }

  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    throw AdapterFailure(
      .cannotWrite, "NIS2 reports are not written from STIX by this version; deliver STIX or MISP instead")
  }
}
