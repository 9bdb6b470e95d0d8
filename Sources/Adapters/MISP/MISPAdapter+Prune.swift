package import JSON
package import STIX

extension MISPAdapter {
  /// The event without what may not be shared, and without residue.
  ///
  /// Its skeleton is what names the event; where that may not be shared, nothing of the event is. The creator may go.
  /// A place that an allowed object shares with a withheld one goes, and the allowed one with it: a loss.
  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    let kept = Set(keeping)
    try checkReplacements(replacing, in: bundle)
    var gone = Set(try Self.residue(of: document.root))
    for object in bundle.objects where !kept.contains(object.index) {
      if object.isFrame {
        gone.insert(try frame(of: object))
      } else {
        gone.formUnion(object.sources)
      }
    }
    let losses = try spread(&gone, in: bundle, kept: kept, document)
    var writer = JSONWriter()
    PrunedText(without: gone).write(document.root, at: .root, to: &writer)
    return Translation(writer.bytes, losses: losses)
  }

  /// What goes along: objects that stand only where something goes, and those that cannot be without one of them.
  private func spread(
    _ gone: inout Set<JSONPointer>, in bundle: STIXBundle, kept: Set<Int>, _ document: JSONDocument
  ) throws(AdapterFailure) -> [Loss] {
    var losses: [Loss] = []
    var lost: Set<Int> = []
    while true {
      gone.formUnion(Self.emptied(document.root, without: gone))
      guard !gone.contains(.root) else { throw Self.nothingLeft }
      let left = bundle.objects.filter { object in
        kept.contains(object.index) && !object.isDefinition && !object.sources.isEmpty && !lost.contains(object.index)
      }
      let ids = Set(lost.map { bundle.objects[$0].id })
      let more = left.filter { object in
        if object.sources.allSatisfy({ $0.isWithin(gone) }) { return true }
        guard !ids.isEmpty, case .withhold = object.removals(withholding: ids) else { return false }
        return true
      }
      guard !more.isEmpty else { return losses.sorted { $0.location.description < $1.location.description } }
      for object in more {
        guard !object.isFrame else { throw Self.nothingLeft }
        lost.insert(object.index)
        gone.formUnion(object.sources)
        losses.append(
          Loss(
            .meaning, at: object.sources[0], what: "the \(object.type) \(object.id)",
            why: "it stands in one place with something that may not be shared, or cannot be without it"))
      }
    }
  }

  private static let nothingLeft = AdapterFailure(
    .cannotPrune, "an event is none without its name, and that may not be shared")

  /// The place of the whole event that a report or grouping names; in a collection the event goes with its entry.
  private func frame(of object: STIXObject) throws(AdapterFailure) -> JSONPointer {
    guard let place = object.sources.first else { throw Self.nothingLeft }
    let tokens = place.tokens
    guard tokens.first == "response", tokens.count > 2 else { throw Self.nothingLeft }
    return JSONPointer(tokens: Array(tokens.prefix(2)))
  }

  /// The places of a message that are not read, whoever sent it.
  private static func residue(of root: JSONValue) throws(AdapterFailure) -> [JSONPointer] {
    let reading = MISPReading(origin: try .anyone())
    _ = try reading.read(root)
    return reading.residue.places
  }

  /// Galaxies of which no cluster is left, and a collection of which no event is.
  private static func emptied(_ root: JSONValue, without gone: Set<JSONPointer>) -> Set<JSONPointer> {
    var found: Set<JSONPointer> = []
    var lists: [JSONPointer: Int] = [:]
    for place in gone {
      guard let last = place.tokens.last, Int(last) != nil else { continue }
      lists[JSONPointer(tokens: Array(place.tokens.dropLast())), default: 0] += 1
    }
    for (list, count) in lists where count == root.at(list)?.count {
      if list.tokens.last == "GalaxyCluster" { found.insert(JSONPointer(tokens: Array(list.tokens.dropLast()))) }
      if list.tokens == ["response"] { found.insert(.root) }
    }
    return found
  }

  /// References stand in no place of their own in an event: they go with what they refer to.
  private func checkReplacements(
    _ replacing: [JSONPointer: Replacement], in bundle: STIXBundle
  ) throws(AdapterFailure) {
    for (pointer, replacement) in replacing.sorted(by: { $0.key.description < $1.key.description }) {
      let (_, place) = try bundle.place(of: pointer)
      let isReference = place.tokens.contains { $0.hasSuffix("_ref") || $0.hasSuffix("_refs") }
      guard isReference, replacement == .removed else {
        throw AdapterFailure(.cannotPrune, "an event cannot be reduced at this place", at: pointer)
      }
    }
  }
}

extension JSONPointer {
  /// Whether it leads to one of these places, or into one.
  func isWithin(_ places: Set<JSONPointer>) -> Bool {
    (0...tokens.count).contains { places.contains(JSONPointer(tokens: Array(tokens.prefix($0)))) }
  }
}

extension STIXObject {
  /// Whether it is the event as a whole.
  var isFrame: Bool { MISPExtension.on(value)?["kind"]?.isString("event") ?? false }
}
