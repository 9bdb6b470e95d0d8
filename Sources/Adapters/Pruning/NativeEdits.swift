import JSON
import STIX

/// What is to change in a sender's document before it leaves.
struct NativeEdits {
  /// What goes.
  var gone: Set<JSONPointer> = []
  /// What is replaced, by JSON texts.
  private(set) var texts: [JSONPointer: [UInt8]] = [:]
  /// Objects of which something was to go that stands nowhere by itself: they go, unless what it follows from does.
  private(set) var waiting: [(object: STIXObject, places: [JSONPointer])] = []

  /// Puts a text in a place. Where two different ones are to stand there, neither does.
  mutating func set(_ place: JSONPointer, _ text: [UInt8], orRemove holder: JSONPointer) {
    if let before = texts[place], before != text {
      gone.insert(holder)
    } else {
      texts[place] = text
    }
  }

  mutating func wait(for places: [JSONPointer], of object: STIXObject) { waiting.append((object, places)) }

  /// Whether something that stands at or follows from a place is changed.
  func touches(_ place: JSONPointer) -> Bool { texts[place] != nil || place.isWithin(gone) }

  /// The objects that have to go since something of them cannot change alone.
  var helpless: [STIXObject] {
    waiting.filter { entry in !entry.places.contains { touches($0) } }.map(\.object)
  }

  /// A list or an object of which nothing is left goes, and so what holds nothing else; in the end the whole document.
  mutating func removeEmptied(_ root: JSONValue) {
    var places = Array(gone)
    while let place = places.popLast() {
      guard let holder = place.parent, !gone.contains(holder), let value = root.at(holder) else { continue }
      let tokens = value.isObject ? value.members.map(\.key) : (0..<value.count).map { String($0) }
      guard tokens.allSatisfy({ gone.contains(holder.appending($0)) }) else { continue }
      gone.insert(holder)
      places.append(holder)
    }
  }

  /// The document with these changes.
  func text(of root: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    PrunedText(without: gone, replacing: texts.filter { !$0.key.isWithin(gone) }).write(root, at: .root, to: &writer)
    return writer.bytes
  }
}

extension JSONValue {
  /// A JSON text as a value; nil where it is none.
  static func of(_ text: [UInt8]) -> JSONValue? { (try? JSONDocument(text))?.root }
}
