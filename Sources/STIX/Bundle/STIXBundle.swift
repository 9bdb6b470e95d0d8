package import JSON

/// A bundle, or a single object, as a table over its document: spans, ids, markings, references.
///
/// Reading is lenient where rules will judge: any object with a `type` and an `id` is taken in, whatever else is wrong
/// with it. The document is parsed once and never copied.
package final class STIXBundle: Sendable {
  package let document: JSONDocument
  /// The bundle's own id; nil for a single object.
  package let id: String?
  package let objects: [STIXObject]
  /// Ids that several objects have, with the indexes of these objects.
  package let duplicates: [STIXDuplicate]
  private let table: ScanTable

  /// Reads a bundle or a single object.
  ///
  /// `sources` says for each object where in the sender's document it came from, when an adapter made this document
  /// from another; without it an object's place in this document is its source.
  package init(reading document: JSONDocument, sources: [[JSONPointer]]? = nil) throws(STIXError) {
    self.document = document
    let entries = try Self.entries(of: document.root)
    let table = ScanTable(document, entries, sources: sources)
    if let index = table.ids.firstTooMany {
      throw STIXError(
        .sharedUUID, at: JSONPointer(tokens: ["objects", String(index), "id"]),
        "more than \(IDTable.mostOfOneUUID) ids of this bundle share the UUID of \(entries[index].id), "
          + "and nobody could tell which one a mention of it means")
    }
    self.table = table
    objects = entries.indices.map { STIXObject(index: $0, table: table) }
    id = table.isBundle ? document.root["id"]?.string : nil
    duplicates = STIXDuplicate.find(in: objects, repeats: table.ids.repeats)
  }

  /// The object with this id, in any letter case; of several versions the one modified last.
  package func object(id: String) -> STIXObject? {
    var id = id
    return id.withUTF8 { object(id: $0) }
  }

  /// As for an id as text, for one that stands in a document; nil for what is no text.
  package func object(id: JSONValue) -> STIXObject? {
    withExtendedLifetime(id.document) { id.bytes.flatMap { object(id: $0) } }
  }

  private func object(id: UnsafeBufferPointer<UInt8>) -> STIXObject? {
    var found: Int?
    var more: [Int] = []
    table.ids.forEachObject(id: id) { index in
      if found == nil { found = index } else { more.append(index) }
    }
    guard let found else { return nil }
    guard !more.isEmpty else { return objects[found] }
    return (more + [found]).sorted().map { objects[$0] }.max { left, right in
      guard let older = left.modified, let newer = right.modified else { return false }
      return older < newer
    }
  }

  /// Every object with this id: versions, repeats, contradictions.
  package func objects(id: String) -> [STIXObject] { indexes(id: id).map { objects[$0] } }

  /// The place in `objects` of the first object with this id.
  package func firstIndex(id: String) -> Int? {
    var id = id
    return id.withUTF8 { table.ids.firstObject(id: $0) }
  }

  /// The places in `objects` of every object with this id.
  package func indexes(id: String) -> [Int] {
    var found: [Int] = []
    var id = id
    id.withUTF8 { table.ids.forEachObject(id: $0) { found.append($0) } }
    return found.count > 1 ? found.sorted() : found
  }

  /// Calls `body` with the place in `objects` of every object with the id that stands here, in no order.
  package func forEachIndex(id: JSONValue, _ body: (Int) -> Void) {
    withExtendedLifetime(id.document) {
      if let bytes = id.bytes { table.ids.forEachObject(id: bytes, body) }
    }
  }

  /// What the markings of each object say of TLP, and whether they say more. Walks over the bundle each time.
  package var labels: [MarkingLabel] { table.labels }

  /// The types that occur, each once, in the order of their first object.
  package var types: [String] {
    var seen: Set<String> = []
    return objects.map(\.type).filter { seen.insert($0).inserted }
  }

  private static func entries(of root: JSONValue) throws(STIXError) -> [ScanTable.Entry] {
    guard root.kind == .object else {
      throw STIXError(.structure, at: .root, "expected a STIX bundle or object, found \(root.kind)")
    }
    guard root.isBundle else { return [try entry(root, at: .root)] }
    guard let list = root["objects"] else { return [] }
    let pointer = JSONPointer.root.appending("objects")
    guard list.kind == .array else {
      throw STIXError(.objects, at: pointer, "expected a list of objects, found \(list.kind)")
    }
    var entries: [ScanTable.Entry] = []
    entries.reserveCapacity(list.count)
    for value in list.elements { entries.append(try entry(value, at: pointer.appending(entries.count))) }
    return entries
  }

  private static func entry(
    _ value: JSONValue, at pointer: @autoclosure () -> JSONPointer
  ) throws(STIXError) -> ScanTable.Entry {
    guard value.kind == .object else {
      throw STIXError(.structure, at: pointer(), "expected a STIX object, found \(value.kind)")
    }
    let tape = value.document.tape
    guard let type = value["type"], tape.tag(type.index) == JSONTape.Tag.string, !tape.bytes(type.index).isEmpty else {
      throw STIXError(.identity, at: pointer().appending("type"), "expected the object's type as text")
    }
    guard let id = value["id"], tape.tag(id.index) == JSONTape.Tag.string, !tape.bytes(id.index).isEmpty else {
      throw STIXError(.identity, at: pointer().appending("id"), "expected the object's id as text")
    }
    let known = ObjectKind.known(tape.bytes(type.index))
    return ScanTable.Entry(
      value: value, id: String(decoding: tape.bytes(id.index), as: UTF8.self),
      type: known?.type ?? String(decoding: tape.bytes(type.index), as: UTF8.self), kind: known?.kind ?? .custom,
      key: UUIDKey(endOf: tape.bytes(id.index)))
  }
}

extension String {
  /// The form that ids are compared by; itself, without a copy, when nothing is in capitals.
  var canonicalID: String { utf8.contains { (0x41...0x5A).contains($0) } ? lowercased() : self }
}

extension JSONValue {
  var isBundle: Bool { self["type"]?.isString("bundle") ?? false }

  /// The bytes of a text, which hold as long as the document does; nil for anything else.
  fileprivate var bytes: UnsafeBufferPointer<UInt8>? {
    document.tape.tag(index) == JSONTape.Tag.string ? document.tape.bytes(index) : nil
  }
}

extension STIXObject {
  /// When this version was made, if it says so in a form that can be read.
  package var modified: Timestamp? { value["modified"].flatMap { Timestamp($0) } }
}

extension Timestamp {
  /// The moment that a text of a document says; nil for anything else.
  package init?(_ value: JSONValue) {
    let parsed = withExtendedLifetime(value.document) { value.bytes.flatMap { Timestamp($0) } }
    guard let parsed else { return nil }
    self = parsed
  }
}

/// Several objects of one bundle with one id.
package struct STIXDuplicate: Sendable, Equatable {
  package enum Relation: Sendable, Equatable {
    /// The same content twice: harmless.
    case repeated
    /// Different `modified`: versions of one object.
    case versions
    /// Different content under one id and version: nobody can say which one holds.
    case contradiction
  }

  package let id: String
  package let indexes: [Int]
  package let relation: Relation

  static func find(in objects: [STIXObject], repeats: [[Int]]) -> [STIXDuplicate] {
    repeats.map { indexes in
      let same = indexes.map { objects[$0] }
      return STIXDuplicate(id: same[0].id, indexes: indexes, relation: relation(of: same))
    }
  }

  /// The worst relation between any two of them; each is compared with the first of its version only.
  private static func relation(of objects: [STIXObject]) -> Relation {
    var firstOfVersion: [Timestamp?: STIXObject] = [:]
    for object in objects {
      if let first = firstOfVersion[object.modified] {
        if first.value != object.value { return .contradiction }
      } else {
        firstOfVersion[object.modified] = object
      }
    }
    if firstOfVersion.count == 1 { return .repeated }
    return firstOfVersion[nil] == nil ? .versions : .contradiction
  }
}
