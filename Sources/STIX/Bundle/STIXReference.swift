package import JSON

/// A place in an object that names another object by its id.
package struct STIXReference: Sendable, Equatable {
  /// What can be done about the place when its target may not be shared.
  package enum Place: Sendable, Equatable {
    /// An entry of a list, which can be cut out; `STIXObject.removals` knows when the last one may go.
    case item
    /// A property that can be left out.
    case optional
    /// A property that the object cannot be without.
    case required
    /// Inside a text or a value that is not a reference property: only the whole object can be held back.
    case embedded
    /// A dictionary's key, such as that of an extension: the pointer is its member's.
    case key
  }

  /// Where it is, within the object.
  package let pointer: JSONPointer
  /// The id of the target: as the target itself is written when it is in the bundle, else in lower case.
  package let target: String
  package let place: Place
  /// Whether it is a marking: these are never cut out, since that would widen the audience.
  package let isMarking: Bool

  package init(pointer: JSONPointer, target: String, place: Place, isMarking: Bool = false) {
    self.pointer = pointer
    self.target = target
    self.place = place
    self.isMarking = isMarking
  }
}
