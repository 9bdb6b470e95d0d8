import JSON

/// Texts of all kinds: what parses can be walked, written and read again; what does not has a place.
enum FuzzJSON {
  static func run(_ bytes: [UInt8]) {
    do throws(JSONError) {
      let document = try JSONDocument(bytes, limits: JSONLimits(maximumBytes: 1 << 20, maximumDepth: 64))
      var seen = 0
      walk(document.root, .root, document.root, &seen)
      var writer = JSONWriter()
      writer.value(document.root)
      check(writer.bytes, document.root, "what is written reads back the same")
      if !holdsHugeNumber(document.root) {
        check(JCS.canonical(document.root), document.root, "so does the canonical form")
      }
    } catch {
      promise(error.offset >= 0 && error.offset <= bytes.count, "an error stands inside the text")
      promise(error.line > 0 && error.column > 0, "lines and columns count from 1")
      promise(!error.message.isEmpty, "an error says what it is")
    }
  }

  private static func check(_ text: [UInt8], _ value: JSONValue, _ what: String) {
    guard let again = try? JSONDocument(text, limits: JSONLimits(maximumBytes: 16 << 20, maximumDepth: 64)) else {
      fatalError("broken: \(what)")
    }
    promise(again.root == value, what)
  }

  /// Numbers above 2^53 are not what JCS is for: a fraction may come out as a whole number near it.
  private static func holdsHugeNumber(_ value: JSONValue) -> Bool {
    switch value.kind {
    case .integer, .unsigned, .double: return (value.number?.magnitude ?? 0) > 9_007_199_254_740_991
    case .array: return value.elements.contains(where: holdsHugeNumber)
    case .object: return value.members.contains { holdsHugeNumber($0.value) }
    default: return false
    }
  }

  private static func walk(_ value: JSONValue, _ pointer: JSONPointer, _ root: JSONValue, _ seen: inout Int) {
    seen += 1
    let span = value.span
    promise(span.lowerBound < span.upperBound && span.upperBound <= value.document.text.count, "a value has its source")
    // Looking a place up walks to it: for some values only.
    if seen < 64 { promise(root.at(pointer) == value, "a pointer leads to its value") }
    switch value.kind {
    case .array:
      var place = 0
      for element in value.elements {
        walk(element, pointer.appending(place), root, &seen)
        place += 1
      }
      promise(place == value.count, "an array has as many elements as it says")
    case .object:
      var count = 0
      for (key, member) in value.members {
        walk(member, pointer.appending(key), root, &seen)
        count += 1
      }
      promise(count == value.count, "an object has as many members as it says")
    case .string: promise(value.string != nil, "a string is one")
    case .integer, .unsigned, .double: promise(value.number?.isFinite ?? false, "a number is finite")
    case .bool, .null: break
    }
  }
}
