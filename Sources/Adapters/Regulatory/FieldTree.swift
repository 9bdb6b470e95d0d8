import JSON

/// The members of a report that are answers to a regulator, by name: what is copied into our extension and back.
indirect enum FieldTree: Sendable {
  /// A text, a number or an answer.
  case value
  case values
  case object([String: FieldTree])
  case objects([String: FieldTree])
}

extension FieldTree {
  /// Copies the members of a value that the tree has, in the order of the value; marks them as read.
  ///
  /// What is of another kind than the tree says is neither copied nor read. Empty lists and objects say nothing.
  static func copy(
    _ members: [String: FieldTree], of value: JSONValue, at place: JSONPointer, _ fields: FieldReader?,
    to writer: inout JSONWriter
  ) {
    for (name, member) in value.members {
      guard let tree = members[name], tree.fits(member) else { continue }
      let place = place.appending(name)
      _ = fields?.value(at: place)
      writer.key(name)
      switch tree {
      case .value: writer.value(member)
      case .values:
        for index in 0..<member.count { _ = fields?.value(at: place.appending(index)) }
        writer.value(member)
      case .object(let inner): writer.object { copy(inner, of: member, at: place, fields, to: &$0) }
      case .objects(let inner):
        writer.array { list in
          for (index, element) in member.elements.enumerated() {
            let place = place.appending(index)
            _ = fields?.value(at: place)
            list.object { copy(inner, of: element, at: place, fields, to: &$0) }
          }
        }
      }
    }
  }

  private func fits(_ value: JSONValue) -> Bool {
    switch self {
    case .value: !value.isObject && !value.isArray && !value.isNull && !value.isString("")
    case .values: value.isArray && value.count > 0 && value.elements.allSatisfy { FieldTree.value.fits($0) }
    case .object(let inner): value.isObject && FieldTree.says(inner, value)
    case .objects(let inner):
      value.isArray && value.count > 0 && value.elements.allSatisfy { $0.isObject && FieldTree.says(inner, $0) }
    }
  }

  private static func says(_ members: [String: FieldTree], _ value: JSONValue) -> Bool {
    value.members.contains { name, member in members[name]?.fits(member) ?? false }
  }

  /// The paths of all leaves: what the template asks for.
  static func paths(_ members: [String: FieldTree], _ prefix: String = "") -> [String] {
    members.sorted { $0.key < $1.key }.flatMap { name, tree -> [String] in
      switch tree {
      case .value, .values: [prefix + name]
      case .object(let inner), .objects(let inner): paths(inner, prefix + name + "/")
      }
    }
  }
}
