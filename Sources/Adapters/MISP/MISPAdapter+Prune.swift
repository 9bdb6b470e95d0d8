import Formats
package import JSON
package import STIX

extension MISPAdapter {
  package func source(of pointer: JSONPointer, in object: STIXObject, of document: JSONDocument) -> PropertySource {
    MISPPlaces(root: document.root).source(of: pointer, in: object)
  }

  /// The event without what may not be shared, with what is replaced, and without residue.
  ///
  /// Its skeleton is what names the event; where that may not be shared, nothing of the event is. The creator may go.
  /// A place that an allowed object shares with a withheld one goes, and the allowed one with it: a loss.
  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    let kept = Set(keeping)
    var changes = MISPReplacing(document.root)
    for (pointer, replacement) in replacing.sorted(by: { $0.key.description < $1.key.description }) {
      let (object, place) = try bundle.place(of: pointer)
      if kept.contains(object) { changes.replace(place, in: bundle.objects[object], by: replacement) }
    }
    changes.finish()
    var edits = changes.edits
    edits.gone.formUnion(try Self.residue(of: document.root))
    for object in bundle.objects where !kept.contains(object.index) {
      if object.isFrame {
        edits.gone.insert(try frame(of: object))
      } else {
        edits.gone.formUnion(object.sources)
      }
    }
    let losses = try spread(&edits, in: bundle, kept: kept, document)
    let text = edits.text(of: document.root)
    if !replacing.isEmpty { try Self.check(text) }
    return Translation(text, losses: losses)
  }

  /// What is left has to be an event still.
  private static func check(_ text: [UInt8]) throws(AdapterFailure) {
    guard let document = try? JSONDocument(text), let error = MISPFormat().errors(document).first else { return }
    throw AdapterFailure(.cannotPrune, "what is left is no valid event: \(error.message)", at: error.location)
  }

  /// What goes along: objects that stand only where something goes, those that cannot be without one of them, and those
  /// of which something has to change that cannot.
  private func spread(
    _ edits: inout NativeEdits, in bundle: STIXBundle, kept: Set<Int>, _ document: JSONDocument
  ) throws(AdapterFailure) -> [Loss] {
    var losses: [Loss] = []
    var lost: Set<Int> = []
    while true {
      edits.gone.formUnion(Self.emptied(document.root, without: edits.gone))
      guard !edits.gone.contains(.root) else { throw Self.nothingLeft }
      let left = bundle.objects.filter { object in
        kept.contains(object.index) && !object.isDefinition && !object.sources.isEmpty && !lost.contains(object.index)
      }
      let ids = Set(lost.map { bundle.objects[$0].id })
      let helpless = Set(edits.helpless.map(\.index))
      let parts = Self.uuids(ofPartsIn: edits.gone, of: document.root)
      let more = left.filter { object in
        let part = MISPExtension.on(object.value)?["referenced_uuid"]?.string
        if part.map(parts.contains) ?? false { return true }
        if helpless.contains(object.index) || object.sources.allSatisfy({ $0.isWithin(edits.gone) }) { return true }
        guard !ids.isEmpty, case .withhold = object.removals(withholding: ids) else { return false }
        return true
      }
      guard !more.isEmpty else { return losses.sorted { $0.location.description < $1.location.description } }
      for object in more {
        guard !object.isFrame else { throw Self.nothingLeft }
        lost.insert(object.index)
        edits.gone.formUnion(object.sources)
        losses.append(
          Loss(
            .meaning, at: object.sources[0], what: "the \(object.type) \(object.id)",
            why: "it stands in one place with something that may not be shared, or cannot be without it"))
      }
    }
  }

  /// What references to a part of an object that goes would lead to.
  private static func uuids(ofPartsIn gone: Set<JSONPointer>, of root: JSONValue) -> Set<String> {
    Set(gone.filter { MISPPart($0) == .attribute }.compactMap { root.at($0)?["uuid"].flatMap(MISPValue.uuid) })
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
      guard let last = place.tokens.last, Int(last) != nil, let list = place.parent else { continue }
      lists[list, default: 0] += 1
    }
    for (list, count) in lists where count == root.at(list)?.count {
      if list.tokens.last == "GalaxyCluster", let galaxy = list.parent { found.insert(galaxy) }
      if list.tokens == ["response"] { found.insert(.root) }
    }
    return found
  }
}

extension STIXObject {
  /// Whether it is the event as a whole.
  var isFrame: Bool { MISPExtension.on(value)?["kind"]?.isString("event") ?? false }
}
