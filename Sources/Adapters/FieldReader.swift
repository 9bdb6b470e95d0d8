import JSON

/// Reads members of a document's objects and remembers which, so that what nobody asked for is found at the end.
final class FieldReader {
  let root: JSONValue
  private var read: Set<JSONPointer> = [.root]

  init(_ root: JSONValue) { self.root = root }

  /// The value at a place, which counts as read, but not what is inside it.
  func value(_ tokens: String...) -> JSONValue? { value(at: JSONPointer(tokens: tokens)) }

  func value(at pointer: JSONPointer) -> JSONValue? {
    guard let value = root.at(pointer) else { return nil }
    for count in 1...max(1, pointer.tokens.count) {
      read.insert(JSONPointer(tokens: Array(pointer.tokens.prefix(count))))
    }
    return value
  }

  func text(_ tokens: String...) -> String? { value(at: JSONPointer(tokens: tokens))?.string }

  /// The places of values that were not read: the topmost ones, in the order of the document.
  var residue: [JSONPointer] {
    var found: [JSONPointer] = []
    collect(root, .root, &found)
    return found
  }

  private func collect(_ value: JSONValue, _ place: JSONPointer, _ found: inout [JSONPointer]) {
    func visit(_ child: JSONValue, _ place: JSONPointer) {
      if read.contains(place) { collect(child, place, &found) } else { found.append(place) }
    }
    switch value.kind {
    case .object: for (key, member) in value.members { visit(member, place.appending(key)) }
    case .array: for (index, element) in value.elements.enumerated() { visit(element, place.appending(index)) }
    default: break
    }
  }
}
