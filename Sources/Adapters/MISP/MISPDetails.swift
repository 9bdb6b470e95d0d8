import JSON
import STIX

/// What writing asks of every object again and again, found out once.
struct MISPDetails {
  /// Our extension, where it has one.
  var kept: JSONValue?
  var words: MISPWords
  let isObservable: Bool
  let modified: Timestamp?
  /// The id in lower case.
  let id: String

  /// Whether it is the event as a whole.
  var isFrame: Bool { kept?["kind"]?.isString("event") ?? false }

  init(_ object: STIXObject) {
    isObservable = object.kind == .observable
    id = object.id.lowerID
    // Observables have neither.
    modified = isObservable ? nil : object.modified
    kept = isObservable ? nil : MISPExtension.on(object.value)
    words = isObservable ? MISPWords() : MISPWords(object.value["labels"])
  }
}

/// The words that labels keep beside an object: `misp:type="hostname"`.
struct MISPWords {
  var type: String?
  var category: String?
  var isForDetection: Bool?
  var name: String?
  var metaCategory: String?
  var galaxyType: String?

  init() {}

  init(_ labels: JSONValue?) {
    guard let labels, labels.isArray else { return }
    for label in labels.elements {
      label.withBytes { bytes in
        guard let (name, word) = Self.parts(of: bytes) else { return }
        take(name, word)
      }
    }
  }

  private mutating func take(_ name: Slice<UnsafeBufferPointer<UInt8>>, _ word: Slice<UnsafeBufferPointer<UInt8>>) {
    var text: String { String(decoding: word, as: UTF8.self) }
    switch name.count {
    case 4: if name.first == UInt8(ascii: "t") { type = text } else { self.name = text }
    case 6: isForDetection = word.elementsEqual("True".utf8)
    case 8: category = text
    case 11: galaxyType = text
    default: metaCategory = text
    }
  }

  /// The name and the word of a label of ours; nil for any other label.
  private static func parts(
    of bytes: UnsafeBufferPointer<UInt8>
  ) -> (name: Slice<UnsafeBufferPointer<UInt8>>, word: Slice<UnsafeBufferPointer<UInt8>>)? {
    guard bytes.count > 8, bytes.prefix(5).elementsEqual("misp:".utf8),
      let equals = bytes.firstIndex(of: UInt8(ascii: "=")), equals + 2 < bytes.count,
      bytes[equals + 1] == UInt8(ascii: "\""), bytes[bytes.count - 1] == UInt8(ascii: "\"")
    else { return nil }
    let name = bytes[5..<equals]
    guard own.contains(where: { name.elementsEqual($0.utf8) }) else { return nil }
    return (name, bytes[(equals + 2)..<(bytes.count - 1)])
  }

  private static let own = ["type", "category", "to_ids", "name", "meta-category", "galaxy-type"]
}

extension JSONValue {
  /// The bytes of a string, decoded, without making a `String`; not called for anything else.
  func withBytes(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    withExtendedLifetime(document) {
      guard document.tape.tag(index) == JSONTape.Tag.string else { return }
      body(document.tape.bytes(index))
    }
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
