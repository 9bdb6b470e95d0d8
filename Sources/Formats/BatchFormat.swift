package import JSON

/// A format of which several documents come in one message, as a list or on lines; each stands or falls by itself.
package protocol BatchFormat: Format {
  /// The errors in one of them, which stands at this place.
  func errors(item: JSONValue, at place: JSONPointer) -> [Finding]
}

extension BatchFormat {
  package func errors(_ document: JSONDocument) -> [Finding] {
    let root = document.root
    guard root.isArray else { return errors(item: root, at: .root) }
    var found: [Finding] = []
    for (place, item) in root.elements.enumerated() {
      // A thousand reasons say no more than a hundred.
      guard found.count < 100 else { break }
      found += errors(item: item, at: JSONPointer(tokens: [String(place)]))
    }
    return found
  }
}
