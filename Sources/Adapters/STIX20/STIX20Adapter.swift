package import Contract
import Formats
package import JSON
package import STIX

/// STIX 2.0, read as the STIX 2.1 that it becomes; nobody gets it.
package struct STIX20Adapter: Adapter {
  package let format = FormatID.stix20
  package let abilities: Set<AdapterAbility> = [.read]

  package init() {}

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    let upgrade = STIX20Upgrade(document)
    guard let upgraded = upgrade.document else {
      throw AdapterFailure(.unreadable, "the bundle has no list of objects", at: .root)
    }
    do throws(STIXError) {
      let bundle = try STIXBundle(reading: upgraded, sources: upgrade.sources.map { [$0] })
      let losses = upgrade.changes.map { change in
        Loss(change.isLost ? .meaning : .information, at: change.place, what: change.what, why: change.why)
      }
      let known: Set = ["type", "id", "spec_version", "objects"]
      let residue = document.root.members.map(\.key).filter { !known.contains($0) }.map {
        JSONPointer(tokens: [$0])
      }
      return Translation(bundle, losses: losses, residue: residue)
    } catch {
      throw AdapterFailure(.unreadable, error.message, at: upgrade.source(of: error.pointer))
    }
  }

  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    throw AdapterFailure(.cannotWrite, "STIX 2.0 is read only: whoever takes STIX gets STIX 2.1")
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    throw AdapterFailure(.cannotPrune, "STIX 2.0 is read only: whoever takes STIX gets STIX 2.1")
  }
}
