import JSON
import STIX

/// Reduces reports to regulators in their own format.
struct RegulatoryPruning {
  /// What kind of report it is, in words: `a NIS2 report`.
  let report: String

  /// The report without the indicators that may not be shared, and without residue.
  ///
  /// Its skeleton is everything else: a report that may not name its incident, its entity, its CSIRT or its Member
  /// State is no valid report any more, so nothing of it is delivered.
  func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement],
    residue: [JSONPointer]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    let kept = Set(keeping)
    let withheld = bundle.objects.filter { !kept.contains($0.index) }
    try checkSkeleton(withheld, in: bundle, kept: kept)
    try checkReplacements(replacing, in: bundle)
    let gone = Set(withheld.flatMap(\.sources) + residue)
    var writer = JSONWriter()
    PrunedText(without: gone).write(document.root, at: .root, to: &writer)
    return Translation(writer.bytes)
  }

  private func checkSkeleton(
    _ withheld: [STIXObject], in bundle: STIXBundle, kept: Set<Int>
  ) throws(AdapterFailure) {
    for object in withheld where !object.isDefinition {
      switch object.type {
      case "indicator", "vulnerability": continue
      case "relationship":
        // The report says by its form that what stands in it belongs together.
        let ends = ["source_ref", "target_ref"].compactMap { object.value[$0]?.string }
        let areKept = ends.allSatisfy { end in bundle.object(id: end).map { kept.contains($0.index) } ?? false }
        guard areKept else { continue }
        throw AdapterFailure(
          .cannotPrune, "\(report) cannot name two things and keep back that they belong together")
      default:
        throw AdapterFailure(
          .cannotPrune, "\(report) is none without its \(object.type)", at: object.sources.first)
      }
    }
  }

  /// References stand in no place of their own in a report: they go with what they refer to.
  private func checkReplacements(
    _ replacing: [JSONPointer: Replacement], in bundle: STIXBundle
  ) throws(AdapterFailure) {
    for (pointer, replacement) in replacing.sorted(by: { $0.key.description < $1.key.description }) {
      let (_, place) = try bundle.place(of: pointer)
      let isReference = place.tokens.contains { $0.hasSuffix("_ref") || $0.hasSuffix("_refs") }
      guard isReference, replacement == .removed else {
        throw AdapterFailure(.cannotPrune, "\(report) cannot be reduced at this place", at: pointer)
      }
    }
  }
}
