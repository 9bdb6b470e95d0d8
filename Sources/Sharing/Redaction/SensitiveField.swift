package import JSON

/// A place in an object whose value may have to be changed before it leaves.
struct SensitiveField: Sendable, Equatable {
  let pointer: JSONPointer
  let fieldClass: FieldClass
  let form: PseudonymForm
  /// The object is nothing without it.
  let isEssential: Bool

  init(_ pointer: JSONPointer, _ fieldClass: FieldClass, _ form: PseudonymForm, isEssential: Bool = false) {
    self.pointer = pointer
    self.fieldClass = fieldClass
    self.form = form
    self.isEssential = isEssential
  }

  init(_ key: String, _ fieldClass: FieldClass, _ form: PseudonymForm, isEssential: Bool = false) {
    self.init(JSONPointer(tokens: [key]), fieldClass, form, isEssential: isEssential)
  }
}

/// What a pseudonym has to look like, so that the object stays what it is.
package enum PseudonymForm: String, Sendable, CaseIterable {
  case ipv4, ipv6, domain, mac, email, url, account, organisation, person, text
}

/// One change inside an object that passes.
package struct Rewrite: Sendable, Equatable {
  /// The object's place in the bundle.
  package var object: Int
  /// Within the object.
  package var pointer: JSONPointer
  /// ``Treatment/truncate`` or ``Treatment/pseudonymise``, or ``Treatment/drop`` of a part: what is dropped whole stands
  /// among the removals.
  package var treatment: Treatment
  package var form: PseudonymForm

  package init(object: Int, pointer: JSONPointer, treatment: Treatment, form: PseudonymForm) {
    self.object = object
    self.pointer = pointer
    self.treatment = treatment
    self.form = form
  }
}
