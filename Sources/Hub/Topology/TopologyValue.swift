import JSON

/// A value in a broker's definitions: what a thing's arguments and a policy's keys hold.
package enum TopologyValue: Hashable, Sendable {
  case text(String)
  case integer(Int64)
  case flag(Bool)
  case list([TopologyValue])
  case table([String: TopologyValue])
  /// A value of another kind, which we never want, as it was spelled.
  case other(String)

  init(_ value: JSONValue) {
    switch value.kind {
    case .string: self = .text(value.string ?? "")
    case .bool: self = .flag(value.bool ?? false)
    case .array: self = .list(value.elements.map { TopologyValue($0) })
    case .object:
      self = .table(Dictionary(value.members.map { ($0.key, TopologyValue($0.value)) }) { first, _ in first })
    default: self = value.integer.map { .integer($0) } ?? .other(value.description)
    }
  }

  func write(to writer: inout JSONWriter) {
    switch self {
    case .text(let text): writer.string(text)
    case .integer(let integer): writer.integer(integer)
    case .flag(let flag): writer.bool(flag)
    case .list(let values): writer.array { for value in values { value.write(to: &$0) } }
    case .table(let members):
      writer.object { writer in
        for (key, value) in members.sorted(by: { $0.key < $1.key }) { writer.member(key) { value.write(to: &$0) } }
      }
    case .other(let spelling): writer.raw(spelling.utf8)
    }
  }
}

extension TopologyValue: CustomStringConvertible {
  package var description: String {
    switch self {
    case .text(let text): text.isEmpty ? "''" : text
    case .integer(let integer): String(integer)
    case .flag(let flag): String(flag)
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .table(let members):
      "{" + members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
    case .other(let spelling): spelling
    }
  }
}
