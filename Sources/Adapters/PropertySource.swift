package import JSON

/// Where a place of a canonical object stands in the sender's document: what changes there when it is replaced.
package struct PropertySource: Sendable, Equatable {
  /// The values of the document that say it, or that it follows from.
  package var places: [JSONPointer]
  /// Whether they say it themselves. What only follows from others cannot be changed alone: it goes when they do.
  package var isOwn: Bool

  package init(_ places: [JSONPointer], isOwn: Bool = true) {
    self.places = places
    self.isOwn = isOwn && !places.isEmpty
  }

  /// It follows from these values, or from the form of the document.
  package static func follows(from places: [JSONPointer] = []) -> PropertySource {
    PropertySource(places, isOwn: false)
  }

  /// Several sources of one place: what any of them says itself counts.
  static func all(_ sources: [PropertySource]) -> PropertySource {
    let own = sources.filter(\.isOwn)
    var places: [JSONPointer] = []
    for source in own.isEmpty ? sources : own {
      for place in source.places where !places.contains(place) { places.append(place) }
    }
    return PropertySource(places, isOwn: !own.isEmpty)
  }
}
