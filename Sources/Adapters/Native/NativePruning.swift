import Formats
import JSON
import STIX

/// Reduces documents of which each part stands or falls as a whole.
struct NativePruning {
  let format: any Format
  /// What the document is, in words: `a CSAF document`.
  let noun: String
  /// Whether the document is none without the object.
  let isSkeleton: (STIXObject) -> Bool
  /// What else has to change once these places are gone.
  var finish: (JSONValue, inout NativeEdits) -> Void = { _, _ in }

  func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement],
    residue: [JSONPointer]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    var kept = Set(keeping)
    // Nothing of a part can change alone: what should is withheld whole. References go with their targets.
    for (pointer, replacement) in replacing {
      let (object, place) = try bundle.place(of: pointer)
      if place.isOfReference, replacement == .removed { continue }
      kept.remove(object)
    }
    var edits = NativeEdits(gone: Set(residue))
    for object in bundle.objects where !kept.contains(object.index) && !object.isDefinition {
      guard !isSkeleton(object), !object.sources.contains(.root) else {
        throw AdapterFailure(.cannotPrune, "\(noun) is none without its \(object.type)", at: object.sources.first)
      }
      edits.gone.formUnion(object.sources)
    }
    let asked = Set(keeping)
    let losses = bundle.objects.filter { object in
      asked.contains(object.index) && !object.sources.isEmpty && !object.isDefinition
        && object.sources.allSatisfy { $0.isWithin(edits.gone) }
    }.map { object in
      Loss(
        .meaning, at: object.sources[0], what: "the \(object.type) \(object.id)",
        why: "it stands in one place with something that may not be shared")
    }
    try removeEmptied(&edits, document.root)
    finish(document.root, &edits)
    let text = edits.text(of: document.root)
    guard let left = try? JSONDocument(text) else {
      throw AdapterFailure(.cannotPrune, "what is left of \(noun) is no JSON")
    }
    if let error = format.errors(left).first {
      throw AdapterFailure(.cannotPrune, "what is left is no valid document: \(error.message)", at: error.location)
    }
    return Translation(text, losses: losses)
  }

  /// A list of which nothing is left goes.
  private func removeEmptied(_ edits: inout NativeEdits, _ root: JSONValue) throws(AdapterFailure) {
    var places = Array(edits.gone)
    while let place = places.popLast() {
      guard let holder = place.parent, !edits.gone.contains(holder), let value = root.at(holder) else { continue }
      let tokens = value.isObject ? value.members.map(\.key) : (0..<value.count).map { String($0) }
      guard tokens.allSatisfy({ edits.gone.contains(holder.appending($0)) }) else { continue }
      guard holder != .root else { throw AdapterFailure(.cannotPrune, "nothing of \(noun) is left to be delivered") }
      edits.gone.insert(holder)
      places.append(holder)
    }
  }
}
