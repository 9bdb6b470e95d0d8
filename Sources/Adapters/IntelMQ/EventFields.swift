import JSON

/// Fields of events that are not read: those that no format knows, and those that STIX cannot hold.
enum EventFields {
  static func unknown(in root: JSONValue, _ isKnown: (UnsafeBufferPointer<UInt8>) -> Bool) -> [JSONPointer] {
    guard root.isArray else { return names(in: root, isKnown).map { JSONPointer(tokens: [$0]) } }
    return root.elements.enumerated().flatMap { index, event in
      names(in: event, isKnown).map { JSONPointer(tokens: [String(index), $0]) }
    }
  }

  static func names(in event: JSONValue, _ isKnown: (UnsafeBufferPointer<UInt8>) -> Bool) -> [String] {
    var names: [String] = []
    event.forEachKey { key, index in
      guard !isKnown(key) || hasNothing(event.document.tape, index) else { return }
      names.append(String(decoding: key, as: UTF8.self))
    }
    return names
  }

  /// STIX has no null, and no list or object without anything in it.
  static func hasNothing(_ tape: JSONTape, _ index: Int) -> Bool {
    let tag = tape.tag(index)
    if tag == JSONTape.Tag.null { return true }
    guard tag == JSONTape.Tag.object || tag == JSONTape.Tag.array else { return false }
    let end = tape.close(index)
    var at = index + 1
    guard at < end else { return true }
    while at < end {
      // A key is a text, which is something.
      if hasNothing(tape, at) { return true }
      at = tape.next(at)
    }
    return false
  }
}
