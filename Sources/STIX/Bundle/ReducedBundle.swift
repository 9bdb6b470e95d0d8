package import JSON

/// What is to be changed inside one object before it goes out; pointers are within the object.
package struct ObjectEdit: Sendable, Equatable {
  /// Members and entries of lists to cut out. A list or object that this leaves empty goes too.
  package var removals: [JSONPointer]
  /// Values to put in place of others, each one JSON value as text.
  package var replacements: [JSONPointer: [UInt8]]

  package init(removals: [JSONPointer] = [], replacements: [JSONPointer: [UInt8]] = [:]) {
    self.removals = removals
    self.replacements = replacements
  }

  package var isEmpty: Bool { removals.isEmpty && replacements.isEmpty }
}

extension STIXBundle {
  /// The text of a bundle that holds only the objects at `keeping`, in their order.
  ///
  /// Untouched objects are copied byte for byte; edited ones lose exactly what the edit names, and what stays of them
  /// keeps its own spelling. Of the bundle itself only `type`, `id` and `objects` remain, and `object_marking_refs`
  /// where a producer set it, since without it the objects would go out less marked than they came; any other member
  /// is residue. `id` replaces the sender's id, which names the whole; derive it with `STIXBundle.id(from:)`.
  package func reduced(
    keeping: [Int], edits: [Int: ObjectEdit] = [:], id: String
  ) throws(STIXError) -> [UInt8] {
    var writer = JSONWriter()
    try writer.object { (writer: inout JSONWriter) throws(STIXError) in
      writer.member("type", "bundle")
      writer.member("id", id)
      if document.root.isBundle, let markings = document.root[Self.markingMember] {
        writer.member(Self.markingMember, markings)
      }
      if keeping.isEmpty { return }
      writer.key("objects")
      try writer.array { (writer: inout JSONWriter) throws(STIXError) in
        for index in keeping { writer.raw(try text(of: index, edit: edits[index])) }
      }
    }
    return writer.bytes
  }

  /// The text of one object, edited.
  package func text(of index: Int, edit: ObjectEdit? = nil) throws(STIXError) -> ArraySlice<UInt8> {
    let object = objects[index]
    guard let edit, !edit.isEmpty else { return object.value.source }
    let root = EditNode()
    for pointer in edit.removals { root.add(pointer.tokens[...], .remove) }
    for (pointer, text) in edit.replacements { root.add(pointer.tokens[...], .replace(text)) }
    for pointer in edit.removals + edit.replacements.keys where object.value.at(pointer) == nil {
      throw STIXError(.removal, at: object.sources.first ?? .root, "nothing stands at \(pointer) of \(object.id)")
    }
    var text: [UInt8] = []
    guard root.write(object.value, to: &text) else {
      throw STIXError(.removal, at: object.sources.first ?? .root, "nothing would be left of \(object.id)")
    }
    return text[...]
  }

  /// A bundle id derived from a name, which should be keyed where the name could be guessed.
  package static func id(from name: some Sequence<UInt8>) -> String {
    "bundle--" + DeterministicID.uuid5(namespace: namespace, name: name)
  }

  /// Members of the bundle itself that say nothing to us: they are never passed on.
  package var residue: [JSONPointer] {
    guard document.root.isBundle else { return [] }
    return document.root.members.filter { !Self.skeleton.contains($0.key) }.map { JSONPointer.root.appending($0.key) }
  }

  private static let markingMember = "object_marking_refs"
  private static let skeleton: Set<String> = ["type", "id", "objects", markingMember]

  private static let namespace = "5b1f8c1e-2f0c-5d57-9a57-6f1f0f6f3f52"
}

/// The places that an edit names, as a tree over the object.
private final class EditNode {
  enum Change {
    case remove
    case replace([UInt8])
  }

  private var change: Change?
  private var children: [String: EditNode] = [:]

  func add(_ tokens: ArraySlice<String>, _ change: Change) {
    guard let token = tokens.first else {
      // What is both removed and replaced is removed.
      if case .remove? = self.change { return }
      self.change = change
      return
    }
    let child = children[token] ?? EditNode()
    children[token] = child
    child.add(tokens.dropFirst(), change)
  }

  /// Writes what stays of the value; false when nothing does.
  func write(_ value: JSONValue, to text: inout [UInt8]) -> Bool {
    switch change {
    case .remove?: return false
    case .replace(let replacement)?:
      text += replacement
      return true
    case nil: break
    }
    guard !children.isEmpty else {
      text += value.source
      return true
    }
    let start = text.count
    let isObject = value.kind == .object
    text.append(UInt8(ascii: isObject ? "{" : "["))
    var isFirst = true
    func write(_ token: String, _ key: ArraySlice<UInt8>, _ part: JSONValue) {
      let before = text.count
      if !isFirst { text.append(UInt8(ascii: ",")) }
      text += key
      guard children[token]?.write(part, to: &text) ?? Self.copy(part, to: &text) else {
        text.removeSubrange(before...)
        return
      }
      isFirst = false
    }
    if isObject {
      var end = value.span.lowerBound + 1
      for (key, member) in value.members {
        let span = member.span
        write(key, Self.key(in: value.document.text[end..<span.lowerBound]), member)
        end = span.upperBound
      }
    } else {
      for (place, element) in value.elements.enumerated() { write(String(place), [], element) }
    }
    if isFirst {
      text.removeSubrange(start...)
      return false
    }
    text.append(UInt8(ascii: isObject ? "}" : "]"))
    return true
  }

  private static func copy(_ value: JSONValue, to text: inout [UInt8]) -> Bool {
    text += value.source
    return true
  }

  /// From the text between two members, the key with its quotes and colon.
  private static func key(in gap: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let start = gap.firstIndex(of: UInt8(ascii: "\"")) ?? gap.endIndex
    let end = gap.lastIndex(of: UInt8(ascii: ":")) ?? gap.endIndex
    return gap[start..<min(end + 1, gap.endIndex)]
  }
}
