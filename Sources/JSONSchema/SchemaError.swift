package import JSON

/// Why a schema cannot be used: an unknown keyword, a reference that leads nowhere, a pattern that is none. Always a
/// fault of the schema, found when it is loaded and never while a value is judged.
package struct SchemaError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The schema's identifier.
  package let schema: String
  /// The place in its document.
  package let pointer: JSONPointer
  /// The keyword at fault, where it is one.
  package let keyword: String?
  /// A sentence for people, without the place.
  package let message: String

  package init(schema: String, pointer: JSONPointer, keyword: String?, message: String) {
    self.schema = schema
    self.pointer = pointer
    self.keyword = keyword
    self.message = message
  }

  package var description: String {
    "\(schema)#\(pointer)\(keyword.map { ", \"\($0)\"" } ?? ""): \(message)"
  }
}
