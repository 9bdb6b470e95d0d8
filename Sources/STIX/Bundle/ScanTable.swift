import JSON
import Synchronization

/// What walking over all objects of a bundle tells; walked at the first question, since validation asks none.
final class ScanTable: Sendable {
  /// An object of the bundle.
  struct Entry: Sendable {
    let value: JSONValue
    let id: String
    let type: String
  }

  /// The outcome, in a box that can be set once.
  private final class Results: Sendable {
    let all: [(markings: ObjectMarkings, references: [STIXReference])]

    init(_ all: [(markings: ObjectMarkings, references: [STIXReference])]) { self.all = all }
  }

  private let document: JSONDocument
  private let entries: [Entry]
  private let results = AtomicLazyReference<Results>()

  init(_ document: JSONDocument, _ entries: [Entry]) {
    self.document = document
    self.entries = entries
  }

  func markings(_ index: Int) -> ObjectMarkings { scanned.all[index].markings }

  func references(_ index: Int) -> [STIXReference] { scanned.all[index].references }

  private var scanned: Results { results.load() ?? results.storeIfNil(scan()) }

  private func scan() -> Results {
    var definitions = MarkingDefinitions()
    var ids = IDTable()
    for entry in entries {
      if entry.type == "marking-definition" { definitions.add(entry.value, id: entry.id) }
      ids.add(entry.id)
    }
    let root = document.root
    let common = root.isBundle ? MarkingScan.bundleMarkings(root, definitions: definitions) : ObjectMarkings()
    return Results(
      withExtendedLifetime(document) {
        entries.map { entry in
          var scan = ObjectScan(entry, document: document, ids: ids, definitions: definitions)
          scan.scan(entry.value)
          var markings = scan.markings
          markings.add(common)
          return (markings, scan.references)
        }
      })
  }
}
