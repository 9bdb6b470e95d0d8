import Contract
import JSON
import STIX

/// Collects the objects of a canonical bundle whose ids follow from the sender's own ids.
final class NativeReading {
  let format: FormatID
  let origin: Origin
  private var entries: [(text: [UInt8], sources: [JSONPointer])] = []
  private var placeOf: [String: Int] = [:]
  private var definitions: [TLP] = []
  /// What the names of all ids begin with.
  private let head: [UInt8]

  init(_ format: FormatID, _ origin: Origin) {
    self.format = format
    self.origin = origin
    var head: [UInt8] = []
    Self.append(format.slug, to: &head)
    Self.append(origin.sender.slug, to: &head)
    self.head = head
  }

  /// An id that follows from the sender, and from what the object is.
  func id(_ type: String, _ parts: [String]) -> String {
    var name = head
    Self.append(type, to: &name)
    for part in parts { Self.append(part, to: &name) }
    return type + "--" + DeterministicID.uuid5(namespace: Self.namespace, name: name)
  }

  /// Each part with its length: no two lists of parts give one name.
  private static func append(_ part: String, to name: inout [UInt8]) {
    name.append(contentsOf: part.utf8.count.description.utf8)
    name.append(UInt8(ascii: ":"))
    name.append(contentsOf: part.utf8)
  }

  func contains(_ id: String) -> Bool { placeOf[id] != nil }

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
    let id = id(type, key + [marking?.word ?? ""])
    add(id, from: [source]) { object in
      object.member("type", type)
      object.member("spec_version", "2.1")
      object.member("id", id)
      self.mark(&object, marking)
      body(&object)
    }
    return id
  }

  private func add(_ id: String, from sources: [JSONPointer], _ body: (inout JSONWriter) -> Void) {
    if let place = placeOf[id] {
      for source in sources where !entries[place].sources.contains(source) { entries[place].sources.append(source) }
      return
    }
    var writer = JSONWriter()
    writer.object { body(&$0) }
    placeOf[id] = entries.count
    entries.append((writer.bytes, sources))
  }

  private func mark(_ object: inout JSONWriter, _ marking: TLP?) {
    guard let marking else { return }
    if !definitions.contains(marking) { definitions.append(marking) }
    object.member("object_marking_refs", [marking.markingID])
  }

  var isEmpty: Bool { entries.isEmpty }

  /// The ids of what was added, in that order.
  var ids: [String] { placeOf.sorted { $0.value < $1.value }.map(\.key) }

  func bundle(_ parts: [String]) throws(AdapterFailure) -> STIXBundle {
    let writer = CanonicalWriter()
    for marking in definitions { writer.add(text: marking.markingDefinition, from: []) }
    for entry in entries { writer.add(bytes: entry.text, from: entry.sources) }
    return try writer.bundle(id: id("bundle", parts))
  }

  private static let namespace = "0e0c8b1a-52b7-5a0e-9c3d-7a1f4e6b2d58"
}
