import Contract
import JSON
import STIX

/// Collects the objects of a canonical bundle whose ids follow from the sender's own ids.
final class NativeReading {
  let format: FormatID
  let origin: Origin
  private var names: NativeIDs
  private var objects = Objects()
  private var definitions: [TLP] = []
  /// How often the things of an id were added that are told apart by number alone.
  private var repeats: [String: Int] = [:]
  private var writer = JSONWriter()

  /// What was added, in that order.
  private struct Objects {
    var ids: [String] = []
    var placeOf: [String: Int] = [:]
    /// The texts, with commas between them, and where each came from.
    var texts: [UInt8] = []
    var sources: [SourceList] = []

    init() {
      placeOf.reserveCapacity(24)
      texts.reserveCapacity(4096)
    }

    mutating func add(_ id: String, from places: [JSONPointer], _ text: [UInt8]) {
      placeOf[id] = ids.count
      ids.append(id)
      sources.append(SourceList(places))
      if !texts.isEmpty { texts.append(UInt8(ascii: ",")) }
      texts.append(contentsOf: text)
    }
  }

  init(_ format: FormatID, _ origin: Origin) {
    self.format = format
    self.origin = origin
    names = NativeIDs(format, origin)
    writer.reserve(2048)
  }

  // MARK: Ids

  /// The ids of what was added, in that order.
  var ids: [String] { objects.ids }

  /// An id that follows from the sender, and from what the object is.
  func id(_ type: String, _ parts: [String]) -> String { names.id(type, parts) }

  /// As the other, of one part or two.
  func id(_ type: String, _ part: String, _ other: String? = nil) -> String { names.id(type, part, other) }

  /// As the other, of one part that is no text yet.
  func id(_ type: String, _ part: [UInt8]) -> String { names.id(type, part) }

  /// An id that nothing has yet: of what was added before, the next one by number.
  func newID(_ type: String, _ part: [UInt8]) -> String {
    let first = names.id(type, part)
    guard contains(first) else { return first }
    var number = repeats[first] ?? 1
    while true {
      number += 1
      let id = names.id(type, part, number: number)
      guard contains(id) else {
        repeats[first] = number
        return id
      }
    }
  }

  func contains(_ id: String) -> Bool { objects.placeOf[id] != nil }

  // MARK: Objects

  /// Adds an object that somebody made; of several with one id the first counts, and knows all places.
  func add(
    _ type: String, _ id: String, from sources: [JSONPointer], created: String, modified: String, creator: String?,
    _ marking: TLP?, _ body: (inout JSONWriter) -> Void
  ) {
    add(id, from: sources) { object in
      object.member("type", type)
      object.member("spec_version", "2.1")
      object.member("id", id)
      object.member("created", created)
      object.member("modified", modified)
      if let creator { object.member("created_by_ref", creator) }
      self.mark(&object, marking)
      body(&object)
    }
  }

  /// Adds an observable. One that is said under different labels is two.
  func addObservable(
    _ type: String, key: [String], from source: JSONPointer, _ marking: TLP?, _ body: (inout JSONWriter) -> Void
  ) -> String {
    addObservable(type, id: id(type, key + [marking?.word ?? ""]), from: [source], marking, body)
  }

  /// As the other, of a value.
  func addObservable(
    _ type: String, _ value: String, from sources: [JSONPointer], _ marking: TLP?, _ body: (inout JSONWriter) -> Void
  ) -> String {
    addObservable(type, id: id(type, value, marking?.word ?? ""), from: sources, marking, body)
  }

  private func addObservable(
    _ type: String, id: String, from sources: [JSONPointer], _ marking: TLP?, _ body: (inout JSONWriter) -> Void
  ) -> String {
    add(id, from: sources) { object in
      object.member("type", type)
      object.member("spec_version", "2.1")
      object.member("id", id)
      self.mark(&object, marking)
      body(&object)
    }
    return id
  }

  private func add(_ id: String, from places: [JSONPointer], _ body: (inout JSONWriter) -> Void) {
    if let place = objects.placeOf[id] { return objects.sources[place].add(places) }
    // A body may add objects itself: it finds no writer, and makes one.
    var writer = JSONWriter()
    swap(&writer, &self.writer)
    writer.reset()
    writer.object { body(&$0) }
    objects.add(id, from: places, writer.bytes)
    swap(&writer, &self.writer)
  }

  private func mark(_ object: inout JSONWriter, _ marking: TLP?) {
    guard let marking else { return }
    if !definitions.contains(marking) { definitions.append(marking) }
    object.member("object_marking_refs", [marking.markingID])
  }

  var isEmpty: Bool { objects.ids.isEmpty }

  func bundle(_ parts: [String]) throws(AdapterFailure) -> STIXBundle {
    let marks = definitions.map { Array($0.markingDefinition.utf8) }
    let places = Array(repeating: [], count: marks.count) + objects.sources.map(\.places)
    return try CanonicalWriter.bundle(id: id("bundle", parts), marks + [objects.texts], places)
  }
}

/// The places that an object came from, each once. What a batch says again and again has many.
private struct SourceList {
  private(set) var places: [JSONPointer]
  private var seen: Set<JSONPointer> = []

  init(_ places: [JSONPointer]) { self.places = places }

  mutating func add(_ more: [JSONPointer]) {
    for place in more where place != places.last {
      if places.count < 8 {
        guard !places.contains(place) else { continue }
      } else {
        if seen.isEmpty { seen = Set(places) }
        guard seen.insert(place).inserted else { continue }
      }
      places.append(place)
    }
  }
}
