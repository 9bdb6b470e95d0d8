import JSON

/// Writes a document without the values at some places, with others replaced, and the rest in its own spelling.
struct PrunedText {
  private let gone: Set<JSONPointer>
  private let texts: [JSONPointer: [UInt8]]
  /// The places above those: only they have to be taken apart.
  private let above: Set<JSONPointer>

  init(without gone: Set<JSONPointer>, replacing texts: [JSONPointer: [UInt8]] = [:]) {
    self.gone = gone
    self.texts = texts
    var above: Set<JSONPointer> = []
    for pointer in [Array(gone), Array(texts.keys)].joined() {
      var place = pointer
      while let parent = place.parent, above.insert(parent).inserted { place = parent }
    }
    self.above = above
  }

  func write(_ value: JSONValue, at place: JSONPointer, to writer: inout JSONWriter) {
    if let text = texts[place] {
      writer.raw(text)
      return
    }
    guard above.contains(place) else {
      writer.value(value)
      return
    }
    if value.isObject {
      writer.object { writer in
        for (key, member) in value.members where !gone.contains(place.appending(key)) {
          writer.key(key)
          write(member, at: place.appending(key), to: &writer)
        }
      }
    } else {
      writer.array { writer in
        for (index, element) in value.elements.enumerated() where !gone.contains(place.appending(index)) {
          write(element, at: place.appending(index), to: &writer)
        }
      }
    }
  }
}

extension JSONPointer {
  /// The place that holds this one; nil for the whole document.
  var parent: JSONPointer? { tokens.isEmpty ? nil : JSONPointer(tokens: Array(tokens.dropLast())) }

  /// Whether it leads to one of these places, or into one.
  func isWithin(_ places: Set<JSONPointer>) -> Bool {
    (0...tokens.count).contains { places.contains(JSONPointer(tokens: Array(tokens.prefix($0)))) }
  }

  /// Whether it leads to a reference to another object, or into one.
  var isOfReference: Bool { tokens.contains { $0.hasSuffix("_ref") || $0.hasSuffix("_refs") } }
}
