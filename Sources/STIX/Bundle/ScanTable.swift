import JSON
import Synchronization

/// What is known of the objects of a bundle. Markings and references are walked for at the first question each, since
/// validation asks none, and most that write ask for markings alone.
final class ScanTable: @unchecked Sendable {
  // Nothing is written after init, save what walks found, which is set once through atomics.

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
  // Objects that this table keeps alive, once somebody asks.
  private let markings = Atomic<UnsafeMutableRawPointer?>(nil)
  private let references = Atomic<UnsafeMutableRawPointer?>(nil)

  init(_ document: JSONDocument, _ entries: [Entry], sources: [[JSONPointer]]?) {
    self.document = document
    self.entries = entries
    self.sources = sources
    isBundle = document.root.isBundle
    ids = IDTable(entries)
  }

  deinit {
    if let known = markings.load(ordering: .relaxed) { Unmanaged<Results<ObjectMarkings>>.fromOpaque(known).release() }
    if let known = references.load(ordering: .relaxed) {
      Unmanaged<Results<[STIXReference]>>.fromOpaque(known).release()
    }
  }

  func markings(_ index: Int) -> ObjectMarkings { allMarkings.all[index] }

  var labels: [MarkingLabel] { allMarkings.all.map { MarkingLabel($0) } }

  private var allMarkings: Results<ObjectMarkings> { Self.known(markings) { scannedMarkings() } }

  func references(_ index: Int) -> [STIXReference] { Self.known(references) { scannedReferences() }.all[index] }

  /// What was found before, or is now. (`AtomicLazyReference` is not specialised, and takes as long as what it guards.)
  @inline(__always)
  private static func known<Result>(
    _ place: borrowing Atomic<UnsafeMutableRawPointer?>, _ scan: () -> [Result]
  ) -> Results<Result> {
    if let known = place.load(ordering: .acquiring) {
      return Unmanaged<Results<Result>>.fromOpaque(known).takeUnretainedValue()
    }
    let made = Unmanaged.passRetained(Results(scan()))
    let (isFirst, known) = place.compareExchange(
      expected: nil, desired: made.toOpaque(), ordering: .acquiringAndReleasing)
    guard !isFirst, let known else { return made.takeUnretainedValue() }
    made.release()
    return Unmanaged<Results<Result>>.fromOpaque(known).takeUnretainedValue()
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
