package import JSON

/// Why a document cannot be read as STIX objects at all.
package struct STIXError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Code: Sendable, Equatable {
    /// The document, or an entry of `objects`, is not what the specification puts there.
    case structure
    /// `objects` is not a list.
    case objects
    /// An object has no usable `type` or `id`.
    case identity
    /// So many objects share a UUID that a mention of it would mean nothing.
    case sharedUUID
    /// What to cut out of an object is not there, or nothing would be left of it.
    case removal
  }

  package let code: Code
  /// Where, in the sender's document.
  package let pointer: JSONPointer
  package let message: String

  package init(_ code: Code, at pointer: JSONPointer, _ message: String) {
    self.code = code
    self.pointer = pointer
    self.message = message
  }

  package var description: String { pointer.description.isEmpty ? message : "\(pointer): \(message)" }
}
