import JSON
import STIX

/// What writing asks of every object again and again, found out once.
struct MISPDetails {
  /// Our extension, where it has one.
  private(set) var kept: JSONValue?
  private(set) var words = MISPWords()
  let isObservable: Bool
  let isDefinition: Bool
  let isRelationship: Bool
  /// Whether it is observed data.
  let isObservation: Bool
  private(set) var modified: Timestamp?
  /// The text of `created_by_ref`, where it has one.
  private(set) var creator: JSONValue?
  /// Whether it is the event as a whole.
  private(set) var isFrame = false

  init(_ object: STIXObject) {
    isObservable = object.kind == .observable
    isDefinition = object.kind == .meta && object.isDefinition
    isRelationship = object.kind == .relationship && object.type == "relationship"
    isObservation = object.kind == .domain && object.type == "observed-data"
    // Observables have none of these.
    if isObservable { return }
    let value = object.value
    value.forEachKey { key, index in
      func member() -> JSONValue { JSONValue(document: value.document, index: index) }
      switch key.count {
      case 6 where isKey(key, "labels"): words = MISPWords(member())
      case 8 where isKey(key, "modified"): modified = Timestamp(member())
      case 10 where isKey(key, "extensions"): kept = member()[MISPExtension.id]
      case 14 where isKey(key, "created_by_ref"): creator = member().isText ? member() : nil
      default: return
      }
    }
    isFrame = kept?["kind"]?.isString("event") ?? false
  }
}

/// The words that labels keep beside an object: `misp:type="hostname"`. Texts are made of them when they are asked for.
struct MISPWords {
  /// Where a word stands: a label's place on the tape, and the bytes of it.
  private struct Place {
    var label: Int
    var range: Range<Int>
  }

  private var labels: JSONValue?
  private var typePlace: Place?
  private var categoryPlace: Place?
  private var namePlace: Place?
  private var metaCategoryPlace: Place?
  private var galaxyTypePlace: Place?
  private(set) var isForDetection: Bool?

  var type: String? { text(typePlace) }
  var category: String? { text(categoryPlace) }
  var name: String? { text(namePlace) }
  var metaCategory: String? { text(metaCategoryPlace) }
  var galaxyType: String? { text(galaxyTypePlace) }

  var hasType: Bool { typePlace != nil }
  var hasName: Bool { namePlace != nil }
  var hasGalaxyType: Bool { galaxyTypePlace != nil }

  init() {}

  init(_ labels: JSONValue?) {
    labels?.forEachElement { label in
      label.withBytes { bytes in
        guard let (name, word) = Self.parts(of: bytes) else { return }
        take(bytes[name], Place(label: label.index, range: word), bytes)
        self.labels = labels
      }
    }
  }

  private mutating func take(
    _ name: Slice<UnsafeBufferPointer<UInt8>>, _ place: Place, _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    switch name.count {
    case 4: if name.first == UInt8(ascii: "t") { typePlace = place } else { namePlace = place }
    case 6: isForDetection = bytes[place.range].elementsEqual("True".utf8)
    case 8: categoryPlace = place
    case 11: galaxyTypePlace = place
    default: metaCategoryPlace = place
    }
  }

  private func text(_ place: Place?) -> String? {
    guard let place, let labels else { return nil }
    return withExtendedLifetime(labels.document) {
      String(decoding: labels.document.tape.bytes(place.label)[place.range], as: UTF8.self)
    }
  }

  /// Whether a label of a document is one of these, and no tag of an event.
  static func areIn(_ label: JSONValue) -> Bool {
    var found = false
    label.withBytes { found = parts(of: $0) != nil }
    return found
  }

  /// The name and the word of a label of ours; nil for any other label.
  private static func parts(of bytes: UnsafeBufferPointer<UInt8>) -> (name: Range<Int>, word: Range<Int>)? {
    guard bytes.count > 8, bytes.prefix(5).elementsEqual("misp:".utf8),
      let equals = bytes.firstIndex(of: UInt8(ascii: "=")), equals + 2 < bytes.count,
      bytes[equals + 1] == UInt8(ascii: "\""), bytes[bytes.count - 1] == UInt8(ascii: "\"")
    else { return nil }
    guard own.contains(UnsafeBufferPointer(rebasing: bytes[5..<equals])) else { return nil }
    return (5..<equals, (equals + 2)..<(bytes.count - 1))
  }

  private static let own: PropertyNames = ["type", "category", "to_ids", "name", "meta-category", "galaxy-type"]
}

extension JSONValue {
  /// The bytes of a string, decoded, without making a `String`; not called for anything else.
  func withBytes(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    withExtendedLifetime(document) {
      guard document.tape.tag(index) == JSONTape.Tag.string else { return }
      body(document.tape.bytes(index))
    }
  }

  var isText: Bool { document.tape.tag(index) == JSONTape.Tag.string }

  /// Whether two texts end with the same bytes, this many.
  func hasEnd(of other: JSONValue, _ count: Int) -> Bool {
    var isSame = false
    withBytes { one in
      other.withBytes { other in isSame = one.suffix(count).elementsEqual(other.suffix(count)) }
    }
    return isSame
  }

  /// The values of an object's members that refer to others, with whether each is a list of references.
  func forEachReference(_ body: (_ value: JSONValue, _ isList: Bool) -> Void) {
    guard isObject else { return }
    withExtendedLifetime(document) {
      let tape = document.tape
      let end = tape.close(index)
      var at = index + 1
      while at < end {
        let key = tape.bytes(at)
        if key.count > 4, key[key.count - 1] == UInt8(ascii: "f"), key.suffix(4).elementsEqual("_ref".utf8) {
          body(JSONValue(document: document, index: at + 1), false)
        } else if key.count > 5, key[key.count - 1] == UInt8(ascii: "s"), key.suffix(5).elementsEqual("_refs".utf8) {
          body(JSONValue(document: document, index: at + 1), true)
        }
        at = tape.next(at + 1)
      }
    }
  }

  /// The values of an object's members that refer to others, one by one.
  func forEachID(_ body: (JSONValue) -> Void) {
    forEachReference { value, isList in
      if isList { value.forEachElement(body) } else { body(value) }
    }
  }
}

extension String {
  /// The form that ids are compared by; itself, without a copy, where nothing is in capitals.
  var lowerID: String { utf8.contains { (0x41...0x5A).contains($0) } ? lowercased() : self }

  /// Whether it begins with these letters, in capitals or not.
  func begins(with lower: StaticString) -> Bool {
    lower.withUTF8Buffer { lower in
      utf8.count >= lower.count
        && zip(utf8, lower).allSatisfy { byte, other in
          byte == other || ((0x41...0x5A).contains(byte) && byte | 0x20 == other)
        }
    }
  }
}
