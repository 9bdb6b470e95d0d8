import JSON
import Synchronization

/// What is known of the objects of a bundle. Markings and references are walked for at the first question each, since
/// validation asks none, and most that write ask for markings alone.
final class ScanTable: Sendable {
  /// An object of the bundle.
  struct Entry: Sendable {
    let value: JSONValue
    let id: String
    let type: String
    let kind: ObjectKind
    /// The UUID that the id ends with, where it does.
    let key: UUIDKey?
  }

  /// The outcome of a walk, in a box that can be set once.
  private final class Results<Result: Sendable>: Sendable {
    let all: [Result]

    init(_ all: [Result]) { self.all = all }
  }

  let entries: [Entry]
  let ids: IDTable
  /// Where in the sender's document each object came from, when an adapter made this document from another.
  let sources: [[JSONPointer]]?
  let isBundle: Bool
  private let document: JSONDocument
  private let markings = AtomicLazyReference<Results<ObjectMarkings>>()
  private let references = AtomicLazyReference<Results<[STIXReference]>>()

  init(_ document: JSONDocument, _ entries: [Entry], sources: [[JSONPointer]]?) {
    self.document = document
    self.entries = entries
    self.sources = sources
    isBundle = document.root.isBundle
    ids = IDTable(entries)
  }

  func markings(_ index: Int) -> ObjectMarkings { allMarkings.all[index] }

  var labels: [MarkingLabel] { allMarkings.all.map { MarkingLabel($0) } }

  private var allMarkings: Results<ObjectMarkings> {
    markings.load() ?? markings.storeIfNil(Results(scannedMarkings()))
  }

  func references(_ index: Int) -> [STIXReference] {
    (references.load() ?? references.storeIfNil(Results(scannedReferences()))).all[index]
  }

  private func scannedMarkings() -> [ObjectMarkings] {
    var definitions = MarkingDefinitions()
    for entry in entries where entry.type == "marking-definition" { definitions.add(entry.value, id: entry.id) }
    let common = isBundle ? MarkingScan.bundleMarkings(document.root, definitions: definitions) : ObjectMarkings()
    return withExtendedLifetime(document) {
      var walk = MarkingWalk(document, definitions)
      return entries.map { entry in
        var markings = walk.markings(of: entry.value.index, type: entry.type)
        if !common.isEmpty { markings.add(common) }
        return markings
      }
    }
  }

  private func scannedReferences() -> [[STIXReference]] {
    withExtendedLifetime(document) {
      entries.map { entry in
        var scan = ObjectScan(entry, document: document, ids: ids)
        scan.scan(entry.value)
        return scan.references
      }
    }
  }
}
