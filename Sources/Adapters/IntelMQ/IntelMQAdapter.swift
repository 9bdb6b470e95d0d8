package import Contract
import Formats
package import JSON
package import STIX

/// Events of IntelMQ, alone or in batches.
package struct IntelMQAdapter: Adapter {
  package let format = FormatID.intelmq
  package let abilities: Set<AdapterAbility> = [.read, .write, .prune]

  package init() {}

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    let reading = IntelMQReading(reading: NativeReading(.intelmq, origin))
    return Translation(try reading.read(document.root), residue: Self.residue(of: document.root))
  }

  /// One event as an object; several as JSON lines.
  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    var writing = CSIRTEventWriting(bundle, terms, IntelMQDialect())
    return try writing.write()
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    let pruning = NativePruning(
      format: IntelMQFormat(), noun: "a batch of events", isSkeleton: { _ in false }, read: again)
    return try pruning.prune(
      document, bundle: bundle, keeping: keeping, replacing: replacing, residue: Self.residue(of: document.root))
  }

  static func residue(of root: JSONValue) -> [JSONPointer] {
    EventFields.unknown(in: root, IntelMQFields.isKnown)
  }
}
