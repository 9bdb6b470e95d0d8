package import JSON

/// One thing wrong with a value, said so that a person understands it.
package struct SchemaFinding: Sendable, Equatable {
  /// The value at fault, in the document that was judged.
  package let instance: JSONPointer
  /// The keyword that was not satisfied, by the way that led to it from the schema's root (through each `$ref`).
  package let keywordLocation: JSONPointer
  /// The keyword's name.
  package let rule: String
  /// A sentence that names the field, what was found and what was expected.
  package let message: String

  package init(instance: JSONPointer, keywordLocation: JSONPointer, rule: String, message: String) {
    self.instance = instance
    self.keywordLocation = keywordLocation
    self.rule = rule
    self.message = message
  }
}
