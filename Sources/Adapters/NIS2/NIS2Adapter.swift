package import Contract
package import JSON
package import STIX

/// NIS2 reports: read into an incident with its regulatory fields, written from one, and reduced in their own format.
package struct NIS2Adapter: Adapter {
  package let format = FormatID.nis2
  package let abilities: Set<AdapterAbility> = [.read, .write, .prune]

  package init() {}

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    let reading = try NIS2Reading(document.root, origin: origin)
    return Translation(try reading.bundle(), residue: reading.fields.residue)
  }
}
