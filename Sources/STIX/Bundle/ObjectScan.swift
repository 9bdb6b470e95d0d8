import JSON

/// One walk over an object that collects every mention of another object.
///
/// It walks the tape: keys become strings, and places pointers, only where something is found.
struct ObjectScan {
  private let tape: JSONTape
  private let own: (key: UUIDKey, prefix: [UInt8])?
  /// The type, or nil for one that the specification does not define.
  private let type: String?
  private let ids: IDTable
  /// What leads to where the walk is: an array's place, or the complement of a key's index on the tape.
  private var path: [Int] = []
  private(set) var references: [STIXReference] = []

  init(_ entry: ScanTable.Entry, document: JSONDocument, ids: IDTable) {
    tape = document.tape
    own = IDTable.parts(of: entry.id)
    type = entry.kind == .custom ? nil : entry.type
    self.ids = ids
  }

  /// The object's own id and type are texts, or the bundle would not have been read; they are passed over.
  mutating func scan(_ object: JSONValue) {
    scanMembers(of: object.index, isMarking: false) { name in name.isName("id") || name.isName("type") }
  }

  private mutating func scanMembers(
    of index: Int, isMarking: Bool, except skips: (UnsafeBufferPointer<UInt8>) -> Bool = { _ in false }
  ) {
    let end = tape.close(index)
    var at = index + 1
    while at < end {
      let name = tape.bytes(at)
      if !skips(name) {
        path.append(~at)
        mention(in: name, whole: .key, other: .key)
        if isMarking { scanValue(at + 1, isMarking: true) } else { scanMember(name, at + 1) }
        path.removeLast()
      }
      at = tape.next(at + 1)
    }
  }

  private mutating func scanMember(_ name: UnsafeBufferPointer<UInt8>, _ value: Int) {
    let tag = tape.tag(value)
    if tag == JSONTape.Tag.string, name.ends(with: "_ref") {
      mention(in: tape.bytes(value), whole: .optional)
    } else if tag == JSONTape.Tag.array, name.ends(with: "_refs"), !name.isName("object_marking_refs") {
      scanElements(of: value) { scan, element in
        if scan.tape.tag(element) == JSONTape.Tag.string {
          scan.mention(in: scan.tape.bytes(element), whole: .item)
        } else {
          scan.scanValue(element, isMarking: false)
        }
      }
    } else if name.isName("object_marking_refs") || name.isName("granular_markings") {
      scanValue(value, isMarking: true)
    } else {
      scanValue(value, isMarking: false)
    }
  }

  /// A value that is not a reference property: whatever it mentions is embedded, or a marking.
  private mutating func scanValue(_ value: Int, isMarking: Bool) {
    switch tape.tag(value) {
    case JSONTape.Tag.string:
      mention(in: tape.bytes(value), whole: isMarking ? .required : .embedded, isMarking: isMarking)
    case JSONTape.Tag.array:
      scanElements(of: value) { scan, element in scan.scanValue(element, isMarking: isMarking) }
    case JSONTape.Tag.object:
      scanMembers(of: value, isMarking: isMarking)
    default:
      break
    }
  }

  private mutating func scanElements(of index: Int, _ body: (inout ObjectScan, Int) -> Void) {
    let end = tape.close(index)
    var at = index + 1
    var place = 0
    while at < end {
      path.append(place)
      body(&self, at)
      path.removeLast()
      at = tape.next(at)
      place += 1
    }
  }

  private mutating func mention(
    in bytes: UnsafeBufferPointer<UInt8>, whole: STIXReference.Place, other: STIXReference.Place = .embedded,
    isMarking: Bool = false
  ) {
    guard bytes.count >= IDMention.plainLength else { return }
    IDMention.forEachPlain(in: bytes) { mention in
      for target in ids.targets(of: mention, in: bytes, isEmbedded: true, own: own) {
        references.append(
          STIXReference(
            pointer: JSONPointer(tokens: tokens), target: target, place: other == .key ? .key : .embedded))
      }
    }
    guard bytes.count >= UUIDText.length else { return }
    IDMention.forEach(in: bytes) { mention in
      var place = mention.isWhole ? whole : other
      let targets = ids.targets(of: mention, in: bytes, isEmbedded: place == .embedded, own: own)
      guard !targets.isEmpty else { return }
      let pointer = JSONPointer(tokens: tokens)
      if place == .optional, ReferenceFields.isRequired(pointer.tokens, type: type) { place = .required }
      let isMarking = isMarking && bytes[mention.prefix].elementsEqual("marking-definition--".utf8)
      for target in targets {
        references.append(STIXReference(pointer: pointer, target: target, place: place, isMarking: isMarking))
      }
    }
  }

  private var tokens: [String] {
    path.map { step in step < 0 ? String(decoding: tape.bytes(~step), as: UTF8.self) : String(step) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes are this name.
  func isName(_ name: StaticString) -> Bool {
    count == name.utf8CodeUnitCount && ends(with: name)
  }

  func ends(with tail: StaticString) -> Bool {
    tail.withUTF8Buffer { tail in
      count >= tail.count && sameBytes(UnsafeBufferPointer(rebasing: self[(count - tail.count)...]), tail)
    }
  }
}
