import Formats
import JSON
import STIX

/// Reduces documents: parts go as a whole, and within those that stay values are replaced where the document says them.
struct NativePruning {
  let format: any Format
  /// What the document is, in words: `a CSAF document`.
  let noun: String
  /// Whether the document is none without the object.
  let isSkeleton: (STIXObject) -> Bool
  /// Reads a document of the format; nil where it cannot be read.
  let read: (JSONDocument) -> STIXBundle?
  /// What else has to change once these places are gone.
  var finish: (JSONValue, inout NativeEdits) -> Void = { _, _ in }

  private static let together = "it stands in one place with something that may not be shared"

  func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement],
    residue: [JSONPointer]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    var kept = Set(keeping)
    var changes: [NativeReplacing.Change] = []
    for (pointer, replacement) in replacing {
      let (index, place) = try bundle.place(of: pointer)
      // References go with their targets.
      if place.isOfReference, replacement == .removed { continue }
      guard kept.contains(index) else { continue }
      changes.append(NativeReplacing.Change(object: bundle.objects[index], place: place, replacement: replacement))
    }
    let replacing = NativeReplacing(root: document.root, bundle: bundle, format: format, read: read)
    let outcome = replacing.outcome(changes, residue: residue)
    var edits = outcome.edits
    kept.subtract(outcome.helpless)
    for object in bundle.objects where !kept.contains(object.index) && !object.isDefinition {
      guard !isSkeleton(object), !object.sources.contains(.root) else {
        throw AdapterFailure(.cannotPrune, "\(noun) is none without its \(object.type)", at: object.sources.first)
      }
      edits.gone.formUnion(object.sources)
    }
    let asked = Set(keeping)
    let losses =
      bundle.objects.filter { object in
        asked.contains(object.index) && !object.sources.isEmpty && !object.isDefinition
          && object.sources.allSatisfy { $0.isWithin(edits.gone) }
      }.map { object in
        Loss(
          .meaning, at: object.sources[0], what: "the \(object.type) \(object.id)",
          why: Self.together)
      }
      + outcome.along.sorted { $0.description < $1.description }.map { place in
        Loss(.meaning, at: place, what: "what stands beside it in \(place.tokens.last ?? "")", why: Self.together)
      }
    edits.removeEmptied(document.root)
    guard !edits.gone.contains(.root) else {
      throw AdapterFailure(.cannotPrune, "nothing of \(noun) is left to be delivered")
    }
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
}

extension Adapter {
  /// What a document is read as; nil where it cannot be read. Who sent it plays no part.
  func again(_ document: JSONDocument) -> STIXBundle? {
    guard let origin = try? Origin.anyone() else { return nil }
    return try? read(document, origin: origin).output
  }
}
