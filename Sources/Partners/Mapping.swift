package import Contract
package import JSON

/// A partner's own format, described in a page of YAML: how its texts are taken apart, and which objects of STIX each
/// record becomes.
///
/// `Docs/mappings.md` explains every word. A mapping is compiled once; its errors name the place in the file.
package struct Mapping: Sendable {
  /// What a text is written in.
  package enum Text: Sendable, Equatable {
    case json
    case csv(Unicode.Scalar)
    case keyValue
  }

  package let format: FormatID
  package let title: String
  package let version: String
  /// What its messages are about.
  package let kind: MessageKind
  package let text: Text
  /// Where in a JSON text the list of records stands.
  package let records: JSONPointer
  /// What a record must have.
  package let required: [MappingPath]
  package let label: MappingValue?
  package let time: MappingValue?
  package let objects: [MappingObject]
  package let examples: [MappingExample]

  /// What is wrong with a mapping, and where in its file.
  package struct Fault: Error, Sendable, Equatable {
    package var place: JSONPointer
    package var message: String
  }

  /// Every fault that was found.
  package struct Faults: Error, Sendable {
    package var list: [Fault]
  }

  package init(_ root: JSONValue) throws(Faults) {
    var compiling = MappingCompiler(root)
    let made = compiling.compile()
    guard let made, compiling.faults.isEmpty else { throw Faults(list: compiling.faults) }
    self = made
  }

  init(
    format: FormatID, title: String, version: String, kind: MessageKind, text: Text, records: JSONPointer,
    required: [MappingPath],
    label: MappingValue?, time: MappingValue?, objects: [MappingObject], examples: [MappingExample]
  ) {
    self.format = format
    self.title = title
    self.version = version
    self.kind = kind
    self.text = text
    self.records = records
    self.required = required
    self.label = label
    self.time = time
    self.objects = objects
    self.examples = examples
  }
}

/// Where in a record a value stands: members of objects, with slashes between.
package struct MappingPath: Sendable, Equatable {
  package var pointer: JSONPointer
}

/// An object of STIX that a record becomes.
package struct MappingObject: Sendable {
  /// What other objects of the mapping call it.
  package var name: String?
  package var type: String
  /// The list within the record, of which each element becomes one.
  package var each: MappingPath?
  package var condition: MappingCondition?
  /// What tells one from others; without it, everything that it says.
  package var key: [MappingPath]
  package var properties: [(name: String, value: MappingValue)]
  package var place: JSONPointer
}

/// When an object is made, or a value taken.
package enum MappingCondition: Sendable {
  case present(MappingPath)
  case equals(MappingPath, [String])
  case not([MappingCondition])
  case all([MappingCondition])
}

/// What a property becomes.
package indirect enum MappingValue: Sendable {
  case constant(JSONPointerText)
  case path(MappingSource)
  /// Texts with values between: `{ip} on port {port}`; never written back.
  case template([(text: String, path: MappingPath?)])
  /// Other objects of the same record, by name.
  case references([String], isList: Bool)
  /// Several values as a list.
  case list([MappingValue])
  /// Members of an object.
  case object([(name: String, value: MappingValue)])
}

/// A JSON text.
package struct JSONPointerText: Sendable, Equatable {
  package var bytes: [UInt8]
}

/// A value of a record, and what is made of it on the way.
package struct MappingSource: Sendable {
  package enum Form: Sendable, Equatable {
    case text, lowercase, number, boolean
    case date(MappingDate)
  }

  package var path: MappingPath
  package var form: Form
  /// Words of the partner and what they mean here.
  package var vocabulary: [(theirs: String, ours: String)]
  package var fallback: JSONPointerText?
}

/// An example in the mapping's file: a text, and what it becomes.
package struct MappingExample: Sendable {
  package var name: String
  package var input: [UInt8]
  /// Each is part of an object: what it says must be so.
  package var gives: [JSONPointerText]
  /// Whether the text comes back when what it became is written.
  package var comesBack: Bool
  package var place: JSONPointer
}
