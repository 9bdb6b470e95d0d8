import JSON

/// Writes a document without the values at some places, the rest in its own spelling.
struct PrunedText {
  private let gone: Set<JSONPointer>
  /// The places above those: only they have to be taken apart.
  private let above: Set<JSONPointer>

  init(without gone: Set<JSONPointer>) {
    self.gone = gone
    above = Set(
      gone.flatMap { pointer in
        (0..<pointer.tokens.count).map { JSONPointer(tokens: Array(pointer.tokens.prefix($0))) }
      })
  }

  func write(_ value: JSONValue, at place: JSONPointer, to writer: inout JSONWriter) {
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
