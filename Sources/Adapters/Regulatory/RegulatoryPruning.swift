import Formats
import JSON
import STIX

/// Reduces reports to regulators in their own format.
struct RegulatoryPruning {
  /// What kind of report it is, in words: `a NIS2 report`.
  let report: String
  /// The member that has the name of the party that reports.
  var partyName = "name"
  /// The format that what is left has to be of.
  let format: any Format

  /// The report without the indicators that may not be shared, with what is replaced, and without residue.
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
    var edits = NativeEdits(gone: Set(withheld.flatMap(\.sources) + residue))
    for (pointer, replacement) in replacing.sorted(by: { $0.key.description < $1.key.description }) {
      let (object, place) = try bundle.place(of: pointer)
      if kept.contains(object) { replace(place, in: bundle.objects[object], by: replacement, document, &edits) }
    }
    let losses = try removeHelpless(&edits, in: bundle, kept: kept)
    removeEmptied(&edits, document)
    let text = edits.text(of: document.root)
    if !replacing.isEmpty { try check(text) }
    return Translation(text, losses: losses)
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
  private func replace(
    _ pointer: JSONPointer, in object: STIXObject, by replacement: Replacement, _ document: JSONDocument,
    _ edits: inout NativeEdits
  ) {
    if pointer.isOfReference, replacement == .removed { return }
    let source = RegulatoryPlaces(root: document.root, partyName: partyName).source(of: pointer, in: object)
    guard source.isOwn else { return edits.wait(for: source.places, of: object) }
    for place in source.places {
      // An entry of the list of indicators is none without its value.
      let isEntry = place.tokens.first == "indicators" && place.tokens.last == "value"
      let removable = isEntry ? place.parent ?? place : place
      if case .value(let text) = replacement, let new = newText(text, pointer, object, at: place, document) {
        edits.set(place, new, orRemove: removable)
      } else {
        edits.gone.insert(removable)
      }
    }
  }

  private func newText(
    _ text: [UInt8], _ pointer: JSONPointer, _ object: STIXObject, at place: JSONPointer, _ document: JSONDocument
  ) -> [UInt8]? {
    guard let value = JSONValue.of(text) else { return nil }
    if pointer.tokens == ["contact_information"] { return nil }
    guard pointer.tokens == ["pattern"] else { return JSONTextOf.value(value) }
    guard let pattern = value.string.flatMap({ try? Pattern($0) }),
      let (type, said) = IndicatorPaths.value(of: pattern),
      let entry = place.parent, document.root.at(entry)?["type"]?.string == type
    else { return nil }
    return JSONTextOf.string(said)
  }

  /// An indicator of which something has to change that cannot goes; anything else of that kind is the report itself.
  private func removeHelpless(
    _ edits: inout NativeEdits, in bundle: STIXBundle, kept: Set<Int>
  ) throws(AdapterFailure) -> [Loss] {
    for object in edits.helpless {
      guard object.type == "indicator" || object.type == "vulnerability" else {
        throw AdapterFailure(
          .cannotPrune, "\(report) cannot be reduced within its \(object.type)", at: object.sources.first)
      }
      edits.gone.formUnion(object.sources)
    }
    let gone = edits.gone
    return bundle.objects.filter { object in
      kept.contains(object.index) && (object.type == "indicator" || object.type == "vulnerability")
        && object.sources.allSatisfy { $0.isWithin(gone) }
    }.map { object in
      Loss(
        .meaning, at: object.sources[0], what: "the \(object.type) \(object.id)",
        why: "an entry of a report's indicators is none without what may not be shared")
    }
  }

  /// What is left empty says nothing; lists of indicators may be empty.
  private func removeEmptied(_ edits: inout NativeEdits, _ document: JSONDocument) {
    var places = Array(edits.gone)
    while let place = places.popLast() {
      guard let holder = place.parent, holder != .root, holder.tokens != ["indicators"], !edits.gone.contains(holder),
        let value = document.root.at(holder)
      else { continue }
      let tokens = value.isObject ? value.members.map(\.key) : (0..<value.count).map { String($0) }
      guard tokens.allSatisfy({ edits.gone.contains(holder.appending($0)) }) else { continue }
      edits.gone.insert(holder)
      places.append(holder)
    }
  }

  /// What is left has to be a report still.
  private func check(_ text: [UInt8]) throws(AdapterFailure) {
    guard let document = try? JSONDocument(text) else {
      throw AdapterFailure(.cannotPrune, "what is left of \(report) is no JSON")
    }
    guard let error = format.errors(document).first else { return }
    throw AdapterFailure(
      .cannotPrune, "what is left is no valid report: \(error.message)", at: error.location)
  }
}
