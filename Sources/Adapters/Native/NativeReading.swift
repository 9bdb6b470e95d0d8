import Contract
import JSON
import STIX

/// Collects the objects of a canonical bundle whose ids follow from the sender's own ids.
final class NativeReading {
  let format: FormatID
  let origin: Origin
  /// The ids of what was added, in that order.
  private(set) var ids: [String] = []
  /// The texts of the objects, with commas between them, and where each came from.
  private var texts: [UInt8] = []
  private var sources: [SourceList] = []
  private var placeOf: [String: Int] = [:]
  private var definitions: [TLP] = []
  /// What the name of an id is written in; it begins with what the names of all ids begin with.
  private var name: [UInt8]
  private let headCount: Int
  /// How often the things of an id were added that are told apart by number alone.
  private var repeats: [String: Int] = [:]
  private var writer = JSONWriter()

  init(_ format: FormatID, _ origin: Origin) {
    self.format = format
    self.origin = origin
    name = Self.namespace
    Self.append(format.slug, to: &name)
    Self.append(origin.sender.slug, to: &name)
    headCount = name.count
    placeOf.reserveCapacity(24)
    texts.reserveCapacity(4096)
    writer.reserve(2048)
  }

  // MARK: Ids

  /// An id that follows from the sender, and from what the object is.
  func id(_ type: String, _ parts: [String]) -> String {
    begin(type)
    for part in parts { Self.append(part, to: &name) }
    return DeterministicID.id(type, bytes: name)
  }

  /// As the other, of one part or two.
  func id(_ type: String, _ part: String, _ other: String? = nil) -> String {
    begin(type)
    Self.append(part, to: &name)
    if let other { Self.append(other, to: &name) }
    return DeterministicID.id(type, bytes: name)
  }

  /// As the other, of one part that is no text yet.
  func id(_ type: String, _ part: [UInt8]) -> String {
    begin(type)
    Self.append(part.count, to: &name)
    name.append(contentsOf: part)
    return DeterministicID.id(type, bytes: name)
  }

  /// An id that nothing has yet: of what was added before, the next one by number.
  func newID(_ type: String, _ part: [UInt8]) -> String {
    let first = id(type, part)
    guard contains(first) else { return first }
    let length = name.count
    var number = repeats[first] ?? 1
    while true {
      number += 1
      name.removeLast(name.count - length)
      Self.append(String(number), to: &name)
      let id = DeterministicID.id(type, bytes: name)
      guard contains(id) else {
        repeats[first] = number
        return id
      }
    }
  }

  private func begin(_ type: String) {
    name.removeLast(name.count - headCount)
    Self.append(type, to: &name)
  }

  /// Each part with its length: no two lists of parts give one name.
  private static func append(_ part: String, to name: inout [UInt8]) {
    append(part.utf8.count, to: &name)
    name.append(contentsOf: part.utf8)
  }

  private static func append(_ length: Int, to name: inout [UInt8]) {
    if length < 10 {
      name.append(UInt8(ascii: "0") + UInt8(length))
    } else {
      name.append(contentsOf: length.description.utf8)
    }
    name.append(UInt8(ascii: ":"))
  }

  func contains(_ id: String) -> Bool { placeOf[id] != nil }

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
    if let place = placeOf[id] { return sources[place].add(places) }
    // A body may add objects itself: it finds no writer, and makes one.
    var writer = JSONWriter()
    swap(&writer, &self.writer)
    writer.reset()
    writer.object { body(&$0) }
    placeOf[id] = ids.count
    ids.append(id)
    sources.append(SourceList(places))
    if !texts.isEmpty { texts.append(UInt8(ascii: ",")) }
    texts.append(contentsOf: writer.bytes)
    swap(&writer, &self.writer)
  }

  private func mark(_ object: inout JSONWriter, _ marking: TLP?) {
    guard let marking else { return }
    if !definitions.contains(marking) { definitions.append(marking) }
    object.member("object_marking_refs", [marking.markingID])
  }

  var isEmpty: Bool { ids.isEmpty }

  func bundle(_ parts: [String]) throws(AdapterFailure) -> STIXBundle {
    let marks = definitions.map { Array($0.markingDefinition.utf8) }
    let places = Array(repeating: [], count: marks.count) + sources.map(\.places)
    return try CanonicalWriter.bundle(id: id("bundle", parts), marks + [texts], places)
  }

  private static let namespace = DeterministicID.bytes(of: "0e0c8b1a-52b7-5a0e-9c3d-7a1f4e6b2d58")
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
