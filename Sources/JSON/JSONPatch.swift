/// Changes to a document, one after the other, all or none (RFC 6902).
package struct JSONPatch: Sendable {
  private enum Action: String {
    case add, remove, replace, move, copy, test
  }

  private struct Operation: Sendable {
    let action: Action
    let path: JSONPointer
    var from = JSONPointer.root
    var value = JSONNode.scalar([])
  }

  /// Why a patch cannot be read, or does not fit the document.
  package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The place of the operation in the patch, from 1; 0 where the patch as a whole is meant.
    package let operation: Int
    package let message: String

    package var description: String { operation == 0 ? message : "operation \(operation): \(message)" }
  }

  private let operations: [Operation]

  /// Reads a patch: an array of operations. Members that no operation has are not looked at (RFC 6902 section 4).
  package init(_ text: [UInt8]) throws(Failure) {
    let document: JSONDocument
    do {
      document = try JSONDocument(text)
    } catch {
      throw Failure(operation: 0, message: "the patch is no JSON: \(error.message)")
    }
    guard document.root.isArray else {
      throw Failure(operation: 0, message: "a JSON Patch is an array of operations")
    }
    var operations: [Operation] = []
    for (index, item) in document.root.elements.enumerated() {
      operations.append(try Self.operation(item, index + 1))
    }
    self.operations = operations
  }

  /// The document after all operations, compact; scalars keep their spelling.
  package func apply(to text: [UInt8]) throws(Failure) -> [UInt8] {
    let target: JSONDocument
    do {
      target = try JSONDocument(text, limits: JSONLimits(maximumBytes: .max))
    } catch {
      throw Failure(operation: 0, message: "the document is no JSON, so no patch fits it: \(error.message)")
    }
    var root: JSONNode? = JSONNode(target.root)
    for (index, operation) in operations.enumerated() {
      do throws(JSONNode.Trouble) {
        try Self.carryOut(operation, &root)
      } catch {
        throw Failure(operation: index + 1, message: error.message)
      }
    }
    guard let root else { throw Failure(operation: operations.count, message: "nothing is left of the document") }
    var writer = JSONWriter()
    root.write(to: &writer)
    return writer.bytes
  }

  private static func carryOut(_ operation: Operation, _ root: inout JSONNode?) throws(JSONNode.Trouble) {
    let path = operation.path.tokens[...]
    switch operation.action {
    case .add: try JSONNode.add(operation.value, at: path, in: &root)
    case .remove: _ = try JSONNode.remove(at: path, from: &root)
    case .replace:
      _ = try JSONNode.find(path, in: root)
      try JSONNode.set(operation.value, at: path, in: &root)
    case .copy: try JSONNode.add(JSONNode.find(operation.from.tokens[...], in: root), at: path, in: &root)
    case .move:
      // A place cannot move into itself: it would be gone before it is reached.
      guard operation.from == operation.path || !operation.from.contains(operation.path) else {
        throw JSONNode.Trouble(message: "\(operation.from) cannot be moved into itself")
      }
      let moved = try JSONNode.remove(at: operation.from.tokens[...], from: &root)
      try JSONNode.add(moved, at: path, in: &root)
    case .test:
      guard try JSONNode.find(path, in: root).isEqual(to: operation.value) else {
        throw JSONNode.Trouble(message: "the value at \(place(operation.path)) is another than the one tested for")
      }
    }
  }

  private static func operation(_ item: JSONValue, _ number: Int) throws(Failure) -> Operation {
    func member(_ key: String) throws(Failure) -> JSONValue {
      guard let value = item[key] else { throw Failure(operation: number, message: "the member \"\(key)\" is missing") }
      return value
    }
    func pointer(_ key: String) throws(Failure) -> JSONPointer {
      guard let text = try member(key).string, let pointer = try? JSONPointer(text) else {
        throw Failure(operation: number, message: "\"\(key)\" is no JSON Pointer")
      }
      return pointer
    }
    guard item.isObject else { throw Failure(operation: number, message: "an operation is an object") }
    guard let name = try member("op").string, let action = Action(rawValue: name) else {
      throw Failure(operation: number, message: "\"op\" is add, remove, replace, move, copy or test")
    }
    var operation = Operation(action: action, path: try pointer("path"))
    switch action {
    case .add, .replace, .test: operation.value = JSONNode(try member("value"))
    case .move, .copy: operation.from = try pointer("from")
    case .remove: break
    }
    return operation
  }

  private static func place(_ pointer: JSONPointer) -> String {
    pointer.tokens.isEmpty ? "the top" : pointer.description
  }
}

/// A document as a tree that can be changed: for what people edit, never for messages on their way.
private indirect enum JSONNode: Sendable {
  case object([(key: String, value: JSONNode)])
  case array([JSONNode])
  case scalar([UInt8])

  struct Trouble: Error {
    let message: String
  }

  init(_ value: JSONValue) {
    switch value.kind {
    case .object: self = .object(value.members.map { ($0.key, JSONNode($0.value)) })
    case .array: self = .array(value.elements.map { JSONNode($0) })
    default: self = .scalar(Array(value.source))
    }
  }

  func write(to writer: inout JSONWriter) {
    switch self {
    case .object(let members):
      writer.object { object in
        for (key, value) in members {
          object.key(key)
          value.write(to: &object)
        }
      }
    case .array(let elements): writer.array { array in for element in elements { element.write(to: &array) } }
    case .scalar(let text): writer.raw(text)
    }
  }

  /// Equal as JSON: objects in any order, numbers by their value (RFC 6902 section 4.6).
  func isEqual(to other: JSONNode) -> Bool {
    var (mine, theirs) = (JSONWriter(), JSONWriter())
    // In an array, since a document may have to be more than a scalar.
    mine.array { write(to: &$0) }
    theirs.array { other.write(to: &$0) }
    guard let left = try? JSONDocument(mine.bytes), let right = try? JSONDocument(theirs.bytes) else { return false }
    return left.root == right.root
  }

  typealias Path = ArraySlice<String>

  static func find(_ path: Path, in node: JSONNode?) throws(Trouble) -> JSONNode {
    guard let node else { throw Trouble(message: "there is no document any more") }
    guard let token = path.first else { return node }
    switch node {
    case .object(let members):
      guard let member = members.first(where: { $0.key == token }) else { throw missing(token) }
      return try find(path.dropFirst(), in: member.value)
    case .array(let elements):
      return try find(path.dropFirst(), in: elements[try place(token, below: elements.count)])
    case .scalar: throw missing(token)
    }
  }

  /// Puts a value where one is already.
  static func set(_ value: JSONNode, at path: Path, in node: inout JSONNode?) throws(Trouble) {
    try change(path, in: &node) { _, found throws(Trouble) in found = value }
  }

  static func add(_ value: JSONNode, at path: Path, in node: inout JSONNode?) throws(Trouble) {
    guard let last = path.last else {
      node = value
      return
    }
    try change(path.dropLast(), in: &node) { _, parent throws(Trouble) in
      switch parent {
      case .object(var members):
        if let index = members.firstIndex(where: { $0.key == last }) {
          members[index].value = value
        } else {
          members.append((last, value))
        }
        parent = .object(members)
      case .array(var elements):
        let index = last == "-" ? elements.count : try place(last, below: elements.count + 1)
        elements.insert(value, at: index)
        parent = .array(elements)
      default: throw missing(last)
      }
    }
  }

  static func remove(at path: Path, from node: inout JSONNode?) throws(Trouble) -> JSONNode {
    let removed = try find(path, in: node)
    guard let last = path.last else {
      node = nil
      return removed
    }
    try change(path.dropLast(), in: &node) { _, parent throws(Trouble) in
      switch parent {
      case .object(var members):
        members.removeAll { $0.key == last }
        parent = .object(members)
      case .array(var elements):
        elements.remove(at: try place(last, below: elements.count))
        parent = .array(elements)
      default: throw missing(last)
      }
    }
    return removed
  }

  /// Changes the value at a path, which must be there.
  private static func change(
    _ path: Path, in node: inout JSONNode?, _ body: (Path, inout JSONNode?) throws(Trouble) -> Void
  ) throws(Trouble) {
    guard let token = path.first else { return try body(path, &node) }
    switch node {
    case .object(var members):
      guard let index = members.firstIndex(where: { $0.key == token }) else { throw missing(token) }
      var child: JSONNode? = members[index].value
      try change(path.dropFirst(), in: &child, body)
      if let child { members[index].value = child }
      node = .object(members)
    case .array(var elements):
      let index = try place(token, below: elements.count)
      var child: JSONNode? = elements[index]
      try change(path.dropFirst(), in: &child, body)
      if let child { elements[index] = child }
      node = .array(elements)
    default: throw missing(token)
    }
  }

  private static func place(_ token: String, below count: Int) throws(Trouble) -> Int {
    guard let place = JSONPointer.place(token), !token.isEmpty, place < count else {
      throw Trouble(message: "an array of \(count) has no place \"\(token)\" for this")
    }
    return place
  }

  private static func missing(_ token: String) -> Trouble { Trouble(message: "there is no \"\(token)\"") }
}
